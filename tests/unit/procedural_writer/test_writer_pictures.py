"""Pictures the songs of one record share."""

from __future__ import annotations

import pytest
from tests.unit.release.release_samples import profile

from noktvrn.music.planner import plan_song
from noktvrn.providers.procedural_writer.lyrics import write_lyrics
from noktvrn.roles.writer import LyricsRequest
from noktvrn.words.setting import setting

THEME, MOOD = "night", "brooding"


def request(seed: int, images: tuple[str, ...] = ()) -> LyricsRequest:
    artist = profile()
    plan = plan_song(
        genre=artist.genre,
        style=artist.sound.style,
        tempo=artist.tempo,
        modes=("minor",),
        mood=MOOD,
        duration_s=150,
        seed=seed,
    )
    return LyricsRequest(
        profile=artist, plan=plan, title="Glass Hours", theme=THEME, mood=MOOD, seed=seed, images=images
    )


def pictures() -> tuple[str, ...]:
    artist = profile()
    place, _ = setting(THEME, MOOD, *artist.themes, artist.genre, moods_of_artist=artist.moods)
    return tuple(noun.partition("/")[0] for noun in place.nouns[-3:])


@pytest.mark.parametrize("seed", range(4))
def test_every_song_of_a_record_holds_one_of_its_pictures(seed: int) -> None:
    words = write_lyrics(request(seed, pictures()))

    assert any(picture.casefold() in words.text.casefold() for picture in pictures())
    assert words == write_lyrics(request(seed, pictures()))


def test_pictures_no_world_knows_change_no_word() -> None:
    assert write_lyrics(request(1, ("zeppelin",))) == write_lyrics(request(1))
