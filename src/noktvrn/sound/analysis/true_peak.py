"""True peak: the highest point of the curve through the samples (ITU-R BS.1770-4 annex 2, at 8x).

The curve is evaluated in blocks of 32 samples as one matrix product, and only where it can matter: a
point of the curve is at most the kernel's absolute sum times the highest sample near it, so blocks that
cannot reach the level asked for are skipped without changing the answer.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.product import product

Samples = NDArray[np.float32]

BLOCK = 32
"""Samples in one block."""

_OVERSAMPLING = 8
_REACH = 12
_BETA = 6.0
_ROWS = 2048


@lru_cache(maxsize=1)
def _kernel() -> tuple[NDArray[np.float32], float]:
    """The (BLOCK + 2 * _REACH, BLOCK * 7) matrix from samples to points between them, and its bound."""
    points = (np.arange(BLOCK)[:, None] + np.arange(1, _OVERSAMPLING) / _OVERSAMPLING).ravel()
    distance = points[None, :] - (np.arange(BLOCK + 2 * _REACH) - _REACH)[:, None]
    inside = np.clip(1 - (distance / _REACH) ** 2, 0, None)
    taper = np.where(np.abs(distance) < _REACH, np.i0(_BETA * np.sqrt(inside)) / np.i0(_BETA), 0.0)
    taps = np.sinc(distance) * taper
    taps /= taps.sum(axis=0)
    return taps.astype(np.float32), float(np.abs(taps).sum(axis=0).max())


def sample_peaks(audio: Samples) -> Samples:
    """The highest absolute sample of each block of 32, over all channels: (blocks,), the last block may
    be shorter."""
    starts = np.arange(0, audio.shape[1], BLOCK)
    highest = np.maximum.reduceat(audio, starts, axis=1).max(axis=0)
    lowest = np.minimum.reduceat(audio, starts, axis=1).min(axis=0)
    return np.asarray(np.maximum(highest, -lowest))


def block_peaks(audio: Samples, above: float = 0.0) -> Samples:
    """The true peak of each block of `audio` (channels, n), linked over channels: (blocks,).

    Exact for blocks whose curve can rise above `above`; for the others the highest sample.
    """
    peaks = sample_peaks(audio)
    refine(peaks, audio, above, np.ones(peaks.size, dtype=np.bool_))
    return peaks


def refine(peaks: Samples, audio: Samples, above: float, chosen: NDArray[np.bool_]) -> None:
    """Raises sample `peaks` (blocks,) in place to the curve of `chosen` blocks, gated as in `block_peaks`."""
    wanted = np.flatnonzero(chosen & (_kernel()[1] * _neighbourhood(peaks) > above))
    for channel in audio:
        _raise_to_curve(peaks, channel, wanted)


def true_peak(audio: Samples) -> float:
    """The true peak of `audio` (channels, n) as a linear amplitude; 0.0 for no samples."""
    if audio.shape[1] == 0:
        return 0.0
    return float(block_peaks(audio, above=float(np.abs(sample_peaks(audio)).max())).max())


def _neighbourhood(peaks: Samples) -> Samples:
    wide = peaks.copy()
    np.maximum(wide[1:], peaks[:-1], out=wide[1:])
    np.maximum(wide[:-1], peaks[1:], out=wide[:-1])
    return wide


def _raise_to_curve(peaks: Samples, channel: Samples, wanted: NDArray[np.intp]) -> None:
    taps = _kernel()[0]
    padded = np.pad(channel, (_REACH, _REACH + BLOCK - 1))
    windows = np.lib.stride_tricks.sliding_window_view(padded, BLOCK + 2 * _REACH)[::BLOCK]
    for first in range(0, wanted.size, _ROWS):
        rows = wanted[first : first + _ROWS]
        curve = product(windows[rows], taps)
        np.abs(curve, out=curve)
        peaks[rows] = np.maximum(peaks[rows], curve.max(axis=1))
