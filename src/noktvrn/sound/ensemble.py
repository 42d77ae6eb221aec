"""Ensembles: pads, strings, choirs, organs from one long table per pitch.

Each harmonic is a band of noise a few cents wide (the idea of Paul Nasca's PADsynth); an inverse transform makes
three seconds that loop without a seam. A note reads from its own place, so no two sound alike. Partials below 160 Hz
have the same phase on both sides: the bass of a pad stays in the middle.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.sound.envelopes import contour
from noktvrn.sound.patch import EnsemblePatch
from noktvrn.sound.score import RATE
from noktvrn.sound.spectrum import Samples
from noktvrn.sound.timbre import formants, hertz, partials

SIZE = 1 << 17
_BIN = RATE / SIZE
_TOP = 15_000.0


@lru_cache(maxsize=96)
def _table(patch: EnsemblePatch, pitch: int, width: float, seed: int) -> Samples:
    """The looping stereo table of a pitch, (2, SIZE), RMS about 0.35."""
    weights = np.zeros(SIZE // 2 + 1, dtype=np.float32)
    for base, level in ((hertz(pitch), 1.0), (hertz(pitch + 12), patch.octave)):
        if level:
            _add_bands(weights, patch, base, level)
    luck = np.random.Generator(np.random.PCG64(seed))
    top = int(_TOP / _BIN)
    left = luck.random(top, dtype=np.float32)
    apart = np.clip((np.arange(top) * _BIN - 120.0) / 160.0, 0.0, 1.0) * width
    right = left + (apart * 0.62 * (luck.random(top, dtype=np.float32) - 0.5)).astype(np.float32)
    bins = np.zeros((2, SIZE // 2 + 1), dtype=np.complex64)
    turns = np.stack([left, right]) * np.float32(2.0 * np.pi)
    bins[:, :top] = weights[:top] * (np.cos(turns) + 1j * np.sin(turns))
    table = fft.irfft(bins, SIZE, axis=1).astype(np.float32)
    return table * np.float32(0.35 / max(1e-9, float(np.sqrt(np.mean(table * table)))))


def _add_bands(weights: NDArray[np.float32], patch: EnsemblePatch, base: float, level: float) -> None:
    count = max(1, int(_TOP / base))
    centres = np.arange(1, count + 1) * base
    gains = partials(patch.wave, count) * formants(patch.vowel, centres) * level
    gains *= 10.0 ** (-patch.slope / 20.0 * np.maximum(0.0, np.log2(centres / patch.cutoff)))
    ratio = 2.0 ** (patch.spread / 1200.0) - 1.0
    for centre, gain in zip(centres, gains, strict=True):
        if gain < 1e-4 * level:
            continue
        sigma = max(1.0, centre * ratio / _BIN / 2.0)
        middle = centre / _BIN
        first, last = max(1, int(middle - 3.5 * sigma)), min(weights.size - 1, int(middle + 3.5 * sigma) + 1)
        band = (np.arange(first, last, dtype=np.float32) - np.float32(middle)) / np.float32(sigma)
        weights[first:last] += np.float32(gain / np.sqrt(sigma)) * np.exp(-0.5 * band * band)


def play(patch: EnsemblePatch, pitch: int, seconds: float, width: float, seed: int, place: int) -> Samples:
    """A note (2, n) read from sample `place` of its table."""
    loudness = contour(seconds, patch.envelope)
    index = (np.arange(loudness.size) + place) % SIZE
    return _table(patch, pitch, round(width, 2), seed)[:, index] * loudness
