"""Runs: the rhythm and the contour of lines in eighths, as jigs, reels, fiddle breaks and solos are made of.

Each felt beat has a turn of its own: a scale up or down, a broken third, a step there and back; turns lead
into each other and bend back before the line strays.
"""

from __future__ import annotations

import random

from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.motif import Shape

_TURNS = (
    (1, 1, 1, 1),
    (-1, -1, -1, -1),
    (1, 1, -1, -1),
    (-1, -1, 1, 1),
    (2, 2, -1, -1),
    (-2, -2, 1, 1),
    (2, -1, 2, -1),
    (-2, 1, -2, 1),
    (1, -1, 2, -1),
)
"""Moves in scale steps from each eighth of a felt beat to the next."""

_REACH = 5
_THINNED = 0.14
"""Share of the felt beats whose second eighth is left out."""


def run(luck: random.Random, meter: Meter, steps: int, rests: int) -> tuple[list[float], Shape]:
    """Strokes in sixteenths and their heights in scale steps for a line of `steps` sixteenths that begins
    with a bar; from `rests` on only the first eighth is struck."""
    places: list[float] = []
    heights: list[int] = []
    at, level = 0, 0
    while at < steps:
        for group in meter.groups:
            turn = _bent(luck.choice(_TURNS), level)
            strokes = [0] if at >= rests else _strokes(luck, group)
            for place in strokes:
                places.append(float(at + place))
                heights.append(level)
                level += turn[place // 2 % len(turn)]
            at += group
            if at > rests:
                return places, tuple(heights)
    return places, tuple(heights)


def _strokes(luck: random.Random, group: int) -> list[int]:
    eighths = list(range(0, group, 2))
    return [place for place in eighths if place != 2] if luck.random() < _THINNED else eighths


def _bent(turn: tuple[int, ...], level: int) -> tuple[int, ...]:
    """The turn, upside down where it would lead further away."""
    return tuple(-move for move in turn) if level * sum(turn) > 0 and abs(level) >= _REACH - 2 else turn
