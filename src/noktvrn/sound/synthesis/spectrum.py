"""Spectral shaping of single notes and one-shots: equaliser curves, K-weighted energy, shaped noise."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.sound.score import RATE

Samples = NDArray[np.float32]
"""Channels by samples: (1, n) or (2, n)."""

Curve = NDArray[np.float32]

_MIDDLE_TO_HZ = 1500.0
"""Where the high-pass that takes the sides out below 150 Hz has long let everything through (60 dB)."""


@cache
def frequencies(size: int) -> Curve:
    """The bin frequencies of a real transform of `size` samples, in Hz; bin 0 counts as 1 Hz."""
    bins = np.arange(size // 2 + 1, dtype=np.float32) * np.float32(RATE / size)
    bins[0] = 1.0
    return bins


def low_pass(hertz: Curve, cutoff: float, order: int = 2) -> Curve:
    """Magnitude of a Butterworth-like low-pass, `order` times 6 dB an octave."""
    return np.asarray(1.0 / np.sqrt(1.0 + (hertz / np.float32(cutoff)) ** (2 * order)), dtype=np.float32)


def high_pass(hertz: Curve, cutoff: float, order: int = 2) -> Curve:
    """Magnitude of a Butterworth-like high-pass."""
    return np.asarray(1.0 / np.sqrt(1.0 + (np.float32(cutoff) / hertz) ** (2 * order)), dtype=np.float32)


def bell(hertz: Curve, centre: float, gain_db: float, octaves: float = 1.0) -> Curve:
    """A bell of `gain_db` around `centre`."""
    distance = np.log2(hertz / np.float32(centre)) / np.float32(octaves)
    return np.asarray(10.0 ** (gain_db / 20.0 * np.exp(-distance * distance)), dtype=np.float32)


def tilt(hertz: Curve, db_per_octave: float, pivot: float = 800.0) -> Curve:
    """A straight slope around `pivot`, flat below 40 Hz and above 16 kHz."""
    octaves = np.log2(np.clip(hertz, 40.0, 16_000.0) / np.float32(pivot))
    return np.asarray(10.0 ** (db_per_octave / 20.0 * octaves), dtype=np.float32)


def shelf(hertz: Curve, corner: float, gain_db: float) -> Curve:
    """A high shelf."""
    blend = 1.0 / (1.0 + (np.float32(corner) / hertz) ** 3)
    return np.asarray(10.0 ** (gain_db / 20.0 * blend), dtype=np.float32)


@cache
def k_weight(size: int) -> Curve:
    """|K(f)|^2 of ITU-R BS.1770-4 as a smooth curve: high-pass at 38 Hz, +4 dB shelf around 1.7 kHz."""
    hertz = frequencies(size)
    curve: Curve = (high_pass(hertz, 38.0, 2) * shelf(hertz, 1680.0, 4.0)) ** 2
    return curve


def shaped(samples: Samples, curve: Curve | None) -> tuple[Samples, float]:
    """`samples` through an equaliser curve (on the bins of `padded(n)`), and their K-weighted energy (sum
    of squares).

    The tail that an equaliser would add is cut at the note's end, which has already faded.
    """
    return shaped_together([samples], curve)[0]


def shaped_together(sounds: Sequence[Samples], curve: Curve | None) -> list[tuple[Samples, float]]:
    """`shaped` for sounds of the same channels and padded length: four rows cost little more than one."""
    size = padded(sounds[0].shape[1])
    channels = sounds[0].shape[0]
    rows = np.zeros((len(sounds), channels, size), dtype=np.float32)
    for row, sound in zip(rows, sounds, strict=True):
        row[:, : sound.shape[1]] = sound
    bins = fft.rfft(rows, axis=2)
    if curve is not None:
        bins *= curve
    if channels == 2:
        _bass_to_middle(bins, frequencies(size))
    power = np.square(bins.real)
    power += np.square(bins.imag)
    energies = (power.sum(axis=1) * k_weight(size)).sum(axis=1) * 2.0 / size
    heard = fft.irfft(bins, size, axis=2)
    return [
        (row[:, : sound.shape[1]], float(energy))
        for row, sound, energy in zip(heard, sounds, energies, strict=True)
    ]


def _bass_to_middle(bins: NDArray[np.complex64], hertz: Curve) -> None:
    """Takes the sides below 150 Hz out of stereo spectra (n, 2, bins), in place: low notes stand in the
    middle."""
    low = int(np.searchsorted(hertz, _MIDDLE_TO_HZ))
    left, right = bins[:, 0, :low], bins[:, 1, :low]
    side = (left - right) * (np.float32(0.5) * (np.float32(1.0) - high_pass(hertz[:low], 150.0, 3)))
    left -= side
    right += side


def padded(count: int) -> int:
    """A fast transform length with room behind `count` samples."""
    step = 1 << max(8, count.bit_length() - 3)
    return int(fft.next_fast_len(-(-(count + 256) // step) * step, real=True))


def noise(count: int, seed: int, channels: int = 1) -> Samples:
    """White noise of RMS 1, evenly distributed, shape (channels, count). A filter makes it Gaussian."""
    source = np.random.Generator(np.random.PCG64(seed)).random((channels, count), dtype=np.float32)
    source -= np.float32(0.5)
    source *= np.float32(np.sqrt(12.0))
    return source


def filtered_noise(count: int, seed: int, low: float, high: float, channels: int = 1) -> Samples:
    """Noise between `low` and `high` Hz (12 dB an octave outside), RMS 1."""
    size = padded(count)
    bins = fft.rfft(noise(size, seed, channels), axis=1)
    bins *= high_pass(frequencies(size), low) * low_pass(frequencies(size), high)
    sound: Samples = fft.irfft(bins, size, axis=1)[:, :count].astype(np.float32, copy=False)
    return sound / np.float32(max(1e-9, float(np.sqrt(np.mean(sound * sound)))))
