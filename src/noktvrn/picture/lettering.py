"""Lettering in a picture: found without reading it, by rows of parts that look like letters.

The picture is taken apart into layers, each layer into parts; parts that stand on one line are rows, and a
row is weighed by what letters have in common and windows, dots and leaves do not: shapes of letters, all of
them different, one stroke width, a common foot. A picture is weighed by its best row and by what bears it out
at the same place in other layers. The weights are logistic regressions over drawn pictures, fitted on faces
that were not known: `bench/lettering_fit.py` makes them anew, `bench/lettering.py` tells how much is caught
and how often it is wrong. Scripts whose letters are joined, and single signs, are not found.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from noktvrn.picture.glyphs import letters, plain_signs, shapes
from noktvrn.picture.layers import layers_of
from noktvrn.picture.rows import Row, rows_of

Floats = NDArray[np.float64]
Box = tuple[int, int, int, int]

SIDE = 900
"""Larger pictures are searched at this size; lettering of 3 % of its height is 27 pixels high there."""
LIKELY = 0.0
"""Score of a row from which on it is told of beside the best one."""
PER_LAYER = 6
MOST_ROWS = 40
NOTHING = -12.0
"""The score of a picture without any row."""
BEARING_OUT = 5
"""So many rows at most, found at the same place in other layers, bear out the best one."""

WEIGHTS: Final[dict[str, tuple[float, float]]] = {
    "like": (3.066, 2.004),
    "like_best": (1.483, 2.170),
    "like_least": (3.921, 0.673),
    "plain": (2.111, 1.326),
    "diverse": (4.468, -1.170),
    "count": (0.131, -0.011),
    "sure": (0.275, -0.021),
    "sure_share": (0.531, -0.865),
    "named": (0.501, -0.012),
    "named_share": (2.969, -1.601),
    "feet": (-10.136, 24.305),
    "heads": (-0.838, -3.250),
    "level": (-10.960, 43.154),
    "heights": (-4.076, -0.155),
    "strokes": (-5.465, 1.861),
    "weight": (4.764, -11.048),
    "gaps": (-3.740, -0.707),
    "fills": (12.848, -59.231),
    "twins": (2.432, 0.317),
    "twins_least": (0.557, -4.387),
}
"""Of a mark, and of its square."""
BIAS: Final = -16.956
BEST, BORNE_OUT, BEFORE = 0.388, 1.158, -1.399
"""Weights of a picture's best row and of what bears it out, and its bias."""
SURE = 0.48
"""Log odds from which a picture has lettering."""


@dataclass(frozen=True)
class Lettered:
    """A place with lettering: left, top, right, bottom in pixels of the picture, and the score of its row."""

    box: Box
    score: float


def find_lettering(pixels: NDArray[np.uint8]) -> tuple[Lettered, ...]:
    """Places with lettering in sRGB bytes (rows, columns, 3), surest first; none where there is no row that
    is sure."""
    small = _shrunk(pixels)
    share = pixels.shape[1] / small.shape[1]
    scored = sorted(((score_of(row), row.box) for row in strongest(small)), reverse=True)
    if odds_of(scored) < SURE:
        return ()
    return tuple(
        Lettered(_scaled(box, share), score)
        for place, (score, box) in enumerate(scored)
        if place == 0 or score >= LIKELY
    )


def odds_of(scored: Sequence[tuple[float, Box]]) -> float:
    """The log odds that a picture with rows of these scores, at these places, has lettering."""
    best, borne_out = best_of(scored)
    return BEFORE + BEST * best + BORNE_OUT * borne_out


def best_of(scored: Sequence[tuple[float, Box]]) -> tuple[float, float]:
    """The best score, and how many rows beside it bear it out, each by its chance of being lettering: what is
    drawn stands out in several layers, what only looks like it seldom in two."""
    if not scored:
        return NOTHING, 0.0
    (best, place), *others = sorted(scored, reverse=True)
    chances = [1 / (1 + math.exp(-score)) for score, box in others if _beside(place, box)]
    return best, sum(chances[:BEARING_OUT])


