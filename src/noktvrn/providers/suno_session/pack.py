"""The pack: what a person pastes into the studio's page, and what they press there."""

from __future__ import annotations

from noktvrn.kernel.errors import Refused
from noktvrn.model.studio import StudioPack
from noktvrn.providers._kit.in_words import has_words, stretches, traits
from noktvrn.roles.composer import CompositionRequest

LONGEST = {"title": 80, "style": 1000, "lyrics": 5000}
"""Characters the page takes (V5 of the site's models; the same as its resellers write)."""


def pack_of(request: CompositionRequest) -> StudioPack:
    """The pack for a song.

    Raises:
        Refused: the words are longer than the page takes.
    """
    sung = has_words(request) and not request.instrumental
    lyrics = _tagged(request) if sung else ""
    if len(lyrics) > LONGEST["lyrics"]:
        raise Refused(
            f"The words have {len(lyrics):,} characters; the studio takes {LONGEST['lyrics']:,}.",
            code="studio.too_long",
            hint="Ask for a shorter song.",
        )
    return StudioPack(
        title=_cut(request.title, LONGEST["title"], " "),
        style=_cut(", ".join(traits(request)), LONGEST["style"], ", "),
        lyrics=lyrics,
        exclude="" if sung else "vocals, singing, spoken word",
        instrumental=not sung,
        press=_presses(sung),
    )


def as_text(pack: StudioPack) -> str:
    """The pack as a person reads and copies it."""
    parts = [("TITLE", pack.title), ("STYLE", pack.style), ("EXCLUDE", pack.exclude), ("LYRICS", pack.lyrics)]
    told = [f"{name}\n{text}" for name, text in parts if text]
    steps = [f"{place}. {step}" for place, step in enumerate(pack.press, 1)]
    return "\n\n".join([*told, "WHAT TO PRESS\n" + "\n".join(steps)]) + "\n"


def _tagged(request: CompositionRequest) -> str:
    """The words with the section tags the site knows; sections without words keep their tags alone."""
    told = ["\n".join([f"[{stretch.label}]", *stretch.lines]) for stretch in stretches(request)]
    return "\n\n".join(told)


def _presses(sung: bool) -> tuple[str, ...]:
    return (
        "Sign in by hand if the page asks for it, and switch it to Custom.",
        "Leave Instrumental off." if sung else "Switch Instrumental on; the lyrics stay empty.",
        "Check title, style and lyrics, then press Create.",
        "Listen, then press Download on the songs you want to keep: WAV where your plan has it.",
    )


def _cut(text: str, longest: int, at: str) -> str:
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(at, 1)[0]
