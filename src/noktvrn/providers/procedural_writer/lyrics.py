"""Lyrics from the word banks, shaped by the song plan."""

from __future__ import annotations

from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.song import Lyrics, LyricSection
from noktvrn.providers.procedural_writer.voices import palette_of
from noktvrn.roles.writer import LyricsRequest
from noktvrn.words.lexicon import advisory
from noktvrn.words.manners import manner
from noktvrn.words.song import compose


def write_lyrics(request: LyricsRequest) -> Lyrics:
    """Words that fit `request.plan`; the same request gives the same words.

    They are in the artist's language where there is a bank for it, else in English, and say so (`language`).

    Raises:
        Invalid: the plan has fewer lines than the person wrote, or there is no such manner.
    """
    seed = derive_seed(request.seed, "lyrics")
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
