"""Rows: parts of a layer that stand side by side on one line, as the letters of a word do.

A row may be turned by up to 20 degrees: every four degrees the parts are measured as they would stand
upright, and each is joined to its nearest neighbour to the right, where both choose each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from noktvrn.picture.components import Floats, Ints, Parts, parts_of
from noktvrn.picture.glyphs import cells
from noktvrn.picture.layers import Mask

ANGLES = tuple(range(-20, 21, 4))
MOST_PARTS = 500
"""Larger parts go first where a texture has more than can be compared."""
LONGEST = 0.42
"""Of a letter, in parts of the picture's height."""


@dataclass(frozen=True)
class Row:
    """Parts of one row from left to right, measured upright; lengths in pixels of the picture searched."""

    parts: Parts
    index: Ints
    degrees: int
    left: Floats
    top: Floats
    right: Floats
    bottom: Floats

    def __len__(self) -> int:
        return len(self.index)

    @property
    def height(self) -> float:
        """Median height of its parts."""
        return float(np.median(self.bottom - self.top))

    @property
    def stroke(self) -> Floats:
        """Stroke widths of its parts."""
        return np.asarray(self.parts.stroke[self.index])

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom as it lies in the picture."""
        at, parts = self.index, self.parts
        return (
            int(parts.left[at].min()),
            int(parts.top[at].min()),
            int(parts.right[at].max()),
            int(parts.bottom[at].max()),
        )

    def unevenness(self) -> tuple[float, float]:
        """How far the feet and the heads of its parts are off a line, in heights."""
        return _off(self.bottom, self.height), _off(self.top, self.height)

    def coverage(self) -> Floats:
        """The upright coverage of each part, (n, cells)."""
        return np.array([self._cells(part) for part in self.index])

    def _cells(self, part: int) -> Floats:
        runs = self.parts.runs
        at = slice(self.parts.first[part], self.parts.first[part + 1])
        length = runs.stop[at] - runs.start[at]
        down = np.repeat(runs.row[at], length)
        step = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        return cells(*_upright(np.repeat(runs.start[at], length) + step, down, self.degrees))


def _off(edge: Floats, height: float) -> float:
    return float(np.minimum(np.abs(edge - np.median(edge)), 0.5 * height).mean() / height)


def _upright(across: Ints | Floats, down: Ints | Floats, degrees: int) -> tuple[Floats, Floats]:
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.asarray(across * cos + down * sin), np.asarray(down * cos - across * sin)


def rows_of(mask: Mask) -> Iterator[Row]:
    """Every row of at least three parts in a layer, at every angle."""
    parts = parts_of(mask)
    kept = _letter_like(parts, mask.shape)
    if len(kept) < 3:
        return
    left, right = _neighbours(parts, kept)
    if len(left) < 2:
        return
    for degrees in ANGLES:
        yield from _rows_at(parts, kept, left, right, degrees)


def _letter_like(parts: Parts, shape: tuple[int, ...]) -> Ints:
    """Parts a letter could be: neither specks nor plains, made of strokes, whole."""
    high, wide = parts.bottom - parts.top, parts.right - parts.left
    long, stroke = np.maximum(high, wide), parts.stroke
    size = (long >= 9) & (long < LONGEST * shape[0]) & (np.minimum(high, wide) >= 2) & (parts.area >= 18)
    form = (parts.area > 0.06 * high * wide) & (wide < 3.2 * high + 4) & (parts.holes <= 4)
    drawn = (stroke < 0.55 * long) & (stroke > 1.2)
    whole = (parts.left > 0) & (parts.top > 0) & (parts.right < shape[1]) & (parts.bottom < shape[0])
    kept = np.flatnonzero(size & form & drawn & whole)
    return np.sort(kept[np.argsort(-parts.area[kept], kind="stable")[:MOST_PARTS]])


def _neighbours(parts: Parts, kept: Ints) -> tuple[Ints, Ints]:
    """Pairs (left, right) of near parts of like size and stroke, as indices into `kept`."""
    one, two = np.triu_indices(len(kept), 1)
    across = (parts.left + parts.right)[kept] / 2
    swap = across[one] > across[two]
    one, two = np.where(swap, two, one), np.where(swap, one, two)
    wide, high = (parts.right - parts.left)[kept], (parts.bottom - parts.top)[kept]
    down, long, stroke = (parts.top + parts.bottom)[kept] / 2, np.maximum(wide, high), parts.stroke[kept]
    apart, aside = across[two] - across[one], np.abs(down[two] - down[one])
    size = np.maximum(high[one], high[two])
    near = (apart < (wide[one] + wide[two]) / 2 + size) & (aside < 0.6 * apart + 0.35 * size)
    alike = _within(stroke[one], stroke[two], 2.3) & _within(long[one], long[two], 2.6)
    return one[near & alike], two[near & alike]


def _within(one: Floats | Ints, two: Floats | Ints, ratio: float) -> Mask:
    return np.asarray(np.minimum(one, two) * ratio > np.maximum(one, two))


def _rows_at(parts: Parts, kept: Ints, left: Ints, right: Ints, degrees: int) -> Iterator[Row]:
    start, top, stop, bottom = _measured(parts, kept, degrees)
    high, wide = bottom - top, stop - start
    tall = np.maximum(high[left], high[right])
    short = np.minimum(high[left], high[right])
    shared = np.minimum(bottom[left], bottom[right]) - np.maximum(top[left], top[right])
    gap = start[right] - stop[left]
    level = (shared > 0.55 * short) & (np.abs(bottom[left] - bottom[right]) < 0.33 * tall)
    beside = (gap > -0.22 * tall) & (gap < 0.85 * tall) & (start[right] > start[left])
    form = (short > 0.42 * tall) & (wide[left] < 2.2 * tall) & (wide[right] < 2.2 * tall)
    good = level & beside & form
    for chain in _chains(left[good], right[good], gap[good]):
        yield Row(parts, kept[chain], degrees, start[chain], top[chain], stop[chain], bottom[chain])


def _measured(parts: Parts, kept: Ints, degrees: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Left, top, right, bottom of the parts as they stand upright."""
    count = parts.first[kept + 1] - parts.first[kept]
    at = np.cumsum(count) - count
    index = np.repeat(parts.first[kept] - at, count) + np.arange(count.sum())
    runs = parts.runs
    near, near_down = _upright(runs.start[index], runs.row[index], degrees)
    far, far_down = _upright(runs.stop[index] - 1, runs.row[index], degrees)
    return (
        np.minimum.reduceat(np.minimum(near, far), at),
        np.minimum.reduceat(np.minimum(near_down, far_down), at),
        np.maximum.reduceat(np.maximum(near, far), at) + 1,
        np.maximum.reduceat(np.maximum(near_down, far_down), at) + 1,
    )


def _chains(left: Ints, right: Ints, gap: Floats) -> Iterator[Ints]:
    """Chains of three and more by nearest neighbours."""
    left, right, gap = _nearest(left, (left, right, gap))
    left, right, gap = _nearest(right, (left, right, gap))
    following = dict(zip(left.tolist(), right.tolist(), strict=True))
    for head in sorted(set(following) - set(right.tolist())):
        chain = [head]
        while chain[-1] in following:
            chain.append(following[chain[-1]])
        if len(chain) >= 3:
            yield np.array(chain)


def _nearest(key: Ints, columns: tuple[Ints, Ints, Floats]) -> tuple[Ints, Ints, Floats]:
    """Of the pairs with one key the one with the smallest gap."""
    order = np.lexsort((columns[2], key))
    first = np.ones(len(order), dtype=bool)
    first[1:] = key[order][1:] != key[order][:-1]
    left, right, gap = columns
    at = order[first]
    return left[at], right[at], gap[at]
