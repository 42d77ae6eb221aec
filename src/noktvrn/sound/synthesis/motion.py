"""Motion: the slow curves that make a note alive - vibrato, drift, swells - and the oscillator phase under
them.

Curves are drawn at control rate, one point every `BLOCK` samples, and joined by straight lines: at 44.1 kHz
that is 1,378 points a second, ten times faster than the fastest growl.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.score import RATE

BLOCK = 32
"""Samples from one control point to the next."""

Points = NDArray[np.float64]
"""A curve at control rate: one point before every block and one after the last."""

_INSIDE = np.arange(BLOCK, dtype=np.float32)


def times(count: int) -> Points:
    """The moments of the control points of `count` samples, in seconds."""
    return np.arange(-(-count // BLOCK) + 1, dtype=np.float64) * (BLOCK / RATE)


def joined(points: Points, count: int) -> NDArray[np.float32]:
    """The curve at audio rate: `count` samples."""
    start = points[:-1].astype(np.float32)[:, None]
    slope = (np.diff(points) / BLOCK).astype(np.float32)[:, None]
    curve: NDArray[np.float32] = (start + slope * _INSIDE).ravel()[:count]
    return curve


def wander(luck: np.random.Generator, time: Points, hertz: float) -> Points:
    """A random curve of variance near 1 that turns about `hertz` times a second."""
    knots = int(time[-1] * 2.0 * hertz) + 3
    return np.asarray(np.interp(time * 2.0 * hertz, np.arange(knots), luck.standard_normal(knots)))


def vibrato(luck: np.random.Generator, time: Points, hertz: float, onset: float) -> Points:
    """A player's vibrato between -1 and 1: it enters `onset` seconds in, and its rate is never quite
    steady.

    Rates of 5 to 6 Hz and an onset of a few tenths are what players do (Seashore 1938).
    """
    rate = hertz * (1.0 + 0.05 * wander(luck, time, 1.0)) * luck.uniform(0.94, 1.06)
    turns = np.cumsum(rate) * (BLOCK / RATE)
    delay = onset * luck.uniform(0.75, 1.35)
    depth = np.clip((time - delay) / (0.3 + onset), 0.0, 1.0) * (1.0 + 0.15 * wander(luck, time, 1.5))
    return np.asarray(np.sin(2.0 * np.pi * turns) * depth)


def positions(hertz: Points, count: int, start: float, size: int) -> NDArray[np.int32]:
    """Where an oscillator of a moving frequency reads in a cycle of `size` samples (a power of two).

    Args:
        hertz: frequency at the control points.
        start: where in the cycle the note begins, 0..1.
    """
    steps = hertz * (size / RATE)
    ends = np.cumsum(0.5 * (steps[:-1] + steps[1:]) * BLOCK)
    starts = np.concatenate([[0.0], ends[:-1]]) + start * size
    base = np.mod(starts, size).astype(np.float32)[:, None]
    bend = (np.diff(steps) / (2.0 * BLOCK)).astype(np.float32)[:, None]
    place = base + _INSIDE * (steps[:-1].astype(np.float32)[:, None] + bend * _INSIDE)
    return np.asarray(place.astype(np.int32).ravel()[:count] & np.int32(size - 1), dtype=np.int32)


def bent(sound: NDArray[np.float32], cents: Points) -> NDArray[np.float32]:
    """A mono note (n,) played faster and slower so that its pitch moves by `cents` (points at control
    rate).

    Samples are joined by straight lines: harmless below 8 kHz. The note ends where the sound does.
    """
    ratio = 2.0 ** (cents / 1200.0)
    ends = np.cumsum(0.5 * (ratio[:-1] + ratio[1:]) * BLOCK)
    place = np.minimum(joined64(np.concatenate([[0.0], ends]), sound.size), sound.size - 2.0)
    below = place.astype(np.int32)
    low = sound.take(below)
    return low + (place - below).astype(np.float32) * (sound.take(below + np.int32(1)) - low)


def joined64(points: Points, count: int) -> NDArray[np.float64]:
    """As `joined`, exact enough to count samples."""
    slope = np.diff(points)[:, None] / BLOCK
    return (points[:-1, None] + slope * _INSIDE).ravel()[:count]
