"""Loudness by ITU-R BS.1770-4, loudness range by EBU Tech 3342.

Instead of running the K-weighting filters over every sample, each 100 ms is transformed once and its power
spectrum weighted by |K(f)|^2 (Parseval). What is lost is the filters' memory across the edges of a piece:
within 0.1 LU of a filtering meter on music. The same spectra give the balance of bands and of mid and side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Samples = NDArray[np.float32]
Figures = NDArray[np.float64]

FLOOR_DB = -120.0
"""What a meter reads where there is nothing: JSON knows no minus infinity."""

_OFFSET = -0.691
_ABSOLUTE_GATE = -70.0
_PIECES_PER_SECOND = 10
_BATCH = 16

# The analogue prototypes behind the two filters of BS.1770-4 annex 1 (tables 1 and 2 give 48 kHz only).
_SHELF_HZ, _SHELF_GAIN_DB, _SHELF_Q, _SHELF_BEND = (
    1681.974450955533,
    3.999843853973347,
    0.7071752369554196,
    0.4996667741545416,
)
_CUT_HZ, _CUT_Q = 38.13547087602444, 0.5003270373238773


@dataclass(frozen=True)
class Survey:
    """What one pass over the spectra of a song gives.

    Attributes:
        powers: (pieces,) K-weighted mean square of each 100 ms, channels summed.
        mid: (bins,) mean power spectrum of (L+R)/2 under a Hann window, arbitrary common scale.
        side: (bins,) the same of (L-R)/2.
        bin_hz: distance of two bins.
    """

    powers: Figures
    mid: Figures
    side: Figures
    bin_hz: float


@lru_cache(maxsize=8)
def k_weighting(rate: int, size: int) -> NDArray[np.float32]:
    """|K(f)|^2 at the bins of a real transform of `size` points at `rate` Hz, one-sided and scaled by
    Parseval, so that the weighted sum of |X|^2 is the mean square of the filtered piece."""
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response = _shelf(z, rate) * _low_cut(z, rate)
    sides = np.full(size // 2 + 1, 2.0)
    sides[0] = 1.0
    if size % 2 == 0:
        sides[-1] = 1.0
    weights: NDArray[np.float32] = (np.abs(response) ** 2 * sides / size**2).astype(np.float32)
    return weights


def _shelf(z: NDArray[np.complex128], rate: int) -> NDArray[np.complex128]:
    k = np.tan(np.pi * _SHELF_HZ / rate)
    high = 10 ** (_SHELF_GAIN_DB / 20)
    bend = high**_SHELF_BEND
    top = (
        (high + bend * k / _SHELF_Q + k * k)
        + 2 * (k * k - high) * z
        + (high - bend * k / _SHELF_Q + k * k) * z**2
    )
    return np.asarray(top / _poles(z, k, _SHELF_Q))


def _low_cut(z: NDArray[np.complex128], rate: int) -> NDArray[np.complex128]:
    k = np.tan(np.pi * _CUT_HZ / rate)
    # The standard's numerator is 1, -2, 1 without the usual normalisation.
    return np.asarray((1 - z) ** 2 * (1 + k / _CUT_Q + k * k) / _poles(z, k, _CUT_Q))


def _poles(z: NDArray[np.complex128], k: float, q: float) -> NDArray[np.complex128]:
    return np.asarray((1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2)


def survey(audio: Samples, rate: int, every: int = 1) -> Survey:
    """One pass over `audio` (2, n) in pieces of 100 ms, or `every` so many of them; a last shorter piece is
    left out."""
    size = round(rate / _PIECES_PER_SECOND)
    weights = k_weighting(rate, size)
    rows = audio[:, : audio.shape[1] // size * size].reshape(2, -1, size)[:, ::every]
    pieces = rows.shape[1]
    powers = np.empty(pieces)
    mid, side = np.zeros(size // 2 + 1), np.zeros(size // 2 + 1)
    for first in range(0, pieces, _BATCH):
        last = min(first + _BATCH, pieces)
        left, right = fft.rfft(rows[:, first:last])
        powers[first:last] = _weighted(_squares(left) + _squares(right), weights)
        mid += _squares(_hann(left + right)).sum(axis=0)
        side += _squares(_hann(left - right)).sum(axis=0)
    return Survey(powers, mid, side, rate / size)


def powers_of(audio: Samples, rate: int) -> Figures:
    """Only the K-weighted powers of each 100 ms of `audio` (channels, n): (pieces,)."""
    size = round(rate / _PIECES_PER_SECOND)
    pieces = audio.shape[1] // size
    weights = k_weighting(rate, size)
    powers = np.zeros(pieces)
    for first in range(0, pieces, _BATCH):
        last = min(first + _BATCH, pieces)
        for channel in audio:
            piece = channel[first * size : last * size].reshape(-1, size)
            powers[first:last] += _weighted(_squares(fft.rfft(piece)), weights)
    return powers


def _squares(spectra: NDArray[np.complex64]) -> NDArray[np.float32]:
    squares = np.square(spectra.real)
    squares += np.square(spectra.imag)
    return np.asarray(squares)


def _weighted(squares: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.einsum("ij,j->i", squares, weights))


def _hann(spectra: NDArray[np.complex64]) -> NDArray[np.complex64]:
    # A Hann window is three taps in the frequency domain; without it bass leaks into the air band.
    shaped = np.zeros_like(spectra)
    shaped[:, 1:-1] = spectra[:, 1:-1] - 0.5 * (spectra[:, :-2] + spectra[:, 2:])
    return shaped


def integrated(powers: Figures) -> float:
    """Integrated loudness in LUFS from powers of 100 ms (BS.1770-4: 400 ms blocks, 75 % overlap, gates at
    -70 LUFS and 10 LU below the mean). `FLOOR_DB` where nothing passes the gates."""
    blocks = _moving_mean(powers, 4)
    loud = blocks[to_lufs(blocks) > _ABSOLUTE_GATE]
    if loud.size == 0:
        return FLOOR_DB
    kept = loud[to_lufs(loud) > float(to_lufs(loud.mean())) - 10.0]
    return float(to_lufs(kept.mean()))


def momentary(powers: Figures) -> Figures:
    """Loudness of every 400 ms window in LUFS, one value each 100 ms."""
    return to_lufs(_moving_mean(powers, 4))


def short_term(powers: Figures) -> Figures:
    """Loudness of every 3 s window in LUFS, one value each 100 ms."""
    return to_lufs(_moving_mean(powers, 30))


def loudness_range(powers: Figures) -> float:
    """Loudness range in LU (EBU Tech 3342: gates at -70 LUFS and 20 LU below the mean, 10th to 95th
    percentile of the short-term loudness). 0 for less than one window of sound."""
    windows = _moving_mean(powers, 30)
    loud = windows[to_lufs(windows) > _ABSOLUTE_GATE]
    if loud.size == 0:
        return 0.0
    levels = to_lufs(loud)
    kept = levels[levels > float(to_lufs(loud.mean())) - 20.0]
    low, high = np.percentile(kept, [10, 95])
    return float(high - low)


def to_lufs(powers: Figures | float) -> Figures:
    """LUFS of K-weighted powers, not below `FLOOR_DB`."""
    return np.asarray(np.maximum(_OFFSET + 10 * np.log10(np.maximum(powers, 1e-30)), FLOOR_DB))


def decibels(amplitude: float) -> float:
    """20 log10 of an amplitude, not below `FLOOR_DB`."""
    return max(FLOOR_DB, 20 * float(np.log10(max(amplitude, 1e-30))))


def power_decibels(power: float) -> float:
    """10 log10 of a power, not below `FLOOR_DB`."""
    return max(FLOOR_DB, 10 * float(np.log10(max(power, 1e-30))))


def _moving_mean(powers: Figures, width: int) -> Figures:
    if powers.size < width:
        return np.empty(0)
    sums = np.concatenate(([0.0], np.cumsum(powers)))
    return np.asarray(np.maximum((sums[width:] - sums[:-width]) / width, 0.0))
