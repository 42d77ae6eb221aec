"""Lettering in a picture: found without reading it, by rows of parts that look like letters.

The picture is taken apart into layers, each layer into parts; parts that stand on one line are rows, and a
row is weighed by what letters have in common and windows, dots and leaves do not: shapes of letters, all of
them different, one stroke width, a common foot. The weights are a logistic regression over drawn pictures:
`bench/lettering.py` makes them anew, and tells how much is caught and how often it is wrong. Scripts whose
letters are joined, and single signs, are not found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from noktvrn.picture.glyphs import letters, plain_signs, shapes
from noktvrn.picture.layers import layers_of
from noktvrn.picture.rows import Row, rows_of

Floats = NDArray[np.float64]

SIDE = 900
"""Larger pictures are searched at this size; lettering of 3 % of its height is 27 pixels high there."""
SURE = 1.5
"""Score (log odds) from which a row counts as lettering."""
LIKELY = 0.0
"""Score from which a row counts beside one that is sure."""
PER_LAYER = 6
MOST_ROWS = 40

WEIGHTS: Final[dict[str, float]] = {
    "like": 5.659,
    "like_best": 5.739,
    "like_least": 3.171,
    "plain": 0.640,
    "diverse": 2.579,
    "count": 0.071,
    "sure": 0.158,
    "sure_share": 0.899,
    "named": 0.297,
    "named_share": 1.610,
    "feet": -3.680,
    "heads": -2.248,
    "level": -5.066,
    "heights": -0.556,
    "strokes": -2.626,
    "weight": -1.588,
    "gaps": -1.572,
    "fills": 3.081,
}
BIAS: Final = -16.381


@dataclass(frozen=True)
class Lettered:
    """A place with lettering: left, top, right, bottom in pixels of the picture, and the score it was found
    with."""

    box: tuple[int, int, int, int]
    score: float


def find_lettering(pixels: NDArray[np.uint8]) -> tuple[Lettered, ...]:
    """Places with lettering in sRGB bytes (rows, columns, 3), surest first; none where there is no row that
    is sure."""
    small = _shrunk(pixels)
    share = pixels.shape[1] / small.shape[1]
    scored = sorted(((score_of(row), row) for row in strongest(small)), key=lambda pair: -pair[0])
    if not scored or scored[0][0] < SURE:
        return ()
    return tuple(Lettered(_scaled(row.box, share), score) for score, row in scored if score >= LIKELY)


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
    return BIAS + sum(WEIGHTS[name] * value for name, value in marks_of(row, without).items())


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
    return {
        "like": float(best.mean()),
        "like_best": float(order[-3:].mean()),
        "like_least": float(order[:2].mean()),
        "plain": float(plain.mean()),
        "diverse": float(1 - (own @ own.T)[np.triu_indices(len(own), 1)].mean()),
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


def _scaled(box: tuple[int, int, int, int], share: float) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(value * share) for value in box)
    return left, top, right, bottom
