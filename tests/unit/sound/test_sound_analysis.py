"""Tempo, key and copied bars on songs whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.sound.sound_test_song import RATE, song

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.seeds import dice
from noktvrn.sound.analysis import listening as analysis
from noktvrn.sound.mastering.master import Character, master
from noktvrn.sound.theory import key_name


def test_tempo_and_key_of_fresh_songs() -> None:
    exact, octaves, keys = 0, 0, 0
    for number in range(8):
        rng = dice(11, "analysis", number)
        bpm, tonic, minor = rng.uniform(84, 160), rng.randrange(12), rng.random() < 0.5
        heard = analysis.listen(song(number, bpm=bpm, tonic=tonic, minor=minor, seconds=30.0), RATE)
        found = analysis.tempo(heard.onsets)
        assert found is not None
        exact += abs(found / bpm - 1) <= 0.01
        octaves += any(abs(found * times / bpm - 1) <= 0.01 for times in (0.5, 1, 2))
        keys += analysis.key(heard.chroma) == key_name(tonic, "minor" if minor else "major")
    assert exact >= 7 and octaves == 8 and keys >= 7


def test_nothing_has_neither_pulse_nor_key() -> None:
    heard = analysis.listen(np.zeros((2, 40 * RATE), np.float32), RATE)
    assert analysis.tempo(heard.onsets) is None and analysis.key(heard.chroma) is None


def test_another_sample_rate_hears_the_same() -> None:
    audio = song(3, seconds=35.0)
    heard = analysis.listen(np.ascontiguousarray(audio[:, ::2]), RATE // 2)
    tempo = analysis.tempo(heard.onsets)
    assert tempo == pytest.approx(118, rel=0.01) and analysis.key(heard.chroma) == "A minor"


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("A minor", "A minor", True),
        ("A minor", "C major", True),
        ("Am", "C", True),
        ("D dorian", "C major", True),
        ("D dorian", "D minor", True),
        ("G mixolydian", "C major", True),
        ("Bb minor", "Db major", True),
        ("A minor", "A major", False),
        ("C major", "G major", False),
        ("F# minor", "F minor", False),
    ],
)
def test_relatives(one: str, other: str, wanted: bool) -> None:
    assert analysis.same_or_related(one, other) is wanted


@pytest.mark.parametrize("name", ["", "H minor", "A blues scale", "minor"])
def test_what_is_no_key_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        analysis.same_or_related(name, "A minor")


def test_pasted_bars_are_found_and_played_ones_are_not() -> None:
    block_s = 8 * 4 * 60 / 118
    played = song(7, seconds=4 * block_s)
    assert analysis.alike_blocks(master(played.copy(), RATE, Character()), RATE, block_s) == []
    size = round(block_s * RATE)
    pasted = played.copy()
    pasted[:, 2 * size : 3 * size] = pasted[:, size : 2 * size]
    found = analysis.alike_blocks(master(pasted, RATE, Character()), RATE, block_s)
    assert found == [pytest.approx(block_s, abs=0.01)]
