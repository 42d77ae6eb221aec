"""The vocal tract: a cascade of resonances, read at any frequencies.

Fant, Acoustic theory of speech production (1960): every formant is a pair of poles, of gain 1 at 0 Hz, so the
levels of the formants follow from where they lie.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.voice.vowels import BANDWIDTHS, FORMANTS, TUBE_BANDWIDTHS, TUBE_HZ

Floats = NDArray[np.float64]
Hertz = NDArray[np.float32]
Gains = NDArray[np.complex64]

CLOSED_HZ = 700.0
"""Where a mouth that is closed (a nasal, the bar of a voiced stop) begins to swallow sound."""

TOP_HZ = 15_000.0
"""Above this nothing of the voice is left."""

_STEP_HZ = 4.0


def response(hertz: Hertz, formants: Floats, *, widened: float = 1.0) -> Gains:
    """Complex gain (frames, bins) at `hertz` (frames, bins) of F1..F5 `formants` (frames, 5) in Hz.

    `widened` multiplies the bandwidths.
    """
    squares = hertz * hertz
    below = np.ones(hertz.shape, np.complex64)
    pair = np.empty(hertz.shape, np.complex64)
    for place in range(FORMANTS):
        width = float(BANDWIDTHS[place]) * widened
        scale = (1.0 / (formants[:, place, None] ** 2 + (width / 2.0) ** 2)).astype(np.float32)
        np.multiply(squares, -scale, out=pair.real)
        pair.real += 1.0
        np.multiply(hertz, scale * np.float32(width), out=pair.imag)
        below *= pair
    return np.asarray(np.reciprocal(below), np.complex64)


def upper(hertz: Hertz, length: float) -> Gains:
    """The gain at `hertz` of everything above F5: the tube's higher resonances, the microphone, and the end
    of the spectrum. `length` moves the resonances, as a shorter tract does."""
    return np.asarray(_upper(length).take((hertz * np.float32(1.0 / _STEP_HZ)).astype(np.int32), mode="clip"))


@lru_cache(maxsize=64)
def _upper(length: float) -> Gains:
    hertz = np.arange(0.0, TOP_HZ + _STEP_HZ, _STEP_HZ)
    gain = presence(hertz) * np.clip((TOP_HZ - hertz) / 3000.0, 0.0, 1.0) + 0j
    for pole, width in zip(TUBE_HZ * length, TUBE_BANDWIDTHS, strict=True):
        centre = pole**2 + (width / 2.0) ** 2
        gain *= centre / (centre - hertz**2 + 1j * width * hertz)
    return gain.astype(np.complex64)


def closed(hertz: Hertz, closure: Floats) -> Hertz:
    """The gain of a mouth that is `closure` (frames) shut: 0 open, 1 closed."""
    shut = closure.astype(np.float32)[:, None]
    return np.asarray(1.0 / (1.0 + shut * (hertz / np.float32(CLOSED_HZ)) ** 2), np.float32)


def presence(hertz: Floats) -> Floats:
    """The rise of a close microphone and a bright record: +14 dB at 3.6 kHz, +36 dB at 8 kHz.

    Few of the resonances above F5 are modelled, and a sung record holds far more of the top than five poles
    leave of the source: long-term spectra of sung records fall by some 6 dB an octave, not by 18.
    """
    held = np.minimum(hertz, 10_000.0)
    return np.asarray((1.0 + (held / 3600.0) ** 2) * (1.0 + (held / 4000.0) ** 2) ** 1.5)
