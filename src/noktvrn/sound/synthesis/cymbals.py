"""Cymbals: thin plates with many modes, and the square waves early machines had in their place.

A flat plate's modes stand evenly in frequency; in a struck cymbal energy wanders from the low ones up to a
wash between 3 and 14 kHz that builds up over the first hundredth of a second and outlives the stick
(Fletcher and Rossing 20.2 to 20.4). A closed pair of hi-hats has its centroid near 8 kHz, a ride near 5, a
crash near 6.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.envelopes import decay, ramp
from noktvrn.sound.synthesis.frames import breath
from noktvrn.sound.synthesis.partials import Partials, ring
from noktvrn.sound.synthesis.spectrum import Samples

_SQUARES = (205.3, 304.4, 369.6, 522.7, 540.0, 800.0)
"""Oscillators of a well-known rhythm composer's cymbal circuit, in Hz."""

_PING = 0.6
"""Share of the modes that are the stick's ping and die early; the others stay as the wash under the next
stroke."""


class Plate(NamedTuple):
    """Lowest and highest mode (Hz), where the sound is loudest (Hz), how many modes, decay of the middle
    ones (s)."""

    low: float
    high: float
    peak: float
    modes: int
    fall_s: float


def plate(sheet: Plate, count: int, velocity: float, wash: float, attack: float, seed: int) -> Samples:
    """One stroke, (count,), near RMS 0.5 at first. The metal is the same whatever the seed; the stick lands
    elsewhere."""
    metal = np.random.Generator(np.random.PCG64(round(sheet.low) * 31 + sheet.modes))
    stick = np.random.Generator(np.random.PCG64(seed))
    n = np.arange(sheet.modes) + metal.uniform(0.0, 0.9, sheet.modes)
    frequencies = sheet.low + (sheet.high - sheet.low) * (n / sheet.modes) ** 1.25
    octaves = np.log2(frequencies / (sheet.peak * (0.7 + 0.3 * velocity)))
    gains = np.exp(-0.5 * (octaves / 1.1) ** 2) * metal.uniform(0.3, 1.0, sheet.modes)
    gains = gains * np.exp(stick.normal(0.0, 0.35, sheet.modes))
    falls = sheet.fall_s * (5000.0 / (frequencies + 1500.0)) ** 0.5 * metal.uniform(0.6, 1.05, sheet.modes)
    falls = falls * np.where(metal.random(sheet.modes) < _PING, 0.3, 1.0)
    modes = Partials(
        frequencies,
        0.6 * gains / np.sqrt(np.sum(gains**2)),
        falls,
        stick.uniform(0.0, 6.28, sheet.modes),
    )
    sound = ring(modes, count)
    return sound + _wash(sheet, count, velocity, wash, attack, seed) if wash else sound


def _wash(sheet: Plate, count: int, velocity: float, level: float, attack: float, seed: int) -> Samples:
    low = 1000.0 * 2.0 ** (round(3.0 * float(np.log2(0.55e-3 * sheet.peak))) / 3.0)
    hiss = (1.0 - velocity) * breath(low, 0.6 * sheet.high, count, seed + 2)
    hiss += velocity * breath(low, sheet.high, count, seed + 2)
    shape = decay(count, 0.8 * sheet.fall_s) * np.float32(0.6) + np.float32(0.4) * decay(
        count, 0.3 * sheet.fall_s
    )
    rise = min(count, max(24, round(attack * RATE)))
    shape[:rise] *= ramp(rise)
    return np.asarray(np.float32(0.5 * level * (0.4 + 0.6 * velocity)) * hiss * shape, dtype=np.float32)


def hum(hertz: float, fall_s: float, count: int) -> Samples:
    """Six square waves above a high-pass at `hertz`, (count,), near RMS 0.5 at first."""
    tones = np.concatenate([base * np.arange(1, 17_000 / base, 2) for base in _SQUARES])
    gains = np.concatenate([1.0 / np.arange(1, 17_000 / base, 2) for base in _SQUARES])
    gains = gains / np.sqrt(1.0 + (hertz / tones) ** 6)
    heard = gains > 0.02 * gains.max()
    tones, gains = tones[heard], gains[heard]
    level = 0.7 / np.sqrt(np.sum(gains**2))
    sound = ring(Partials(tones, level * gains, np.full(tones.size, fall_s), tones % 6.28), count)
    return np.asarray(sound, dtype=np.float32)
