"""Struck and plucked bodies as sums of decaying partials: piano, strings, mallets, bells, tines.

A decaying partial is a power of one complex number, so a note is the real part of one matrix product: rows
are
block starts, columns the samples inside a block. It is what a plucked string's delay loop converges to,
with exact
tuning and a decay time per partial.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.patch import ModalPatch
from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.envelopes import contour, decay
from noktvrn.sound.synthesis.spectrum import Samples, filtered_noise
from noktvrn.sound.synthesis.timbre import hertz

_ROWS = 8
"""Rows a product has: so small that the linear algebra library never starts threads for it."""

_MALLET = (1.0, 3.98, 9.2, 15.8)
_BELL = (0.5, 1.0, 1.19, 1.5, 2.0, 2.51, 2.66, 3.01, 4.1, 5.43, 6.8)
_TINE = (1.0, 2.0, 3.0, 5.02, 7.1)
"""Partials of a marimba bar, a church bell, a struck reed (ratios to the note; Fletcher and Rossing)."""

_KNOCK = {
    "piano": (300.0, 2500.0, 0.05),
    "string": (900.0, 6000.0, 0.02),
    "mallet": (400.0, 3000.0, 0.03),
    "bell": (2000.0, 9000.0, 0.02),
    "tine": (600.0, 4000.0, 0.02),
}


def ringing(
    frequencies: NDArray[np.float64],
    gains: NDArray[np.float64],
    fall_s: NDArray[np.float64],
    phases: NDArray[np.float64],
    count: int,
) -> NDArray[np.float32]:
    """The sum of `gains * sin(2 pi f t + phase)`, each falling by 60 dB in `fall_s` seconds; `count`
    samples."""
    block = max(16, int(np.sqrt(count)))
    rows = -(-count // (block * _ROWS)) * _ROWS
    rate = -6.908 / (np.maximum(fall_s, 1e-3) * RATE) + 2j * np.pi * frequencies / RATE
    starts = np.exp(np.arange(rows)[:, None] * block * rate + 1j * phases) * gains
    inside = np.exp(np.arange(block)[None, :] * rate[:, None])
    left = np.concatenate([starts.imag, starts.real], axis=1).astype(np.float32)
    right = np.concatenate([inside.real, inside.imag], axis=0).astype(np.float32)
    pieces = left.reshape(-1, _ROWS, left.shape[1]) @ right
    return np.asarray(pieces.ravel()[:count], dtype=np.float32)


def play(patch: ModalPatch, pitch: int, seconds: float, velocity: float, seed: int) -> Samples:
    """A note (1, n), or (2, n) for several strings: struck, ringing, damped at its end."""
    shape = contour(seconds, patch.envelope.model_copy(update={"sustain": 1.0}))
    luck = np.random.Generator(np.random.PCG64(seed))
    sides = 2 if patch.strings > 1 else 1
    sound = np.zeros((sides, shape.size), dtype=np.float32)
    for string in range(patch.strings):
        cents = 0.0 if patch.strings == 1 else (string - (patch.strings - 1) / 2) * 1.3
        base = hertz(pitch) * 2.0 ** (cents / 1200.0)
        ratios, gains, falls = _modes(patch, base, velocity)
        phases = (
            luck.uniform(0.0, 2.0 * np.pi, ratios.size) if patch.kind != "string" else np.zeros(ratios.size)
        )
        voice = ringing(ratios * base, gains / patch.strings, falls, phases, shape.size)
        sound += (
            voice
            if sides == 1
            else np.array([[1.15 - 0.3 * string], [0.85 + 0.3 * string]], dtype=np.float32) * voice
        )
    _add_knock(patch, sound, velocity, seed)
    return sound * shape


def _modes(
    patch: ModalPatch, base: float, velocity: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    if patch.kind in ("piano", "string"):
        count = max(1, min(56, int(14_000.0 / base)))
        n: NDArray[np.float64] = np.arange(1, count + 1, dtype=np.float64)
        ratios = np.asarray(n * np.sqrt(1.0 + patch.stiffness * n**2), dtype=np.float64)
        comb = np.abs(np.sin(np.pi * n * patch.position))
        gains = np.asarray(comb / n ** (1.75 - 0.9 * patch.brightness), dtype=np.float64)
    else:
        ratios = np.array({"mallet": _MALLET, "bell": _BELL, "tine": _TINE}[patch.kind], dtype=np.float64)
        n = np.array(ratios, dtype=np.float64)
        gains = np.asarray((1.0 + np.arange(ratios.size)) ** (1.6 * patch.brightness - 2.2), dtype=np.float64)
    gains = gains * np.exp(-(1.0 - velocity) * patch.velocity_tone * 0.35 * (n - 1.0))
    falls = patch.ring * (262.0 / base) ** 0.45 / (1.0 + patch.damping * 0.22 * (n - 1.0))
    keep = ratios * base < 0.45 * RATE
    gains = gains / np.sqrt(np.sum(gains**2)) * 0.7
    return ratios[keep], gains[keep], falls[keep]


def _add_knock(patch: ModalPatch, sound: Samples, velocity: float, seed: int) -> None:
    if not patch.knock:
        return
    low, high, fall = _KNOCK[patch.kind]
    count = min(sound.shape[1], int(4 * fall * RATE))
    sound[:, :count] += (
        np.float32(0.35 * patch.knock * velocity)
        * filtered_noise(count, seed, low, high)
        * decay(count, 3 * fall)
    )
