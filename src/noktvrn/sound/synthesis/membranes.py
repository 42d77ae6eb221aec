"""Membranes and hollow bodies: kicks, toms, snares' skins, hand drums, boxes and blocks.

An ideal circular membrane rings at 1, 1.593, 2.136, 2.296, 2.653, 2.918 times its lowest mode; the lowest
dies first because it moves the most air, and a hard stroke stretches the skin so that the pitch falls back
(Fletcher and Rossing 18.1 to 18.3). The paste on a tabla pulls the modes to 1, 2, 3, 4, 5 (Raman 1934).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.envelopes import decay, ramp
from noktvrn.sound.synthesis.modal import ringing
from noktvrn.sound.synthesis.spectrum import Samples, filtered_noise

Body = Literal["membrane", "tabla", "wood", "box"]

_MODES = {
    "membrane": (2.136, 2.296, 2.653, 2.918, 3.156, 3.5, 4.06),
    "tabla": (2.0, 3.01, 4.02, 5.03),
    "wood": (2.58, 4.1, 5.9, 7.7),
    "box": (1.9, 2.7, 3.3, 4.6, 5.7, 7.1),
}


class Membrane(NamedTuple):
    """Pitch (Hz), the fall of it (semitones, seconds), decay (s), levels of the second and the other modes,
    and what the body is."""

    hertz: float
    drop: float
    drop_s: float
    fall_s: float
    second: float
    shell: float
    body: Body


def membrane(drum: Membrane, count: int, velocity: float) -> Samples:
    """The skin of one stroke, (count,), near 1 at its loudest: a hard one falls further and has more upper
    modes."""
    bend = drum.drop * (0.6 + 0.4 * velocity) * decay(count, 3.0 * drum.drop_s)
    step = 2.0 * np.pi * drum.hertz / RATE * 2.0 ** (bend.astype(np.float64) / 12.0)
    turn = np.cumsum(step) - step[0]
    sound = np.sin(turn) * decay(count, drum.fall_s)
    if drum.second:
        share = drum.second * (0.55 + 0.45 * velocity)
        sound += share * np.sin(1.593 * turn + 0.4) * decay(count, 0.7 * drum.fall_s)
    if drum.shell:
        sound += _upper(drum, count, velocity)
    return np.asarray(sound, dtype=np.float32)


def _upper(drum: Membrane, count: int, velocity: float) -> Samples:
    ratios = np.array(_MODES[drum.body])
    size = min(count, round(0.9 * drum.fall_s * RATE) + 64)
    soft = 0.35 + 0.65 * velocity
    rank: NDArray[np.float64] = np.arange(ratios.size, dtype=np.float64)
    gains = np.asarray(drum.shell * 0.6**rank * soft ** (1.0 + 0.4 * rank), dtype=np.float64)
    falls = np.asarray(0.8 * drum.fall_s / (1.0 + 0.35 * rank), dtype=np.float64)
    sound = np.zeros(count, dtype=np.float32)
    sound[:size] = ringing(ratios * drum.hertz, gains, falls, np.linspace(0.4, 2.4, ratios.size), size)
    return sound


def click(level: float, hertz: float, seconds: float, count: int, velocity: float, seed: int) -> Samples:
    """Beater, stick, nail or palm, (count,): noise round `hertz` that is gone in `seconds`; softer is
    duller."""
    size = min(count, max(96, round(1.5 * seconds * RATE)))
    centre = hertz * (0.55 + 0.45 * velocity)
    burst = filtered_noise(size, seed + 3, 0.45 * centre, 2.2 * centre)[0] * decay(size, seconds)
    burst[-32:] *= ramp(32)[::-1]
    sound = np.zeros(count, dtype=np.float32)
    sound[:size] = np.float32(level * (0.35 + 0.65 * velocity)) * burst
    return sound
