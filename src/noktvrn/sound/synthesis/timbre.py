"""Harmonic recipes shared by the oscillators: partials of the classic waves, vowel formants, pitches in
Hz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_VOWELS = {
    "ah": ((730.0, 1.0), (1090.0, 0.55), (2440.0, 0.28), (3400.0, 0.12)),
    "oh": ((480.0, 1.0), (860.0, 0.5), (2410.0, 0.12), (3300.0, 0.06)),
    "oo": ((320.0, 1.0), (800.0, 0.3), (2240.0, 0.07), (3200.0, 0.03)),
    "ee": ((280.0, 1.0), (2290.0, 0.4), (3010.0, 0.3), (3700.0, 0.1)),
    "eh": ((530.0, 1.0), (1840.0, 0.45), (2480.0, 0.3), (3500.0, 0.1)),
}
"""Formant centre (Hz) and gain, after Peterson and Barney (1952) for an average voice."""

_ORGAN = {1: 1.0, 2: 0.8, 3: 0.6, 4: 0.45, 6: 0.25, 8: 0.3, 12: 0.08, 16: 0.06}


def hertz(pitch: float) -> float:
    """Frequency of a MIDI pitch in equal temperament at A = 440 Hz."""
    return float(440.0 * 2.0 ** ((pitch - 69) / 12.0))


def partials(wave: str, count: int) -> NDArray[np.float64]:
    """Amplitudes of the first `count` harmonics of a wave with RMS near 0.5."""
    n = np.arange(1, count + 1, dtype=np.float64)
    odd = n % 2 == 1
    if wave == "square":
        weights = np.where(odd, 1.0 / n, 0.0)
    elif wave == "triangle":
        weights = np.where(odd, 1.0 / n**2, 0.0)
    elif wave == "pulse":
        weights = np.abs(np.sin(np.pi * n * 0.22)) / n
    elif wave == "sine":
        weights = np.where(n == 1, 1.0, 0.0)
    elif wave == "organ":
        weights = np.array([_ORGAN.get(int(k), 0.0) for k in n])
    elif wave == "reed":
        weights = np.where(odd, 1.0, 0.45) / n**1.2
    else:
        weights = 1.0 / n
    return np.asarray(weights / np.sqrt(2.0 * np.sum(weights**2)), dtype=np.float64)


def formants(vowel: str, frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gain of a vocal tract at the frequencies; 1 everywhere for `none`."""
    if vowel == "none":
        return np.ones_like(frequencies)
    gain = np.full_like(frequencies, 0.015)
    for centre, level in _VOWELS[vowel]:
        width = 60.0 + 0.09 * centre
        gain += level / (1.0 + ((frequencies - centre) / width) ** 2)
    return gain * 1.6
