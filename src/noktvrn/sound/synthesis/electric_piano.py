"""Electric pianos: a vibrating tine or reed in front of a pickup.

The tone is a nearly pure sine; the pickup bends it. A tine's tip moves through a magnetic field that falls
off as 1 / (1 + x^2), off its middle, so a hard note barks with even harmonics and mellows as it dies; a
reed is one plate of a capacitor, 1 / (1 - x) (Pfeifle and Muenster 2017). The clamped bar's second and
third modes, 6.27 and 17.5 times the first (Fletcher and Rossing 2.15), are the bell of the attack.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.patch import ElectricPianoPatch
from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.envelopes import contour, decay, ramp
from noktvrn.sound.synthesis.frames import breath
from noktvrn.sound.synthesis.partials import Partials, heard, ring
from noktvrn.sound.synthesis.spectrum import Samples
from noktvrn.sound.synthesis.timbre import hertz

Curve = NDArray[np.float32]


def play(patch: ElectricPianoPatch, pitch: int, seconds: float, velocity: float, seed: int) -> Samples:
    """A note: (1, n), or (2, n) with a stereo tremolo."""
    shape = contour(seconds, patch.envelope.model_copy(update={"sustain": 1.0}))
    luck = np.random.Generator(np.random.PCG64(seed))
    base = hertz(pitch)
    fall = decay(shape.size, patch.ring * (262.0 / base) ** 0.5)
    swing = np.float32(_drive(patch, base, velocity) * luck.uniform(0.94, 1.06)) * fall
    turn = np.arange(shape.size, dtype=np.float32) * np.float32(2.0 * np.pi * base / RATE)
    sound = _tine(swing, turn, patch.offset) if patch.kind == "tine" else _reed(swing, turn)
    sound *= np.float32(0.42 / _loudest(sound))
    sound[:48] *= ramp(48)[: sound.size]
    _add_bell(patch, sound, base, velocity, luck)
    _add_hammer(patch, sound, velocity, seed)
    sound *= shape
    return _trembling(patch, sound, luck) if patch.tremolo else sound[None, :]


def _drive(patch: ElectricPianoPatch, base: float, velocity: float) -> float:
    """How far the tip swings against the size of the field; less in the treble, where nothing may fold
    back."""
    reach = min(1.0, (0.4 * RATE / base / 14.0) ** 0.7)
    return float(patch.bark * reach * (1.0 - 1.25 * patch.velocity_tone * (1.0 - velocity)))


def _tine(swing: Curve, turn: Curve, offset: float) -> Curve:
    x = swing * np.sin(turn) + np.float32(offset)
    field = 1.0 / (1.0 + x * x)
    return np.asarray(x * field * field * swing * np.cos(turn), dtype=np.float32)


def _reed(swing: Curve, turn: Curve) -> Curve:
    """sum r^k sin(k t) in closed form: r sin t / (1 - 2 r cos t + r^2)."""
    r = np.minimum(swing * np.float32(0.62), np.float32(0.86))
    return np.asarray(r * np.sin(turn) / (1.0 + r * (r - 2.0 * np.cos(turn))), dtype=np.float32)


def _loudest(sound: Curve) -> float:
    return 1e-6 + float(np.sqrt(2.0 * np.mean(sound[:4096] ** 2)))


def _add_bell(
    patch: ElectricPianoPatch, sound: Curve, base: float, velocity: float, luck: np.random.Generator
) -> None:
    ratios = np.array([6.27, 17.55]) if patch.kind == "tine" else np.array([6.2, 3.1])
    falls = np.array([0.55, 0.22]) * (262.0 / base) ** 0.3
    gains = np.array([1.0, 0.35]) * luck.uniform(0.8, 1.2, 2)
    bell = Partials(ratios * base, gains, falls, np.array([0.1, 0.2]))
    count = min(sound.size, round(0.7 * RATE))
    if patch.bell and ratios[0] * base < 0.4 * RATE:
        sound[:count] += np.float32(0.3 * patch.bell * velocity**1.5) * ring(heard(bell), count)


def _add_hammer(patch: ElectricPianoPatch, sound: Curve, velocity: float, seed: int) -> None:
    count = min(sound.size, round(0.08 * RATE))
    tap = breath(180.0, 1600.0, count, seed) * decay(count, 0.05)
    tap[: min(32, count)] *= ramp(min(32, count))
    sound[:count] += np.float32(0.12 * patch.knock * velocity) * tap


def _trembling(patch: ElectricPianoPatch, sound: Curve, luck: np.random.Generator) -> Samples:
    """The amplifier's tremolo: from side to side at constant power, or up and down for the reed."""
    angle = np.arange(sound.size, dtype=np.float32) * np.float32(2.0 * np.pi * patch.tremolo_hz / RATE)
    sway = np.float32(0.7 * patch.tremolo) * np.sin(angle + np.float32(luck.uniform(0.0, 6.28)))
    if patch.kind == "reed":
        return np.asarray((sound * (1.0 + np.float32(0.6) * sway))[None, :], dtype=np.float32)
    return np.stack([sound * np.sqrt(1.0 + sway), sound * np.sqrt(1.0 - sway)])
