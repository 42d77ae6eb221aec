"""Envelopes: how a note begins, stands and ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.patch import Envelope
from noktvrn.sound.score import RATE

Curve = NDArray[np.float32]


def decay(count: int, seconds: float) -> Curve:
    """An exponential fall by 60 dB in `seconds`."""
    fall: Curve = np.exp(np.arange(count, dtype=np.float32) * np.float32(-6.908 / max(seconds, 1e-4) / RATE))
    return fall


def note_length(seconds: float, release: float) -> int:
    """Samples of a note held for `seconds` with its release."""
    return max(64, round((seconds + release) * RATE))


def contour(seconds: float, shape: Envelope) -> Curve:
    """The loudness of a note held for `seconds`: rounded attack, exponential decay to the sustain, rounded
    release to 0."""
    count = note_length(seconds, shape.release)
    curve = np.float32(shape.sustain) + np.float32(1.0 - shape.sustain) * decay(
        count, 3.0 * shape.decay + 1e-3
    )
    attack = min(count, max(32, round(shape.attack * RATE)))
    curve[:attack] *= ramp(attack)
    tail = min(count, max(64, round(shape.release * RATE)))
    curve[-tail:] *= ramp(tail)[::-1] ** 2
    return curve


def ramp(count: int) -> Curve:
    """A raised-cosine rise from 0 to 1."""
    turn = np.linspace(0.0, np.pi, count, dtype=np.float32)
    return (np.float32(0.5) - np.float32(0.5) * np.cos(turn)).astype(np.float32, copy=False)


def faded(samples: NDArray[np.float32], attack: int = 24, release: int = 256) -> NDArray[np.float32]:
    """`samples` (channels, n) with their edges rounded in place, so that nothing clicks."""
    attack, release = min(attack, samples.shape[1]), min(release, samples.shape[1])
    samples[:, :attack] *= ramp(attack)
    samples[:, -release:] *= ramp(release)[::-1]
    return samples
