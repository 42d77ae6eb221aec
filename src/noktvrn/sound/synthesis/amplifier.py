"""Guitar and bass amplifiers: a pre-amplifier's tone stack, a tube stage, a loudspeaker.

The stage runs at twice the sample rate, so that harmonics up to 33 kHz do not fold back below 11 kHz. A
twelve-inch speaker in its box has a bump at its resonance near 100 Hz, a hollow at 400 Hz, a peak at 2.5
to 3.5 kHz and falls by 24 dB an octave above 5 kHz.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import fft

from noktvrn.sound.synthesis.spectrum import Curve, Samples, bell, frequencies, high_pass, low_pass, padded


class Amplifier(NamedTuple):
    """Corner of the low cut before the stage (Hz), dB of the presence before it, bias of the tube, and the
    speaker: its resonance, hollow and peak in dB and its upper corner (Hz)."""

    tight: float
    bite: float
    bias: float
    thump: float
    hollow: float
    peak: float
    corner: float


AMPLIFIERS = {
    "line": Amplifier(18.0, 0.0, 0.1, 0.0, 0.0, 0.0, 15_000.0),
    "combo": Amplifier(90.0, 4.0, 0.25, 2.0, -1.5, 4.0, 5200.0),
    "stack": Amplifier(160.0, 7.0, 0.12, 5.0, -4.0, 5.0, 4600.0),
    "bass": Amplifier(32.0, 2.0, 0.2, 2.5, -2.0, 2.0, 3200.0),
}


def through(sound: Samples, name: str, drive: float) -> Samples:
    """`sound` (channels, n) through an amplifier of `AMPLIFIERS`; `drive` is the gain above clean, 0 to
    12 or more. RMS of loud notes stays near 0.35."""
    amp = AMPLIFIERS[name]
    count = sound.shape[1]
    size = padded(count)
    hertz = frequencies(size)
    bins = fft.rfft(sound, size, axis=1)
    bins *= high_pass(hertz, amp.tight) * bell(hertz, 1800.0, amp.bite, 1.5)
    gain, bias = np.float32(0.5 + drive), np.float32(amp.bias)
    stage = fft.irfft(np.pad(bins, ((0, 0), (0, size // 2))), 2 * size, axis=1) * np.float32(2.0)
    stage *= gain
    stage += bias
    np.tanh(stage, out=stage)
    stage -= np.tanh(bias)
    bins = fft.rfft(stage, axis=1)[:, : size // 2 + 1] * _speaker(amp, hertz)
    level = np.float32(0.5 * 0.45 / np.tanh(0.45 * gain))
    return np.asarray(fft.irfft(bins, size, axis=1)[:, :count] * level, dtype=np.float32)


def _speaker(amp: Amplifier, hertz: Curve) -> Curve:
    curve = high_pass(hertz, 0.6 * amp.tight + 20.0) * low_pass(hertz, amp.corner, 4)
    curve = curve * bell(hertz, 105.0, amp.thump, 0.5) * bell(hertz, 420.0, amp.hollow, 0.7)
    return np.asarray(curve * bell(hertz, 2900.0, amp.peak, 0.5), dtype=np.float32)