def _beside(box: Box, other: Box) -> bool:
    """Whether a row lies over another."""
    wide = min(box[2], other[2]) - max(box[0], other[0])
    high = min(box[3], other[3]) - max(box[1], other[1])
    return wide > 0 and high > 0


def strongest(pixels: NDArray[np.uint8]) -> list[Row]:
    """The rows of a picture that are worth weighing."""
    small = _shrunk(pixels)
    found = [row for layer in layers_of(small) for row in _best(rows_of(layer))]
    return sorted(found, key=promise, reverse=True)[:MOST_ROWS]


def promise(row: Row) -> float:
    """How much a row promises before its shapes are looked at."""
    return min(len(row), 8) - 9 * min(row.unevenness()) - 2 * _spread(row.stroke)


def _best(rows: Iterable[Row]) -> list[Row]:
    """The most promising rows of a layer, each group of parts once: at its best angle."""
    kept: list[Row] = []
    for row in sorted(rows, key=promise, reverse=True):
        if all(len(np.intersect1d(row.index, other.index)) < 2 for other in kept):
            kept.append(row)
        if len(kept) == PER_LAYER:
            break
    return kept


def score_of(row: Row, without: frozenset[str] = frozenset()) -> float:
    """The log odds that a row is lettering. `without` leaves faces out, as in `marks_of`."""
    marks = marks_of(row, without)
    return BIAS + sum(
        one * marks[name] + square * marks[name] ** 2 for name, (one, square) in WEIGHTS.items()
    )


def marks_of(row: Row, without: frozenset[str] = frozenset()) -> dict[str, float]:
    """What a row is weighed by. `without` leaves faces out of the letters it is compared with."""
    own = shapes(row.coverage())
    known, names = letters(without)
    like = own @ known.T
    best, plain = like.max(axis=1), (own @ plain_signs().T).max(axis=1)
    sure = (best > plain) & (best > 0.86)
    named = set(names[like.argmax(axis=1)].tolist())
    return {**_of_shapes(own, best, plain), **_of_names(sure, named, len(row)), **_of_form(row)}


def _of_shapes(own: Floats, best: Floats, plain: Floats) -> dict[str, float]:
    order = np.sort(best)
    alike = own @ own.T
    twins = np.sort((alike - 2 * np.eye(len(own))).max(axis=1))
    return {
        "like": float(best.mean()),
        "like_best": float(order[-3:].mean()),
        "like_least": float(order[:2].mean()),
        "plain": float(plain.mean()),
        "diverse": float(1 - alike[np.triu_indices(len(own), 1)].mean()),
        "twins": float(twins.mean()),
        "twins_least": float(twins[:2].mean()),
    }


def _of_names(sure: NDArray[np.bool_], named: set[int], count: int) -> dict[str, float]:
    return {
        "count": float(min(count, 10)),
        "sure": float(min(sure.sum(), 8)),
        "sure_share": float(sure.mean()),
        "named": float(min(len(named), 8)),
        "named_share": len(named) / count,
    }


def _of_form(row: Row) -> dict[str, float]:
    high, stroke = row.height, row.stroke
    feet, heads = row.unevenness()
    gaps = (row.left[1:] - row.right[:-1]) / high
    fill = row.parts.area[row.index] / ((row.bottom - row.top) * (row.right - row.left))
    return {
        "feet": feet,
        "heads": heads,
        "level": min(feet, heads),
        "heights": float(((row.bottom - row.top) / high).std()),
        "strokes": _spread(stroke),
        "weight": float(np.median(stroke) / high),
        "gaps": float(gaps.std()),
        "fills": float(fill.std()),
    }


def _spread(values: Floats) -> float:
    return float((values / np.median(values)).std())


def _shrunk(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    share = SIDE / max(height, width)
    if share >= 1:
        return pixels
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def _scaled(box: Box, share: float) -> Box:
    left, top, right, bottom = (round(value * share) for value in box)
    return left, top, right, bottom
