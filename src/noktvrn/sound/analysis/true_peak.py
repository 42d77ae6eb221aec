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
_OVER_HALF_WAY = 1.3
"""How far this kernel's curve can rise over the highest of the samples and half-way points of a block and
its neighbours: at most 1.279, the optimum of the linear programme over all sample values."""
_CHUNK_BLOCKS = 1024


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


@lru_cache(maxsize=1)
def _half_way() -> Samples:
    """The columns of the kernel that lie half-way between two samples."""
    return np.ascontiguousarray(_kernel()[0][:, _OVERSAMPLING // 2 - 1 :: _OVERSAMPLING - 1])


def sample_peaks(audio: Samples) -> Samples:
    """The highest absolute sample of each block of 32, over all channels: (blocks,), the last block may
    be shorter."""
    peaks = np.empty(-(-audio.shape[1] // BLOCK), dtype=np.float32)
    for first in range(0, peaks.size, _CHUNK_BLOCKS):
        piece = np.abs(audio[:, first * BLOCK : (first + _CHUNK_BLOCKS) * BLOCK])
        loudest = piece.max(axis=0) if len(piece) != 2 else np.maximum(piece[0], piece[1], out=piece[0])
        whole = loudest.size // BLOCK
        # Turned around first: the highest of rows is found many columns at a time.
        turned = np.ascontiguousarray(loudest[: whole * BLOCK].reshape(whole, BLOCK).T)
        turned.max(axis=0, out=peaks[first : first + whole])
        if whole * BLOCK < loudest.size:
            peaks[-1] = loudest[whole * BLOCK :].max()
    return peaks


def block_peaks(audio: Samples, above: float = 0.0) -> Samples:
    """The true peak of each block of `audio` (channels, n), linked over channels: (blocks,).

    Exact for blocks whose curve can rise above `above`; for the others the highest sample.
    """
    peaks = sample_peaks(audio)
    refine(peaks, audio, above, np.ones(peaks.size, dtype=np.bool_))
    return peaks


def refine(peaks: Samples, audio: Samples, above: float, chosen: NDArray[np.bool_]) -> None:
    """Raises sample `peaks` (blocks,) in place to the curve of `chosen` blocks, gated as in `block_peaks`.

    Points half-way between the samples come first: a curve stands little over the highest of twice as many
    points, so the other six between each two samples are needed only close to `above`.
    """
    wanted = np.flatnonzero(chosen & (_kernel()[1] * _neighbourhood(peaks) > above))
    if above > 0.0:
        _raise_to_curve(peaks, audio, wanted, _half_way())
        wanted = wanted[_neighbourhood(peaks)[wanted] * _OVER_HALF_WAY > above]
    _raise_to_curve(peaks, audio, wanted, _kernel()[0])


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


def _raise_to_curve(peaks: Samples, audio: Samples, wanted: NDArray[np.intp], taps: Samples) -> None:
    for channel in audio:
        for first in range(0, wanted.size, _ROWS):
            rows = wanted[first : first + _ROWS]
            curve = product(_windows(channel, rows * BLOCK - _REACH), taps)
            highest = np.maximum(curve.max(axis=1), -curve.min(axis=1))
            peaks[rows] = np.maximum(peaks[rows], highest)


def _windows(channel: Samples, starts: NDArray[np.intp]) -> Samples:
    """Rows of `BLOCK + 2 * _REACH` samples from each start on; what lies outside the channel is silent."""
    width = BLOCK + 2 * _REACH
    if starts[0] >= 0 and starts[-1] + width <= channel.size:
        rows: Samples = np.lib.stride_tricks.sliding_window_view(channel, width)[starts]
        return rows
    places = starts[:, None] + np.arange(width)
    inside = (places >= 0) & (places < channel.size)
    return np.asarray(channel[np.where(inside, places, 0)] * inside, dtype=np.float32)
