"""What is sent of a song: title, style and words with section tags, each within what the model takes.

What is too long is cut between words, never inside a section tag, and never silently: the provenance keeps
what was sent.
"""

from __future__ import annotations

import re
from typing import Any

from noktvrn.providers._kit import in_words
from noktvrn.providers.suno_gateway.models import ModelLimits
from noktvrn.roles.composer import CompositionRequest
from noktvrn.sound.voice.character import REGISTERS
from noktvrn.words.mentions import without_names

NOT_SUNG = "vocals, singing, spoken word"
NOT_WANTED = "spoken intro, live audience, applause"
_SUNG = re.compile(r"\b(?:voices?|vocals?|sings?|sung|singing|singer)\b", re.IGNORECASE)
_MEN = frozenset(["bass", "baritone", "tenor", "falsetto"])
_MALE = re.compile(r"\b(?:male|man|men|boy)\b", re.IGNORECASE)
_FEMALE = re.compile(r"\b(?:female|woman|women|girl)\b", re.IGNORECASE)
_NO_SOUND = re.compile(
    r"\bbpm\b|^(?:in )?(?:major|minor|dorian|phrygian|lydian|mixolydian)$"
    r"|^(?:about|themes?|lyrics|subject|side)\b"
    r"|\bown (?:work|melody|lyrics|voice)|\breal (?:voice|person|artist|singer)",
    re.IGNORECASE,
)
"""Phrases of an artist's prompt that say nothing of how this song sounds: what it is about, whose it is, and
figures that its plan has already settled."""
_BRACKETS = str.maketrans("[]", "()")


def song(request: CompositionRequest, model: str, limits: ModelLimits) -> dict[str, Any]:
    """The body of /generate without the address of the callback. Two takes of one plan are one and the same
    body, so that they share one order."""
    sung = in_words.has_words(request)
    body: dict[str, Any] = {
        "customMode": True,
        "instrumental": not sung,
        "model": model,
        "title": cut(request.title, limits.title),
        "style": style(request, limits.style),
        "negativeTags": NOT_WANTED if sung else NOT_SUNG,
    }
    if sung:
        body["prompt"] = sheet(request, limits.prompt)
    gender = voice_gender(request.prompt) if sung else ""
    return {**body, "vocalGender": gender} if gender else body


def as_sent(body: dict[str, Any]) -> str:
    """The words of an order as a person reads them: what provenance keeps."""
    told = [
        f"{name}: {body[name]}" for name in ("title", "style", "negativeTags", "vocalGender") if name in body
    ]
    return "\n".join([*told, *(["", body["prompt"]] if "prompt" in body else [])])


def style(request: CompositionRequest, most: int) -> str:
    """Genre, tempo, key, what the artist's prompt says and its character, as many phrases as there is room
    for. No name of a known act stays in it."""
    first, *rest = (without_names(phrase)[0].strip() for phrase in in_words.traits(request))
    fixed = set(in_words.figures(request.plan))
    told = ""
    for phrase in [first, *(one for one in rest if one in fixed or not _NO_SOUND.search(one))]:
        if not phrase:
            continue
        longer = f"{told}, {phrase}" if told else cut(phrase, most)
        if len(longer) <= most:
            told = longer
    return told


def sheet(request: CompositionRequest, most: int) -> str:
    """The words under their section tags; sections without words are tags alone."""
    blocks = []
    for stretch in in_words.stretches(request):
        lines = (line.translate(_BRACKETS) for line in stretch.lines)
        blocks.append("\n".join([f"[{stretch.label}]", *lines]))
    return _whole_blocks([*blocks, "[End]"], most)


def _whole_blocks(blocks: list[str], most: int) -> str:
    """As many blocks as there is room for, then as much of the next one as is more than its tag."""
    told = ""
    for block in blocks:
        before = f"{told}\n\n" if told else ""
        if len(before) + len(block) <= most:
            told = before + block
            continue
        tag, _, words = block.partition("\n")
        room = most - len(before) - len(tag) - 1
        rest = whole_words(words, room) if room > 0 else ""
        return f"{before}{tag}\n{rest}" if rest else told
    return told


def cut(text: str, most: int) -> str:
    """The text, or as many whole words of it as there is room for; a first word beyond it is cut itself."""
    text = text.strip()
    return whole_words(text, most) or text[:most]


def whole_words(text: str, most: int) -> str:
    """As many whole words as there is room for; empty where not even the first one fits."""
    if len(text) <= most:
        return text
    end = max(text.rfind(sign, 0, most + 1) for sign in (" ", "\n"))
    return text[: max(0, end)].rstrip(" \n,;:-")


def voice_gender(prompt: str) -> str:
    """`m` or `f` by what the prompt says of the voice; empty where it leaves that open."""
    said = " ".join(part for part in re.split(r"[.;\n]", prompt) if _SUNG.search(part)).lower()
    if _FEMALE.search(said) or _MALE.search(said):
        return "f" if _FEMALE.search(said) else "m"
    words = set(re.findall(r"[a-z]+", said))
    register = next((name for name in REGISTERS if name in words and name != "bass"), "")
    if register in ("", "androgynous"):
        return ""
    return "m" if register in _MEN else "f"
