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
    place, feeling = setting(
        request.theme, request.mood, *profile.themes, profile.genre, moods_of_artist=profile.moods
    )
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
    """The refrain's line that holds the title, else its first; a song without refrain turns on its title."""
    refrains = [
        section.lines for section in sections if section.label in {"chorus", "drop"} and section.lines
    ]
    if not refrains:
        return title
    titled = (line for line in refrains[0] if line.casefold().startswith(title.casefold()))
    return next(titled, refrains[0][0])
