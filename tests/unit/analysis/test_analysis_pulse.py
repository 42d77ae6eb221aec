"""Tempo, beats, bars and key of bands whose answers are known, in many meters."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.analysis.analysis_rhythms import GROOVES, RATE, band

from noktvrn.sound.analysis.key import key
from noktvrn.sound.analysis.listening import Heard, listen
from noktvrn.sound.analysis.whole import count
from noktvrn.sound.theory import key_name

CASES = (
    ("backbeat", 92.0, 4, True),
    ("backbeat", 127.5, 1, False),
    ("four", 122.0, 7, True),
    ("two_step", 168.0, 10, True),
    ("shuffle", 112.0, 2, False),
    ("waltz", 141.0, 0, False),
    ("jig", 104.0, 5, True),
    ("five", 118.0, 9, True),
    ("seven", 132.0, 3, True),
)


@cache
def heard(groove: str, bpm: float, tonic: int, minor: bool) -> tuple[Heard, NDArray[np.float64]]:
    audio, starts = band(GROOVES[groove], bpm, seed=round(bpm), tonic=tonic, minor=minor)
    return listen(audio, RATE), starts


def share_near(found: NDArray[np.float64], wanted: NDArray[np.float64], seconds: float = 0.07) -> float:
    """The share of `wanted` moments that have a found one near."""
    return float(np.mean([np.abs(found - moment).min() <= seconds for moment in wanted]))


def test_tempo_is_exact_in_nearly_all_and_an_octave_off_at_worst() -> None:
    exact, octave = 0, 0
    for groove, bpm, tonic, minor in CASES:
        pulse, _, _ = count(heard(groove, bpm, tonic, minor)[0])
        assert pulse is not None
        exact += abs(pulse.bpm / bpm - 1) <= 0.005
        octave += any(abs(pulse.bpm * times / bpm - 1) <= 0.005 for times in (0.5, 1, 2))
    assert exact >= len(CASES) - 1 and octave == len(CASES)


def test_meters_and_downbeats() -> None:
    right, bars_found = 0, 0
    for groove, bpm, tonic, minor in CASES:
        taken, starts = heard(groove, bpm, tonic, minor)
        _, _, bars = count(taken)
        assert bars is not None
        right += bars.meter.signature == GROOVES[groove].signature
        bars_found += share_near(bars.downbeats, starts) >= 0.9
    assert right >= len(CASES) - 1
    assert bars_found >= len(CASES) - 1


def test_keys() -> None:
    right = 0
    for groove, bpm, tonic, minor in CASES:
        found = key(heard(groove, bpm, tonic, minor)[0].pitches)
        assert found is not None
        right += found.name == key_name(tonic, "minor" if minor else "major")
    assert right >= len(CASES) - 1


def test_a_band_tuned_apart_is_heard_in_its_own_tuning() -> None:
    audio, _ = band(GROOVES["backbeat"], 100.0, tonic=2, minor=False, cents=-35.0)
    found = key(listen(audio, RATE).pitches)
    assert found is not None
    assert found.name == "D major"
    assert found.tuning_cents == pytest.approx(-35, abs=6)


def test_a_song_cut_off_in_the_middle_keeps_its_key() -> None:
    audio, _ = band(GROOVES["four"], 120.0, tonic=7, minor=True, seconds=40.0)
    found = key(listen(audio[:, 6 * RATE : 30 * RATE], RATE).pitches)
    assert found is not None
    assert "G minor" in (found.name, found.runner_up)


def test_a_drifting_band_is_followed() -> None:
    audio, starts = band(GROOVES["backbeat"], 108.0, seconds=60.0, drift=0.04)
    _, marks, bars = count(listen(audio, RATE))
    assert not marks.steady
    assert marks.bpm is None
    assert bars is not None
    assert share_near(bars.beats, starts) >= 0.85


def test_a_machine_is_steady_and_its_grid_finer_than_a_thousandth() -> None:
    audio, _ = band(GROOVES["four"], 121.37, seconds=45.0)
    _, marks, _ = count(listen(audio, RATE))
    assert marks.steady
    assert marks.bpm == pytest.approx(121.37, rel=1e-3)


def test_other_ways_to_count_are_told_with_their_shares() -> None:
    pulse, _, _ = count(heard("two_step", 168.0, 10, True)[0])
    assert pulse is not None
    named = {round(other.bpm / pulse.bpm, 1) for other in pulse.alternatives}
    assert named <= {0.3, 0.5, 0.7, 0.8, 1.3, 1.5, 2.0, 3.0}
    assert sum(other.share for other in pulse.alternatives) < 1


@pytest.mark.parametrize("seed", [0, 1])
def test_noise_has_neither_pulse_nor_key(seed: int) -> None:
    noise = np.random.Generator(np.random.PCG64(seed)).standard_normal((2, 20 * RATE)).astype(np.float32)
    taken = listen(0.1 * noise, RATE)
    pulse, marks, bars = count(taken)
    assert pulse is None and bars is None and marks.seconds.size == 0
    assert key(taken.pitches) is None
