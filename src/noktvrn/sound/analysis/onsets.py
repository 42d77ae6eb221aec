"""Onsets: how much rises in the spectrum, a hundred times a second, and what kind of stroke it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.analysis.spectra import log_bands, spectra, window_size
from noktvrn.sound.product import product

Samples = NDArray[np.float32]
Figures = NDArray[np.float64]

ONSET_RATE = 100
"""Frames of the onset curves per second."""

_WINDOW_S, _BANDS = 0.0232, 24
_LOUD = 1e3
_KICK, _SNARE = slice(0, 2), slice(10, None)
_STRONGEST = 99.5


@dataclass(frozen=True)
class Onsets:
    """Curves of `ONSET_RATE` frames a second, each (frames,).

    Attributes:
        full: what rises anywhere, by logarithmic level, so that soft notes count; zero mean over a second.
        kick: what rises below about 240 Hz, by amplitude, so that the loud strokes stand out; mean 1.
        snare: the same above about 1.8 kHz.
        bands: (frames, 24) levels of mel-like bands, log1p of a thousand times the amplitude.
    """

    full: Figures
    kick: Figures
    snare: Figures
    bands: Samples


def onsets(mono: Samples, rate: int) -> Onsets:
    """The onset curves of `mono` (n,) at `rate` Hz."""
    triangles = log_bands(rate, window_size(rate, _WINDOW_S), _BANDS)
    found = [product(s, triangles) for s in spectra(mono, rate, _WINDOW_S, ONSET_RATE)]
    levels = np.concatenate(found) if found else np.zeros((0, _BANDS), np.float32)
    bands = np.log1p(_LOUD * levels)
    rises = np.maximum(np.diff(bands, axis=0, prepend=bands[:1]), 0).sum(axis=1)
    return Onsets(_around_zero(rises), _strokes(levels[:, _KICK]), _strokes(levels[:, _SNARE]), bands)


def strikes_per_second(curve: Figures) -> float:
    """Peaks of an onset curve of at least half the strength of its strongest hundredth, a second."""
    inner = curve[1:-1]
    struck = (inner > curve[:-2]) & (inner >= curve[2:]) & (inner > 0.5 * np.percentile(curve, 99))
    return float(np.count_nonzero(struck) * ONSET_RATE / max(curve.size, 1))


def _around_zero(rises: Samples) -> Figures:
    """The curve without its mean over the second around each frame."""
    if rises.size == 0:
        return np.empty(0)
    curve = rises.astype(np.float64)
    padded = np.pad(curve, ONSET_RATE // 2, mode="edge")
    local = np.convolve(padded, np.full(ONSET_RATE, 1 / ONSET_RATE), "same")
    return np.asarray(curve - local[ONSET_RATE // 2 : ONSET_RATE // 2 + curve.size])


def _strokes(levels: Samples) -> Figures:
    """Rises of the joint amplitude of some bands, the very strongest levelled, scaled to a mean of 1."""
    amplitude: Figures = np.sqrt(np.square(levels, dtype=np.float64).sum(axis=1))
    if amplitude.size == 0:
        return amplitude
    rises = np.maximum(np.diff(amplitude, prepend=amplitude[:1]), 0)
    rises = np.minimum(rises, np.percentile(rises, _STRONGEST))
    return np.asarray(rises / max(float(rises.mean()), 1e-12))
