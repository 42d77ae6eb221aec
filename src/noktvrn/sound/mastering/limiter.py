"""A look-ahead true-peak limiter that thinks in blocks.

One gain value at each edge of a 32-sample block, straight lines between them. The reduction is looked
for ahead, let go at a steady rate in dB, and smoothed; each of these steps can only deepen it, so no
block is ever reduced less than its peak asks for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.analysis.true_peak import BLOCK, block_peaks, refine, sample_peaks
from noktvrn.sound.gain import apply_gain

Samples = NDArray[np.float32]
Figures = NDArray[np.float64]

LOOK_AHEAD_BLOCKS = 4
RELEASE_DB_PER_S = 40.0
_PASSES = 4
_AIM = 0.997
_NOTHING_DB = 1e-6


def limit(audio: Samples, rate: int, ceiling_db: float) -> None:
    """Holds the true peak of `audio` (channels, n, changed in place) at or below `ceiling_db` dBTP."""
    ceiling = 10 ** (ceiling_db / 20)
    peaks = block_peaks(audio, above=ceiling)
    for _ in range(_PASSES):
        if not np.any(peaks > ceiling):
            return
        # A moving gain bends the curve between samples a little: aim lower by what the curve may gain.
        reduced = reduction(decibels_of(peaks) - 20 * np.log10(ceiling * _AIM), rate)
        apply_gain(audio, gain_nodes(reduced), BLOCK)
        # Blocks far from any reduction have kept their samples, and with them their proof.
        peaks = np.where(moved := _moved(reduced), sample_peaks(audio), peaks)
        refine(peaks, audio, ceiling, moved)
    if (highest := float(peaks.max())) > ceiling:
        audio *= np.float32(ceiling / highest * (1 - 1e-6))


def decibels_of(peaks: NDArray[np.floating]) -> Figures:
    """Peaks of blocks in dB."""
    return np.asarray(20 * np.log10(np.maximum(peaks, 1e-12).astype(np.float64)))


def reduction(over_db: Figures, rate: int) -> Figures:
    """The reduction in dB (>= 0) of each block, (blocks,), whose true peak is `over_db` over the ceiling."""
    held = _release(_widest(np.maximum(over_db, 0.0)), RELEASE_DB_PER_S * BLOCK / rate)
    return _smooth(held)


def gain_nodes(reduced: Figures) -> Figures:
    """Linear gains at the edges of the blocks, (blocks + 1,), from the blocks' reduction in dB."""
    edges = np.concatenate((reduced[:1], np.maximum(reduced[1:], reduced[:-1]), reduced[-1:]))
    return np.asarray(np.exp(edges * (-np.log(10.0) / 20.0)))


def _moved(reduced: Figures) -> NDArray[np.bool_]:
    """Blocks in whose reach a gain other than one was applied."""
    moved = reduced > 0
    near = moved.copy()
    for step in (1, 2):
        near[step:] |= moved[:-step]
        near[:-step] |= moved[step:]
    return near


def _widest(needed: Figures) -> Figures:
    wide = needed.copy()
    for step in range(1, LOOK_AHEAD_BLOCKS + 1):
        np.maximum(wide[step:], needed[:-step], out=wide[step:])
        np.maximum(wide[:-step], needed[step:], out=wide[:-step])
    return wide


def _release(held: Figures, rate_db: float) -> Figures:
    # max over the past of (held[k] - rate * (b - k)), without a loop
    slope = rate_db * np.arange(held.size)
    return np.asarray(np.maximum.accumulate(held + slope) - slope)


def _smooth(held: Figures) -> Figures:
    width = 2 * LOOK_AHEAD_BLOCKS + 1
    padded = np.pad(held, LOOK_AHEAD_BLOCKS, mode="edge")
    sums = np.concatenate(([0.0], np.cumsum(padded)))
    means = (sums[width:] - sums[:-width]) / width
    return np.where(means > _NOTHING_DB, means, 0.0)
