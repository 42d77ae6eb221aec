"""How an artist writes: read off its identity, so that every song of it sounds like the same hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from noktvrn.kernel.seeds import derive_seed, dice
from noktvrn.model.artist import Profile
from noktvrn.words.bank import World
from noktvrn.words.palette import Palette, mix
from noktvrn.words.setting import setting
from noktvrn.words.tongue import written
from noktvrn.words.voice import HABITS, Voice


def scene_of(profile: Profile, theme: str, mood: str) -> tuple[World, World]:
    """The world and mood of a song of this artist, in the language it is written in."""
    return setting(
        theme,
        mood,
        *profile.themes,
        profile.genre,
        moods_of_artist=profile.moods,
        language=written(profile.language),
    )


def palette_of(
    profile: Profile,
    theme: str,
    mood: str,
    title: str,
    seed: int,
    *,
    common: bool = True,
    images: Sequence[str] = (),
) -> Palette:
    """What a song of this artist may say; `seed` is the song's. `images` go before the artist's own pictures
    where the world knows them."""
    place, feeling = scene_of(profile, theme, mood)
    voice = voice_of(profile)
    asked = [noun for noun in place.nouns if noun.partition("/")[0] in images]
    if asked:
        voice = replace(voice, motifs=tuple(dict.fromkeys([*asked, *voice.motifs])))
    return _mixed(place, feeling, title, seed, voice, common=common)


@lru_cache(maxsize=2)
def _mixed(place: World, feeling: World, title: str, seed: int, voice: Voice, *, common: bool) -> Palette:
    """The palette, kept for a second draft of the same song."""
    return mix(place, feeling, title, dice(seed, "palette"), common=common, voice=voice)


def voice_of(profile: Profile) -> Voice:
    """The artist's hand. It stays the same while name and sound do."""
    seed = derive_seed(profile.sound.seed, "voice", profile.stage_name)
    taste = dice(seed, "speech")
    plural = profile.stage_name.lower().startswith(("the ", "los ", "las ")) or taste.random() < 0.2
    past = taste.random() < 0.3
    own = {scene_of(profile, theme, profile.moods[0])[0] for theme in profile.themes[:THEMES]}
    pictures = sorted({noun for place in own for noun in place.nouns})
    motifs = dice(seed, "motifs").sample(pictures, min(len(pictures), MOTIFS))
    return Voice(
        plural=plural,
        past=past,
        motifs=tuple(motifs),
        seed=seed,
        share=SHARE,
        forms=taste.choice(HABITS),
        leads=taste.random() < 0.6,
    )


SHARE = 60
"""Percent of the bank's whole sentences an artist has in its vocabulary."""

THEMES = 3
"""The first of an artist's themes are what its prompt names: their worlds give it its pictures."""

MOTIFS = 12
"""Pictures of these worlds an artist prefers."""
