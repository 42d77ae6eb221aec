"""Rhythm of lines: where syllables fall, drawn from the motif's cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.pattern import STEP

_SHORT, _SLOW = 0.4, 0.75
"""A line that would end before this share of its time is spread out, to end before that share of it."""

Places = list[float]


def places(count: int, steps: int, cells: Sequence[str], meter: Meter, *, halves: bool) -> Places:
    """Where `count` syllables fall in a line of `steps` sixteenths that begins with a bar, rising.

    The cells' strokes as they are when they suffice; a line that would be over early is sung in two halves,
    each from the first cell, or twice as slow. Where strokes are missing, gaps are filled. A breath of a
    fifth of the line stays free at its end while the syllables leave room for it.
    """
    if count > steps:
        return [steps * place / count for place in range(count)]
    limit = max(count, round(steps * 0.8))
    written = _strokes(cells, limit)
    if len(written) < count:
        return _filled(written or [0], count, limit)
    chosen = written[:count]
    if chosen[-1] >= _SHORT * steps:
        return _landed(chosen, limit, meter)
    middle = steps // 2 // meter.steps * meter.steps
    if halves and middle and count >= 4:
        first = places(count - count // 2, middle, cells, meter, halves=False)
        second = places(count // 2, steps - middle, cells, meter, halves=False)
        return first + [middle + place for place in second]
    slow = [2 * place for place in chosen]
    return _landed(slow if slow[-1] <= _SLOW * steps else chosen, limit, meter)


def displaced(chosen: Places, by: int, steps: int) -> Places:
    """The rhythm later by some sixteenths, where the line has room for it."""
    return [place + by for place in chosen] if chosen[-1] + by < 0.85 * steps else chosen


def _strokes(cells: Sequence[str], limit: int) -> Places:
    tiled = "".join(cells) * (limit // len("".join(cells)) + 1)
    return [step for step in range(limit) if tiled[step] == "x"]


def _landed(chosen: Places, limit: int, meter: Meter) -> Places:
    """The last syllable moved on to the next felt beat when that is near: it is held, and rests there."""
    last = round(chosen[-1])
    for step in range(last, min(last + 3, limit)):
        if meter.strong(step * STEP):
            return [*chosen[:-1], step]
    return chosen


def _filled(chosen: Places, count: int, limit: int) -> Places:
    """More strokes than the cells have: each in the widest gap, on an even place if it can be."""
    while len(chosen) < count:
        edges = [-1, *chosen, limit]
        width, left = max((round(right - left), -round(left)) for left, right in pairwise(edges))
        middle = -left + width // 2
        even = middle - middle % 2
        chosen = sorted([*chosen, even if -left < even < -left + width else middle])
    return chosen
