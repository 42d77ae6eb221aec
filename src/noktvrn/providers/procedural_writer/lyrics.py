"""Lyrics from the word banks, shaped by the song plan."""

from __future__ import annotations

from noktvrn.kernel.seeds import derive_seed, dice
from noktvrn.model.song import Lyrics, LyricSection
from noktvrn.roles.writer import LyricsRequest
from noktvrn.words.lexicon import advisory
from noktvrn.words.palette import mix
from noktvrn.words.setting import setting
from noktvrn.words.song import compose


def write_lyrics(request: LyricsRequest) -> Lyrics:
    """Words that fit `request.plan`; the same request gives the same words.

    Raises:
        Invalid: the plan has fewer lines than the person wrote.
    """
    seed = derive_seed(request.seed, "lyrics")
    profile = request.profile
    place, feeling = setting(request.theme, request.mood, *profile.themes, profile.genre)
    palette = mix(place, feeling, request.title, dice(seed, "palette"))
    sections = compose(request.plan, palette, request.title, seed, request.human_lines)
    lyrics = Lyrics(
        title=request.title,
        sections=sections,
        hook=_hook(sections, request.title),
        human_lines=request.human_lines,
    )
    return lyrics.model_copy(update={"explicit": advisory(lyrics.text).explicit})


def _hook(sections: tuple[LyricSection, ...], title: str) -> str:
    """The first line of the first refrain; a song without one turns on its title."""
    for label in ("chorus", "drop"):
        for section in sections:
            if section.label == label and section.lines:
                return section.lines[0]
    return title
