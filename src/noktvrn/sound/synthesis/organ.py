"""Organs by additive synthesis: drawbars through a rotary speaker, transistor divider organs, pipes.

A tonewheel gives a near-sine for each drawbar: 16', 5 1/3', 8', 4', 2 2/3', 2', 1 3/5', 1 1/3', 1' are 1,
3, 2, 4, 6, 8, 10, 12 and 16 times half the note, 3 dB a step. Tones above 800 Hz go to a horn that turns
6.7 times a second when fast and 0.8 when slow, with a Doppler shift of about 17 cents and the amplitude
swing of a mouth that turns away; lower ones to a slower, gentler drum (Smith, Serafin, Abel and Berners
2002).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.patch import OrganPatch
from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.envelopes import contour, decay, ramp
from noktvrn.sound.synthesis.frames import SIZE, breath, cycles
from noktvrn.sound.synthesis.motion import Points, joined, positions, times, wander
from noktvrn.sound.synthesis.spectrum import Samples
from noktvrn.sound.synthesis.timbre import hertz

_FEET = np.array([1, 3, 2, 4, 6, 8, 10, 12, 16])
"""Harmonic of half the note that each drawbar sounds."""

_CROSSOVER = 800.0

Curve = NDArray[np.float32]


def play(patch: OrganPatch, pitch: int, seconds: float, velocity: float, seed: int) -> Samples:
    """A note (2, n). An organ has no touch: velocity only opens the swell a little."""
    shape = contour(seconds, patch.envelope)
    luck = np.random.Generator(np.random.PCG64(seed))
    sound = (
        _turning(patch, pitch, shape.size, luck)
        if patch.rotary_hz
        else _still(patch, pitch, shape.size, luck)
    )
    if patch.percussion:
        _add_percussion(patch, sound, pitch)
    sound *= shape * np.float32(0.75 + 0.25 * velocity)
    _add_click(patch, sound, seed)
    return sound


def _weights(patch: OrganPatch, pitch: int) -> NDArray[np.float64]:
    """Amplitudes of the harmonics of half the note, drawbars with the wave of their generator."""
    base = hertz(pitch - 12)
    count = max(2, min(SIZE // 4, int(14_000.0 / base)))
    weights = np.zeros(count + 1)
    for foot, pull in zip(_FEET, patch.drawbars, strict=True):
        level = 0.0 if pull == "0" else 10.0 ** (-3.0 * (8 - int(pull)) / 20.0)
        for n in range(1, 1 + (1 if patch.generator == "tonewheel" else 24)):
            if level and foot * n <= count:
                weights[foot * n] += level * _overtone(patch.generator, n)
    if patch.generator == "tonewheel":
        weights[2 * _FEET[count >= _FEET * 2]] += 0.015
    return weights[1:]


def _overtone(generator: str, n: int) -> float:
    """The n-th harmonic of one rank: a divider's filtered square, a principal pipe."""
    if generator == "divider":
        return (1.0 if n % 2 else 0.25) / n / (1.0 + (n / 9.0) ** 2)
    return float(n**-1.1 * np.exp(-0.16 * (n - 1)))


@lru_cache(maxsize=128)
def _cycles(patch: OrganPatch, pitch: int) -> tuple[Curve, Curve]:
    """The cycle of half the note's pitch below and above the crossover, with the levels kept between
    them."""
    weights = _weights(patch, pitch)
    tones = np.arange(1, weights.size + 1) * hertz(pitch - 12)
    high = 1.0 / np.sqrt(1.0 + (_CROSSOVER / tones) ** 6)
    both = np.stack([weights * np.sqrt(1.0 - high**2), weights * high])
    level = np.sqrt(np.sum(both**2, axis=1) / max(1e-12, float(np.sum(weights**2))))
    phases = np.random.Generator(np.random.PCG64(pitch)).uniform(-3.1, 3.1, weights.size)
    table = cycles(both + 1e-9, phases).reshape(2, SIZE) * level[:, None].astype(np.float32)
    return table[0], table[1]


def _turning(patch: OrganPatch, pitch: int, count: int, luck: np.random.Generator) -> Samples:
    low, high = _cycles(patch, pitch)
    time, base = times(count), hertz(pitch - 12)
    start, sides = luck.random(), []
    horn = 2.0 * np.pi * (patch.rotary_hz * time + luck.random())
    drum = 2.0 * np.pi * (0.85 * patch.rotary_hz * time + luck.random())
    for side in (-1.0, 1.0):
        bass = _rotor(low, base, drum + 0.25 * side, 5.0, 0.12, start, count)
        treble = _rotor(high, base, horn + 0.8 * side, 17.0, 0.38, start, count)
        sides.append(bass + treble)
    return np.stack(sides)


def _rotor(
    table: Curve, base: float, angle: Points, cents: float, depth: float, start: float, count: int
) -> Curve:
    """One rotor heard from one side: Doppler in `cents` and loudness by `depth`, a quarter turn apart."""
    speed = abs(float(angle[1] - angle[0])) * RATE / 32.0 / (2.0 * np.pi)
    shift = cents * min(1.0, speed / 6.7) * np.cos(angle)
    index = positions(base * 2.0 ** (shift / 1200.0), count, start, SIZE)
    return table.take(index) * joined(1.0 - depth * (0.5 - 0.5 * np.sin(angle)), count)


def _still(patch: OrganPatch, pitch: int, count: int, luck: np.random.Generator) -> Samples:
    """Ranks without a rotor: one a side for each, a few cents apart, with their wind or vibrato."""
    low, high = _cycles(patch, pitch)
    time, base = times(count), hertz(pitch - 12)
    waver = patch.vibrato * np.sin(2.0 * np.pi * (6.2 * time + luck.random()))
    sides = []
    for side in (-0.5, 0.5):
        cents = side * patch.rank_cents + waver + 0.8 * wander(luck, time, 1.5)
        index = positions(base * 2.0 ** (cents / 1200.0), count, 0.0 if side < 0 else 0.07, SIZE)
        sides.append((low + high).take(index))
    return np.stack(sides)


def _add_percussion(patch: OrganPatch, sound: Samples, pitch: int) -> None:
    """The short third or second harmonic of the upper manual."""
    count = sound.shape[1]
    tone = hertz(pitch) * patch.percussion_harmonic
    if tone < 0.4 * RATE:
        turn = np.arange(count, dtype=np.float32) * np.float32(2.0 * np.pi * tone / RATE)
        sound += np.float32(0.22 * patch.percussion) * np.sin(turn) * decay(count, 0.45)


def _add_click(patch: OrganPatch, sound: Samples, seed: int) -> None:
    """Nine contacts closing one after another; for pipes the chiff."""
    count = min(sound.shape[1], round((0.02 if patch.generator == "tonewheel" else 0.09) * RATE))
    if patch.click:
        burst = breath(900.0, 6500.0, count, seed) * decay(count, 1.4 * count / RATE)
        burst[: min(16, count)] *= ramp(min(16, count))
        sound[:, :count] += np.float32(0.12 * patch.click) * burst
