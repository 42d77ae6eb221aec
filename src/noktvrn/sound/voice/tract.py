"""The vocal tract: a cascade of resonances, read at any frequencies.

Fant, Acoustic theory of speech production (1960): every formant is a pair of poles, of gain 1 at 0 Hz, so the
levels of the formants follow from where they lie.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.voice.vowels import BANDWIDTHS, TUBE_BANDWIDTHS, TUBE_HZ

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]

CLOSED_HZ = 700.0
"""Where a mouth that is closed (a nasal, the bar of a voiced stop) begins to swallow sound."""


def response(hertz: Floats, formants: Floats, *, widened: float = 1.0, length: float = 1.0) -> Complex:
    """Complex gain (frames, bins) at `hertz` (frames, bins) for F1..F5 `formants` (frames, 5) in Hz.

    `widened` multiplies the bandwidths; `length` moves the resonances above F5, as a shorter tract does.
    """
    poles = np.concatenate([formants, np.broadcast_to(TUBE_HZ * length, (formants.shape[0], 6))], axis=1)
    widths = np.concatenate([BANDWIDTHS * widened, TUBE_BANDWIDTHS])
    squares = hertz**2
    gain = np.ones(hertz.shape, np.complex128)
    for place, width in enumerate(widths):
        centre = poles[:, place, None] ** 2 + (width / 2.0) ** 2
        gain *= centre / (centre - squares + 1j * width * hertz)
    return gain


def closed(hertz: Floats, closure: Floats) -> Floats:
    """The gain of a mouth that is `closure` (frames) shut: 0 open, 1 closed."""
    return np.asarray(1.0 / (1.0 + closure[:, None] * (hertz / CLOSED_HZ) ** 2))


def presence(hertz: Floats) -> Floats:
    """The rise of a close microphone and a bright record: +14 dB at 3.6 kHz, +36 dB at 8 kHz.

    Few of the resonances above F5 are modelled, and a sung record holds far more of the top than five poles
    leave of the source: long-term spectra of sung records fall by some 6 dB an octave, not by 18.
    """
    held = np.minimum(hertz, 10_000.0)
    return np.asarray((1.0 + (held / 3600.0) ** 2) * (1.0 + (held / 4000.0) ** 2) ** 1.5)
