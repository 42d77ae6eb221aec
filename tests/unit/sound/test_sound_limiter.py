"""True peak and limiter: standard signals, and everything hostile that can be thought of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import signal

from noktvrn.sound.analysis.loudness import decibels
from noktvrn.sound.analysis.true_peak import BLOCK, block_peaks, sample_peaks, true_peak
from noktvrn.sound.gain import apply_gain
from noktvrn.sound.mastering import limiter

Samples = limiter.Samples
CEILING_DB = -1.2


def sine(cycles_per_sample: float, phase_degrees: float, amplitude: float = 0.5) -> Samples:
    steps = np.arange(8192)
    wave = amplitude * np.sin(2 * np.pi * cycles_per_sample * steps + np.radians(phase_degrees))
    wave *= np.minimum(1, np.minimum(steps, steps[::-1]) / 2000)
    return np.stack((wave, wave)).astype(np.float32)


@pytest.mark.parametrize(("parts", "phase"), [(4, 0), (4, 45), (6, 60), (8, 67.5)])
def test_sines_between_the_samples_follow_ebu_tech_3341(parts: int, phase: float) -> None:
    assert decibels(true_peak(sine(1 / parts, phase))) == pytest.approx(-6.02, abs=0.1)


def test_it_agrees_with_a_long_foreign_oversampler() -> None:
    noise = np.random.Generator(np.random.PCG64(3)).standard_normal((2, 20000)).astype(np.float32)
    taps = signal.firwin(101, 0.8)
    band = np.stack([np.convolve(c, taps, "same") for c in noise]).astype(np.float32)
    foreign = max(float(np.abs(signal.resample(c.astype(np.float64), 16 * c.size)).max()) for c in band)
    assert decibels(true_peak(band)) == pytest.approx(decibels(foreign), abs=0.15)


def test_nothing_has_no_peak() -> None:
    assert true_peak(np.zeros((2, 0), np.float32)) == 0.0
    assert true_peak(np.zeros((2, 100), np.float32)) == 0.0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.floats(0.05, 1.0), st.integers(1, 3000))
def test_skipping_quiet_blocks_changes_no_answer(seed: int, above: float, length: int) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    audio = (rng.standard_normal((2, length)) * rng.random(length) ** 4 * 0.5).astype(np.float32)
    full, gated = block_peaks(audio), block_peaks(audio, above)
    assert np.all(gated <= full + 1e-6) and np.all(gated >= sample_peaks(audio) - 1e-6)
    assert np.allclose(gated[full > above], full[full > above], atol=1e-6)
    assert true_peak(audio) == pytest.approx(float(full.max()), abs=1e-6)


def burst(rng: np.random.Generator) -> Samples:
    audio = rng.standard_normal((2, 9000)).astype(np.float32) * 0.02
    at = int(rng.integers(8000))
    audio[:, at : at + 700] *= 200
    return audio


def squares(rng: np.random.Generator) -> Samples:
    period = int(rng.integers(2, 400))
    wave = np.where(np.arange(9000) // period % 2, 1.0, -1.0)
    return np.stack((wave, -wave)).astype(np.float32)


def impulse(rng: np.random.Generator) -> Samples:
    audio = np.zeros((2, 9000), np.float32)
    audio[int(rng.integers(2)), int(rng.integers(9000))] = 8.0
    return audio


def alternating(rng: np.random.Generator) -> Samples:
    """The worst for a curve between samples: signs that conspire around one gap."""
    steps = np.arange(9000) - int(rng.integers(9000)) - 0.5
    wave = np.sign(np.sinc(steps)) * np.where(np.abs(steps) < 40, 1.0, 0.01)
    return np.stack((wave, wave)).astype(np.float32)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([burst, squares, impulse, alternating]), st.integers(0, 2**32), st.floats(0.01, 30.0))
def test_the_ceiling_holds_against_hostile_signals(make: object, seed: int, gain: float) -> None:
    assert callable(make)
    audio: Samples = make(np.random.Generator(np.random.PCG64(seed))) * np.float32(gain)
    limiter.limit(audio, 44100, CEILING_DB)
    assert decibels(float(block_peaks(audio).max())) <= CEILING_DB + 1e-4
    assert np.isfinite(audio).all()


@settings(max_examples=40, deadline=None)
@given(
    arrays.arrays(
        np.float32, st.tuples(st.just(2), st.integers(1, 200)), elements=st.floats(-100, 100, width=32)
    )
)
def test_the_ceiling_holds_for_anything_short(audio: Samples) -> None:
    limiter.limit(audio, 44100, CEILING_DB)
    assert decibels(float(block_peaks(audio).max())) <= CEILING_DB + 1e-4


def test_what_is_low_enough_is_left_alone() -> None:
    audio = sine(0.01, 0)
    before = audio.copy()
    limiter.limit(audio, 44100, CEILING_DB)
    assert np.array_equal(audio, before)


def test_it_looks_ahead_and_lets_go() -> None:
    peaks = np.full(4000, 0.1)
    peaks[2000] = 1.0
    reduced = limiter.reduction(limiter.decibels_of(peaks / 0.5), 44100)
    assert reduced[2000] >= 20 * np.log10(2) - 1e-9
    assert 0 < reduced[1998] <= reduced[2000]
    assert reduced[1990] == pytest.approx(0, abs=1e-9)
    release_s = (np.flatnonzero(reduced > 1e-6).max() - 2000) * BLOCK / 44100
    assert release_s == pytest.approx(6.02 / limiter.RELEASE_DB_PER_S, abs=0.02)


def test_gain_runs_straight_between_its_nodes() -> None:
    audio = np.ones((2, 100), np.float32)
    apply_gain(audio, np.array([1.0, 0.0, 1.0, 1.0, 1.0]), BLOCK)
    assert audio[0, 16] == pytest.approx(0.5) and audio[0, 32] == 0.0 and audio[0, 48] == pytest.approx(0.5)
    assert np.all(audio[:, 64:] == 1.0)
