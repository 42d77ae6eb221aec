"""Chroma: how loud each of the twelve pitch classes is, eight times a second, and how the song is tuned."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.analysis.spectra import spectra, window_size
from noktvrn.sound.product import product

Samples = NDArray[np.float32]
Figures = NDArray[np.float64]

CHROMA_RATE = 8
"""Frames of the chroma per second."""

_WINDOW_S = 0.3715
_RANGE_HZ, _BASS_HZ = (65.0, 1800.0), (50.0, 260.0)
_FINE = 60
"""Steps of an octave in the fine fold: five a semitone, 20 cents each."""

_STEPS = _FINE // 12
_TUNED_CENTS = 12.0


@dataclass(frozen=True)
class Pitches:
    """Loudness of the pitch classes from C, `CHROMA_RATE` times a second, each (frames, 12).

    Attributes:
        chroma: at A = 440 Hz.
        tuned: at the song's own tuning; `chroma` itself where that is near 440 Hz.
        bass: the lowest two octaves alone, at the song's own tuning.
        tuning_cents: how far the notes lie from A = 440 Hz, -50 to 50.
    """

    chroma: Figures
    tuned: Figures
    bass: Figures
    tuning_cents: float


def pitches(mono: Samples, rate: int) -> Pitches:
    """The pitch classes of `mono` (n,) at `rate` Hz."""
    classes = _classes(rate, window_size(rate, _WINDOW_S))
    batches = spectra(mono, rate, _WINDOW_S, CHROMA_RATE)
    found = [product(np.sqrt(s[:, : classes.shape[0]]), classes) for s in batches]
    folded = np.concatenate(found).astype(np.float64) if found else np.zeros((0, 12 + 2 * _FINE))
    chroma, fine, bass = np.split(folded, (12, 12 + _FINE), axis=1)
    cents = _tuning(fine)
    off = abs(cents) >= _TUNED_CENTS
    return Pitches(
        chroma=np.ascontiguousarray(chroma),
        tuned=_retuned(fine, cents) if off else np.ascontiguousarray(chroma),
        bass=_retuned(bass, cents if off else 0.0),
        tuning_cents=cents,
    )


@lru_cache(maxsize=4)
def _classes(rate: int, size: int) -> Samples:
    """(bins, 132): how much of a bin belongs to each pitch class, to each fine step, to each in the bass."""
    parts = ((12, 0.3, _RANGE_HZ), (_FINE, 0.1, _RANGE_HZ), (_FINE, 0.1, _BASS_HZ))
    return np.concatenate([_shares(rate, size, *part) for part in parts], axis=1)


def _shares(rate: int, size: int, classes: int, width: float, span: tuple[float, float]) -> Samples:
    """(bins, classes); high bins count less."""
    bins = np.arange(min(round(_RANGE_HZ[1] * size / rate), size // 2 + 1))
    hertz = np.maximum(bins * rate / size, 1.0)[:, None]
    away = (69 + 12 * np.log2(hertz / 440) - np.arange(classes) * 12 / classes + 6) % 12 - 6
    loud = (hertz >= span[0]) * (hertz <= span[1]) * (200 / hertz) ** 0.5
    return np.asarray(np.exp(-0.5 * (away / width) ** 2) * loud, dtype=np.float32)


def _tuning(fine: Figures) -> float:
    """Where within a semitone the notes gather, in cents: the mean angle of what stands out."""
    whole = fine.mean(axis=0) if fine.shape[0] else np.zeros(_FINE)
    around = np.convolve(np.tile(whole, 3), np.full(_STEPS, 1 / _STEPS), "same")[_FINE : 2 * _FINE]
    stands_out = np.maximum(whole - around, 0)
    if stands_out.sum() <= 1e-12:
        return 0.0
    angle = np.angle((stands_out * np.exp(2j * np.pi * np.arange(_FINE) / _STEPS)).sum())
    return round(float(angle / (2 * np.pi) * 100), 1)


def _retuned(fine: Figures, cents: float) -> Figures:
    """The fine fold gathered into twelve classes that lie `cents` off."""
    steps = np.arange(_FINE)
    away = (steps[:, None] / _STEPS - cents / 100 - np.arange(12) + 6) % 12 - 6
    return np.asarray(fine @ np.exp(-0.5 * (away / 0.3) ** 2))


def turns(chroma: Figures) -> Figures:
    """How much the harmony changes at each frame of a chroma: (frames,), 0 where it stays."""
    shape = np.sqrt(chroma / np.maximum(chroma.sum(axis=1, keepdims=True), 1e-9))
    change = np.zeros(shape.shape[0])
    if shape.shape[0] > 5:
        before, after = shape[:-4] + shape[1:-3], shape[3:-1] + shape[4:]
        change[2:-2] = 1 - (before * after).sum(axis=1) / 4
    return change
