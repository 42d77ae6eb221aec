"""Bands: how the energy of a song lies in the spectrum and in time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from noktvrn.model.analysis import SpectralFigures
from noktvrn.sound.analysis import loudness
from noktvrn.sound.analysis.loudness import Survey, power_decibels

Figures = NDArray[np.float64]

BANDS_HZ = (20.0, 60.0, 250.0, 500.0, 2000.0, 6000.0, 12000.0, 20000.0)
"""Edges of sub, bass, low mid, mid, presence, air and ultra."""

BAND_NAMES = ("sub", "bass", "low mid", "mid", "presence", "air", "ultra")

_ENERGY_SLICES = 128
_HEARD_HZ = (20.0, 16_000.0)
_ROLLOFF = 0.85


def band_shares(survey: Survey) -> tuple[float, ...]:
    """Energy of each of the seven `BANDS_HZ` in dB of the whole."""
    spectrum = survey.mid + survey.side
    whole = max(float(spectrum.sum()), 1e-30)
    shares = (_band(spectrum, survey, low, high) / whole for low, high in pairwise(BANDS_HZ))
    return tuple(power_decibels(share) for share in shares)


def tilt(survey: Survey) -> float:
    """Slope in dB per octave band from 63 Hz to 8 kHz (pink noise reads 0)."""
    spectrum = survey.mid + survey.side
    centres = 62.5 * 2.0 ** np.arange(8)
    levels = [power_decibels(_band(spectrum, survey, c / 2**0.5, c * 2**0.5)) for c in centres]
    return float(np.polyfit(np.arange(8), levels, 1)[0])


def _band(spectrum: Figures, survey: Survey, low: float, high: float) -> float:
    return float(spectrum[round(low / survey.bin_hz) : round(high / survey.bin_hz)].sum())


def energy_curve(powers: Figures) -> tuple[float, ...]:
    """Relative loudness of 128 equal slices, 0 (30 dB below the loudest or less) to 1 (the loudest)."""
    edges = np.linspace(0, powers.size, _ENERGY_SLICES + 1)
    sums = np.interp(edges, np.arange(powers.size + 1), np.concatenate(([0.0], np.cumsum(powers))))
    levels = loudness.to_lufs(np.diff(sums) / np.diff(edges))
    return tuple(round(float(v), 4) for v in np.clip((levels - levels.max()) / 30.0 + 1.0, 0.0, 1.0))


def spectral_figures(survey: Survey, levels: NDArray[np.float32]) -> SpectralFigures:
    """The figures of a mean spectrum and of `levels` (frames, bands) from moment to moment.

    Centroid by amplitude, roll-off by power, flatness as the geometric over the arithmetic mean of power from
    20 Hz to 16 kHz (G. Peeters, "A large set of audio features for sound description", 2004); flux as the
    share of the levels that changes from one hundredth of a second to the next.
    """
    spectrum = survey.mid + survey.side
    hertz = np.arange(spectrum.size) * survey.bin_hz
    inside = (hertz >= _HEARD_HZ[0]) & (hertz <= _HEARD_HZ[1])
    power, at = np.maximum(spectrum[inside], 1e-30), hertz[inside]
    amplitude, below = np.sqrt(power), np.cumsum(power)
    moved = float(np.abs(np.diff(levels, axis=0)).sum(dtype=np.float64))
    there = float(levels[1:].sum(dtype=np.float64) + levels[:-1].sum(dtype=np.float64))
    return SpectralFigures(
        centroid_hz=round(float((at * amplitude).sum() / amplitude.sum()), 1),
        rolloff_hz=round(float(at[np.searchsorted(below, _ROLLOFF * below[-1])]), 1),
        flux=round(moved / there, 4) if there > 0 else 0.0,
        flatness=round(float(np.exp(np.log(power).mean()) / power.mean()), 6),
    )
