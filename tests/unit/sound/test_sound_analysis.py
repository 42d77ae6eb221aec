"""Tempo, key and copied bars on songs whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.sound.sound_test_song import RATE, song

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.seeds import dice
from noktvrn.sound.analysis.key import key, same_or_related
from noktvrn.sound.analysis.listening import listen
from noktvrn.sound.analysis.repetition import alike_blocks
from noktvrn.sound.analysis.tempo import tempo
from noktvrn.sound.mastering.master import Character, master
from noktvrn.sound.theory import key_name


def test_tempo_and_key_of_fresh_songs() -> None:
    exact, octaves, keys = 0, 0, 0
    for number in range(8):
        rng = dice(11, "analysis", number)
        bpm, tonic, minor = rng.uniform(84, 160), rng.randrange(12), rng.random() < 0.5
        heard = listen(song(number, bpm=bpm, tonic=tonic, minor=minor, seconds=30.0), RATE)
        pulse, home = tempo(heard.onsets), key(heard.pitches)
        assert pulse is not None and home is not None
        found = pulse.bpm
        exact += abs(found / bpm - 1) <= 0.01
        octaves += any(abs(found * times / bpm - 1) <= 0.01 for times in (0.5, 1, 2))
        keys += home.name == key_name(tonic, "minor" if minor else "major")
    assert exact >= 7 and octaves == 8 and keys >= 7


def test_nothing_has_neither_pulse_nor_key() -> None:
    heard = listen(np.zeros((2, 40 * RATE), np.float32), RATE)
    assert tempo(heard.onsets) is None and key(heard.pitches) is None


def test_another_sample_rate_hears_the_same() -> None:
    audio = song(3, seconds=35.0)
    heard = listen(np.ascontiguousarray(audio[:, ::2]), RATE // 2)
    pulse, home = tempo(heard.onsets), key(heard.pitches)
    assert pulse is not None and pulse.bpm == pytest.approx(118, rel=0.01)
    assert home is not None and home.name == "A minor"


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
    assert same_or_related(one, other) is wanted


@pytest.mark.parametrize("name", ["", "H minor", "A blues scale", "minor"])
def test_what_is_no_key_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        same_or_related(name, "A minor")


def test_pasted_bars_are_found_and_played_ones_are_not() -> None:
    block_s = 8 * 4 * 60 / 118
    played = song(7, seconds=4 * block_s)
    assert alike_blocks(master(played.copy(), RATE, Character()), RATE, block_s) == []
    size = round(block_s * RATE)
    pasted = played.copy()
    pasted[:, 2 * size : 3 * size] = pasted[:, size : 2 * size]
    found = alike_blocks(master(pasted, RATE, Character()), RATE, block_s)
    assert found == [pytest.approx(block_s, abs=0.01)]
