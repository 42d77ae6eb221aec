"""Connected parts of a mask and what they measure, found over runs of pixels.

A mask is cut into horizontal runs; runs of neighbouring rows that touch (8-connectivity) are one part
(Rosenfeld and Pfaltz 1966, with pointer jumping in place of a second scan). Area, perimeter and holes come
from runs and their touches alone, so a megapixel costs little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Runs:
    """Runs of set pixels: row, first column, column after the last, and the part each belongs to."""

    row: Ints
    start: Ints
    stop: Ints
    part: Ints

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True)
class Parts:
    """Connected parts, one value each: `left`, `top`, `right`, `bottom` (the latter two exclusive), area in
    pixels, perimeter in pixel edges, and how many holes it has. `runs` are sorted by part."""

    runs: Runs
    first: Ints
    """Index of each part's first run; one more at the end."""
    left: Ints
    top: Ints
    right: Ints
    bottom: Ints
    area: Ints
    perimeter: Ints
    holes: Ints

    def __len__(self) -> int:
        return len(self.area)

    @property
    def stroke(self) -> Floats:
        """Mean width of a part's strokes: twice its area by its perimeter, whose pixel edges are 4/pi too
        long on the average over all directions."""
        return np.asarray(2 * self.area / (self.perimeter * (np.pi / 4)))


def parts_of(mask: NDArray[np.bool_]) -> Parts:
    """The connected parts of a mask (rows, columns)."""
    row, start, stop = _runs(mask)
    above, below = _touches(row, start, stop, mask.shape[1])
    part = _joined(len(row), above, below)
    order = np.argsort(part, kind="stable")
    runs = Runs(row[order], start[order], stop[order], part[order])
    return _measured(runs, part, above, below, start, stop)


def _runs(mask: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    edges = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    row, start = np.nonzero(edges == 1)
    return row, start, np.nonzero(edges == -1)[1]


def _touches(row: Ints, start: Ints, stop: Ints, width: int) -> tuple[Ints, Ints]:
    """Pairs of runs (upper, lower) that touch, corners included."""
    pitch = width + 2
    lowest = np.searchsorted(row * pitch + stop, (row + 1) * pitch + start, "left")
    highest = np.searchsorted(row * pitch + start, (row + 1) * pitch + stop, "right")
    count = np.maximum(highest - lowest, 0)
    above = np.repeat(np.arange(len(row)), count)
    within = np.arange(len(above)) - np.repeat(np.cumsum(count) - count, count)
    return above, np.repeat(lowest, count) + within


def _joined(count: int, one: Ints, other: Ints) -> Ints:
    """The part of each run, numbered from 0 in the order of first runs."""
    label = np.arange(count)
    while (apart := label[one] != label[other]).any():
        one, other = one[apart], other[apart]
        low = np.minimum(label[one], label[other])
        np.minimum.at(label, label[one], low)
        np.minimum.at(label, label[other], low)
        while (label[label] != label).any():
            label = label[label]
    return np.asarray(np.unique(label, return_inverse=True)[1].reshape(-1))


def _measured(runs: Runs, part: Ints, above: Ints, below: Ints, start: Ints, stop: Ints) -> Parts:
    """Euler: holes are the touches that are not needed to hold the runs together."""
    count = int(part.max()) + 1 if len(part) else 0
    first = np.searchsorted(runs.part, np.arange(count + 1))
    shared = np.maximum(np.minimum(stop[above], stop[below]) - np.maximum(start[above], start[below]), 0)
    area = np.bincount(part, stop - start, count).astype(np.int64)
    lines = np.bincount(part, minlength=count)
    shared_by = np.bincount(part[above], shared, count).astype(np.int64)
    touches = np.bincount(part[above], minlength=count)
    at = first[:-1]
    return Parts(
        runs=runs,
        first=first,
        left=_least(runs.start, at),
        top=_least(runs.row, at),
        right=_most(runs.stop, at),
        bottom=_most(runs.row + 1, at),
        area=area,
        perimeter=np.asarray(2 * lines + 2 * area - 2 * shared_by),
        holes=np.asarray(touches - lines + 1),
    )


def _least(values: Ints, at: Ints) -> Ints:
    return np.asarray(np.minimum.reduceat(values, at) if len(at) else values[:0])


def _most(values: Ints, at: Ints) -> Ints:
    return np.asarray(np.maximum.reduceat(values, at) if len(at) else values[:0])
