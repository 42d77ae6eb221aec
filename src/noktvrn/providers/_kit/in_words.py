"""A song plan in words, for engines that read words: its stretches with their lines, and how it sounds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from noktvrn.model.song import SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.roles.composer import CompositionRequest
from noktvrn.sound.theory import key_name
from noktvrn.words.mentions import without_names

LABELS = {"prechorus": "Pre-Chorus"}
LONGEST_TRAIT = 100
"""Characters of one trait; whatever is longer is told as it is cut, at a word."""
_BRACKETS = str.maketrans("[]", "()")
_SETTLED = re.compile(
    r"(?:about |around |~)?\d+(?:[-–]\d+)? ?bpm|(?:[A-G][#b]? )?(?:major|minor)", re.IGNORECASE
)
"""Phrases of a prompt on what the plan has settled: they would contradict it."""
_PARTS = re.compile(r"[,;.\n]+\s*")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A section of the song as it is told: `lines` are its words, without any it is played alone."""

    label: str
    lines: tuple[str, ...]
    bars: int
    seconds: float
    energy: float


def stretches(request: CompositionRequest) -> tuple[Stretch, ...]:
    """The sections in order with the words that fall on them; the last one rings out with the plan's tail."""
    plan = request.plan
    sung = None if request.instrumental else request.lyrics
    written = iter(sung.sections if sung else ())
    found = []
    for place, section in enumerate(plan.sections, 1):
        words = next(written, None) if section.syllables else None
        seconds = section.bars * plan.bar_s + (plan.tail_s if place == len(plan.sections) else 0.0)
        lines = tuple(_line(line) for line in words.lines if line.strip()) if words else ()
        label = LABELS.get(section.label, section.label.capitalize())
        found.append(Stretch(label, lines, section.bars, seconds, section.energy))
    return tuple(found)


def has_words(request: CompositionRequest) -> bool:
    """Whether anything is to be sung by the engine itself."""
    return any(stretch.lines for stretch in stretches(request))


def traits(request: CompositionRequest) -> tuple[str, ...]:
    """How the song sounds, in short phrases, each once: genre, pace, key, what the prompt says, the
    identity."""
    plan = request.plan
    asked = (_cut(part.strip()) for part in _PARTS.split(prompt_of(request)))
    open_ones = (phrase for phrase in asked if not _SETTLED.fullmatch(phrase))
    told = [plan.genre, *figures(plan), *open_ones, *_character(request.identity)]
    return tuple(dict.fromkeys(phrase for phrase in told if phrase))


def prompt_of(request: CompositionRequest) -> str:
    """What the artist's prompt says, without the names of known acts: nobody is imitated."""
    return without_names(request.prompt)[0]


def figures(plan: SongPlan) -> tuple[str, ...]:
    """Tempo, key and, where it is not common time, the meter."""
    odd = () if plan.meter == (4, 4) else (f"{plan.meter[0]}/{plan.meter[1]} time",)
    return (f"{plan.tempo_bpm:g} bpm", key_name(plan.tonic, plan.mode), *odd)


def force(energy: float) -> str:
    """How full a stretch is, by its energy (0 to 1)."""
    if energy < 0.35:
        return "sparse and quiet"
    return "steady" if energy < 0.7 else "full and driving"


def clock(seconds: float) -> str:
    """A length as people write it: `2:35`."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def _character(identity: SoundIdentity) -> tuple[str, ...]:
    told = {
        "bright": identity.brightness > 0.3,
        "dark and warm": identity.brightness < -0.3,
        "saturated": identity.drive > 0.5,
        "wide reverb": identity.space > 0.6,
        "dry and close": identity.space < 0.2,
        "swung": identity.swing > 0.25,
    }
    return tuple(phrase for phrase, holds in told.items() if holds)


def _line(written: str) -> str:
    """A line of words with single blanks; brackets, which open tags for engines, are round."""
    return " ".join(written.split()).translate(_BRACKETS)


def _cut(phrase: str) -> str:
    if len(phrase) <= LONGEST_TRAIT:
        return phrase
    return phrase[:LONGEST_TRAIT].rsplit(" ", 1)[0]
