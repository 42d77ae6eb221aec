"""Ensembles: pads, strings, choirs, organs from one long table per pitch.

Each harmonic is a band of noise a few cents wide (the idea of Paul Nasca's PADsynth); an inverse transform
makes three seconds that loop without a seam. A note reads from its own place, so no two sound alike. Partials
below 120 Hz have the same phase on both sides: the bass of a pad stays in the middle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.sound.patch import EnsemblePatch
from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.spectrum import Curve, k_weight
from noktvrn.sound.synthesis.takes import Take
from noktvrn.sound.synthesis.timbre import formants, hertz, partials

SIZE = 1 << 17
_BIN = RATE / SIZE
_TOP = 15_000.0
_APART = np.float32(0.62)
"""How far, in turns, the sides of a partial may be apart: wide, with a correlation that stays above zero."""


@dataclass(frozen=True, slots=True)
class Table:
    """A looping stereo table (2, SIZE) with RMS 0.35 before its equaliser, and its K-weighted power per
    sample."""

    take: Take
    power: float


def table(patch: EnsemblePatch, pitch: int, colour: Curve, seed: int) -> Table:
    """The table of a pitch; `colour` is the equaliser curve on the bins of SIZE samples."""
    weights = np.zeros(SIZE // 2 + 1, dtype=np.float32)
    for base, level in ((hertz(pitch), 1.0), (hertz(pitch + 12), patch.octave)):
        if level:
            _add_bands(weights, patch, base, level)
    weights *= np.float32(0.35 * SIZE / np.sqrt(2.0 * float(np.sum(weights.astype(np.float64) ** 2))))
    weights *= colour
    luck = np.random.Generator(np.random.PCG64(seed))
    top = int(_TOP / _BIN)
    left = luck.random(top, dtype=np.float32)
    apart = np.clip((np.arange(top, dtype=np.float32) * np.float32(_BIN) - 120.0) / 160.0, 0.0, 1.0)
    right = left + _APART * apart * (luck.random(top, dtype=np.float32) - np.float32(0.5))
    bins = np.zeros((2, SIZE // 2 + 1), dtype=np.complex64)
    turns = np.stack([left, right]) * np.float32(2.0 * np.pi)
    bins.real[:, :top] = np.cos(turns) * weights[:top]
    bins.imag[:, :top] = np.sin(turns) * weights[:top]
    power = 4.0 * float(np.sum(weights * weights * k_weight(SIZE))) / SIZE**2
    samples = fft.irfft(bins, SIZE, axis=1).astype(np.float32, copy=False)
    return Table(Take(samples, power * SIZE), power)


def _add_bands(weights: NDArray[np.float32], patch: EnsemblePatch, base: float, level: float) -> None:
    count = max(1, int(_TOP / base))
    centres = np.asarray(np.arange(1, count + 1) * base, dtype=np.float64)
    gains = np.asarray(partials(patch.wave, count) * formants(patch.vowel, centres) * level)
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
