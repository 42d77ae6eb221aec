"""Mastering: loud enough, never too high, as long as before, silent at its ends."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.sound.sound_test_song import RATE, song

from noktvrn.kernel.errors import Invalid
from noktvrn.sound.analysis import loudness, meters
from noktvrn.sound.analysis.true_peak import true_peak
from noktvrn.sound.mastering.master import Character, master


@pytest.mark.parametrize("target", [-14.0, -9.5])
@pytest.mark.parametrize("gain", [0.01, 1.0, 6.0])
def test_it_meets_the_target_under_the_ceiling(target: float, gain: float) -> None:
    out = master(song(1) * np.float32(gain), RATE, Character(drive=0.5), target_lufs=target)
    assert loudness.integrated(loudness.powers_of(out, RATE)) == pytest.approx(target, abs=0.3)
    assert loudness.decibels(true_peak(out)) <= -1.0


def test_a_master_mastered_again_keeps_its_length_and_level() -> None:
    once = master(song(2), RATE, Character())
    length = once.shape
    again = master(once.copy(), RATE, Character())
    assert again.shape == length
    assert loudness.integrated(loudness.powers_of(again, RATE)) == pytest.approx(-14.0, abs=0.3)


def test_the_same_mix_gives_the_same_samples() -> None:
    one, other = (master(song(3), RATE, Character(0.3, 0.6)) for _ in range(2))
    assert np.array_equal(one, other)


def test_ends_are_silent_bass_is_mono_and_dc_is_gone() -> None:
    mix = song(4)
    mix += np.float32(0.05)
    time = np.arange(mix.shape[1]) / RATE
    mix[0] += (0.2 * np.sin(2 * np.pi * 60 * time)).astype(np.float32)
    out = master(mix, RATE, Character())
    figures = meters.measure(out, RATE)
    assert np.all(out[:, -1] == 0) and figures.edge_peak_dbfs < -60
    assert figures.low_side_db < -30
    assert figures.dc_offset < 1e-3


def test_brightness_tilts() -> None:
    dark, bright = (meters.measure(master(song(5), RATE, Character(b)), RATE) for b in (-1.0, 1.0))
    assert bright.tilt_db_per_octave - dark.tilt_db_per_octave == pytest.approx(0.7, abs=0.35)


def test_a_full_scale_impulse_and_noise_stay_below_the_ceiling() -> None:
    mix = np.random.Generator(np.random.PCG64(1)).standard_normal((2, 8 * RATE)).astype(np.float32)
    mix[:, 5 * RATE] = 1000.0
    assert loudness.decibels(true_peak(master(mix, RATE, Character()))) <= -1.0


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(value: float) -> None:
    mix = song(6)
    mix[1, 1000] = value
    with pytest.raises(Invalid, match="no numbers"):
        master(mix, RATE, Character())


def test_silence_is_refused() -> None:
    with pytest.raises(Invalid, match="silent"):
        master(np.zeros((2, 5 * RATE), np.float32), RATE, Character())
