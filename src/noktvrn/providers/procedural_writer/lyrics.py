"""Lyrics from the word banks, shaped by the song plan."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.song import Lyrics, LyricSection
from noktvrn.providers.procedural_writer.voices import palette_of
from noktvrn.roles.writer import LyricsRequest
from noktvrn.words.lexicon import advisory
from noktvrn.words.manners import manner
from noktvrn.words.song import compose

DRAFTS = 12
"""Drafts written at most until one holds a picture that was asked for."""


def write_lyrics(request: LyricsRequest) -> Lyrics:
    """Words that fit `request.plan`; the same request gives the same words. Where pictures are asked for, the
    first of a few drafts that holds one of them.

    They are in the artist's language where there is a bank for it, else in English, and say so (`language`).

    Raises:
        Invalid: the plan has fewer lines than the person wrote, or there is no such manner.
    """
    first = _draft(request, derive_seed(request.seed, "lyrics"))
    again = (_draft(request, derive_seed(request.seed, "lyrics", number)) for number in range(1, DRAFTS))
    shown = (draft for draft in chain([first], again) if _shows(draft.text, request.images))
    return next(shown, first)


def _shows(text: str, images: Sequence[str]) -> bool:
    """Whether one of the pictures stands in a text; none asked for stand everywhere."""
    said = text.casefold()
    return not images or any(image.casefold() in said for image in images)


def _draft(request: LyricsRequest, seed: int) -> Lyrics:
    palette = palette_of(
        request.profile, request.theme, request.mood, request.title, seed, images=request.images
    )
    sections = compose(
        request.plan,
        palette,
        request.title,
        seed,
        request.human_lines,
        request.avoid_lines,
        manner(request.manner),
    )
    lyrics = Lyrics(
        title=request.title,
        language=palette.language,
        sections=sections,
        hook=_hook(sections, request.title),
        human_lines=request.human_lines,
    )
    return lyrics.model_copy(update={"explicit": advisory(lyrics.text).explicit})


def _hook(sections: tuple[LyricSection, ...], title: str) -> str:
    """The refrain's line that holds the title, else its first; a song without refrain turns on its title."""
    refrains = [
        section.lines for section in sections if section.label in {"chorus", "drop"} and section.lines
    ]
    if not refrains:
        return title
    titled = (line for line in refrains[0] if line.casefold().startswith(title.casefold()))
    return next(titled, refrains[0][0])
