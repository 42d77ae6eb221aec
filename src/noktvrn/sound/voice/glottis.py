"""The glottal source: harmonics of the LF model at every effort.

Fant, Liljencrants & Lin, A four-parameter model of glottal flow, STL-QPSR 4/1985; its one-parameter form Rd
with the regressions of Fant, The LF-model revisited, STL-QPSR 2-3/1995. Small Rd is a pressed, bright voice,
large Rd a lax, breathy one. The model is the derivative of the flow, so radiation at the lips is in it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Complex = NDArray[np.complex64]
Floats = NDArray[np.float64]

HARMONICS = 320
TENSE_RD, LAX_RD = 0.5, 2.6
_STEPS = 22
_CYCLE = 8192


def spectra(rd: Floats, harmonics: int) -> Complex:
    """Complex amplitudes (len(rd), harmonics) of harmonics 1.. for each Rd, held to 0.5..2.6.

    The excitation of every cycle is 1, as in the model, so a tense voice has more high harmonics.
    """
    place = np.clip(np.log(np.clip(rd, TENSE_RD, LAX_RD) / TENSE_RD) / np.log(LAX_RD / TENSE_RD), 0.0, 1.0)
    place = place * (_STEPS - 1)
    low = np.minimum(place.astype(np.intp), _STEPS - 2)
    share = (place - low).astype(np.float32)[:, None]
    table = _table()[:, :harmonics]
    mixed = table[low]
    mixed += (table[low + 1] - mixed) * share
    return np.asarray(mixed, np.complex64)


@cache
def _table() -> Complex:
    rows = []
    for rd in np.geomspace(TENSE_RD, LAX_RD, _STEPS):
        line = np.fft.rfft(cycle(float(rd), _CYCLE)) / (_CYCLE / 2)
        rows.append(line[1 : HARMONICS + 1])
    return np.asarray(rows, np.complex64)


def cycle(rd: float, samples: int) -> Floats:
    """One period of the flow's derivative, its negative peak (the excitation) of height 1.

    The period is turned so that the excitation falls on sample 0: cycles of different Rd then blend without
    moving in time.
    """
    ra, rk = (-1.0 + 4.8 * rd) / 100.0, (22.4 + 11.8 * rd) / 100.0
    rg = rk / (4.0 * (0.11 * rd / (0.5 + 1.2 * rk) - ra))
    peak = 1.0 / (2.0 * rg)
    closing = peak * (1.0 + rk)
    decay = _return_rate(ra, 1.0 - closing)
    growth = _growth(np.pi / peak, closing, _return_area(ra, decay, 1.0 - closing))
    time = np.arange(samples) / samples
    opened = np.exp(growth * (time - closing)) * np.sin(np.pi * time / peak) / np.sin(np.pi * closing / peak)
    left = time - closing
    closed = (np.exp(-decay * left) - np.exp(-decay * (1.0 - closing))) / (decay * ra)
    wave = np.where(time <= closing, -opened, -closed)
    return np.asarray(np.roll(wave, -round(closing * samples)))


def _return_rate(ra: float, rest: float) -> float:
    """Solves decay * ra = 1 - exp(-decay * rest) by iteration (it converges for ra < rest)."""
    decay = 1.0 / ra
    for _ in range(60):
        decay = (1.0 - float(np.exp(-decay * rest))) / ra
    return decay


def _return_area(ra: float, decay: float, rest: float) -> float:
    """The integral of the return phase."""
    end = float(np.exp(-decay * rest))
    return -((1.0 - end) / decay - rest * end) / (decay * ra)


def _growth(omega: float, closing: float, area: float) -> float:
    """The growth of the open phase for which the flow comes back to where it began (bisection)."""
    low, high = -80.0, 400.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _open_area(middle, omega, closing) + area > 0 else (low, middle)
    return 0.5 * (low + high)


def _open_area(growth: float, omega: float, closing: float) -> float:
    """The integral of -exp(a(t - te)) sin(wt) / sin(w te) from 0 to te."""
    sine, cosine = float(np.sin(omega * closing)), float(np.cos(omega * closing))
    ends = growth * sine - omega * cosine + omega * float(np.exp(-growth * closing))
    return -ends / ((growth**2 + omega**2) * sine)
