"""Fits what lettering is weighed by: `python -m bench.lettering --fit` prints it.

Every row is marked without the letters of its own face, so that the weights are those of a face that is not
known. Two logistic regressions, one above the other: of rows, and of pictures by their best row and how far
others bear it out. The pictures are scored by weights of other folds than their own, and the least odds are
set where one picture in forty without lettering is wrongly told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.optimize import minimize

from bench.lettering_pictures import SIDE, Lettered, bare, bundled, cover, dealt, lettered
from noktvrn.picture.lettering import SIDE as SEARCHED
from noktvrn.picture.lettering import WEIGHTS, best_of, marks_of, strongest
from noktvrn.picture.rows import Row

Floats = NDArray[np.float64]

FOLDS = 4
SMALL = 600
RIDGE = 0.001
ALARMS = 0.025
ON, OFF = 0.75, 0.1
"""Rows with so much of their ink on the words are lettering, with so little they are none; others teach
nothing."""


@dataclass(frozen=True)
class Seen:
    """A row: its marks, where it lies, and how much of it is on the words."""

    marks: Floats
    box: tuple[int, int, int, int]
    share: float = 0.0


@dataclass(frozen=True)
class Example:
    """The rows of one ground, without words and with them; None: it was not looked at with words."""

    index: int
    bare: tuple[Seen, ...]
    words: tuple[Seen, ...] | None


def example(index: int) -> Example:
    """Draws a picture twice and looks at it; the letters of its own face are left out."""
    name, face = dealt(index, bundled())
    left_out = frozenset({name})
    words = lettered(index, face)
    return Example(
        index,
        tuple(Seen(_values(row, left_out), row.box) for row in strongest(bare(index))),
        tuple(Seen(_values(row, left_out), row.box, on_ink(row, words)) for row in strongest(words.pixels)),
    )


def _values(row: Row, left_out: frozenset[str]) -> Floats:
    marks = marks_of(row, left_out)
    return np.array([marks[name] for name in WEIGHTS])


def on_ink(row: Row, words: Lettered) -> float:
    """The share of a row's runs that begin on ink."""
    runs, scale = row.parts.runs, SIDE / SEARCHED
    at = np.concatenate([np.arange(row.parts.first[part], row.parts.first[part + 1]) for part in row.index])
    down = (runs.row[at] * scale).astype(int)
    across = ((runs.start[at] + runs.stop[at]) / 2 * scale).astype(int)
    return float(words.ink[down, across].mean())


def sleeve(index: int) -> Example:
    """The rows of a cover of the house's without type, every other one small: what is likest to words."""
    pixels = cover(index)
    if index % 2:
        pixels = np.asarray(Image.fromarray(pixels).resize((SMALL, SMALL), Image.Resampling.LANCZOS))
    return Example(index, tuple(Seen(_values(row, frozenset()), row.box) for row in strongest(pixels)), None)


def fit(examples: Sequence[Example]) -> None:
    """Prints the weights as `picture/lettering.py` has them."""
    folds = [_of_rows([one for one in examples if one.index % FOLDS != fold]) for fold in range(FOLDS)]
    told = [
        (_told(rows, folds[one.index % FOLDS]), float(rows is one.words))
        for one in examples
        for rows in (one.bare, one.words)
        if rows is not None
    ]
    table, wanted = np.array([pair for pair, _ in told]), np.array([lettering for _, lettering in told])
    above = _logistic(table, wanted)
    odds = table @ above[1:] + above[0]
    weights = _of_rows(examples)
    half = len(WEIGHTS)
    for name, one, square in zip(WEIGHTS, weights[1 : half + 1], weights[half + 1 :], strict=True):
        print(f'    "{name}": ({one:.3f}, {square:.3f}),')
    print(f"BIAS: Final = {weights[0]:.3f}")
    print(f"BEST, BORNE_OUT, BEFORE = {above[1]:.3f}, {above[2]:.3f}, {above[0]:.3f}")
    print(f"SURE = {np.quantile(odds[wanted == 0], 1 - ALARMS):.2f}")


def _of_rows(examples: Sequence[Example]) -> Floats:
    seen = [row for one in examples for row in one.bare + (one.words or ())]
    rows = [row for row in seen if row.share > ON or row.share < OFF]
    values = np.array([row.marks for row in rows])
    return _logistic(np.hstack([values, values**2]), np.array([float(row.share > ON) for row in rows]))


def _told(rows: tuple[Seen, ...], weights: Floats) -> tuple[float, float]:
    """What a picture is weighed by (`best_of`)."""
    scored = [
        (float(np.concatenate([row.marks, row.marks**2]) @ weights[1:] + weights[0]), row.box) for row in rows
    ]
    return best_of(scored)


def _logistic(table: Floats, wanted: Floats) -> Floats:
    """Bias and weights by logistic regression with a little ridge, both classes weighing the same."""
    middle, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    scaled = (table - middle) / spread
    weight = np.where(wanted > 0, 0.5 / wanted.mean(), 0.5 / (1 - wanted.mean()))

    def loss(values: Floats) -> tuple[float, Floats]:
        odds = scaled @ values[1:] + values[0]
        error = weight * (1 / (1 + np.exp(-odds)) - wanted)
        total = (weight * (np.logaddexp(0, odds) - wanted * odds)).mean() + RIDGE * (values[1:] ** 2).sum()
        slope = scaled.T @ error / len(odds) + 2 * RIDGE * values[1:]
        return float(total), np.concatenate([[error.mean()], slope])

    best = np.asarray(minimize(loss, np.zeros(table.shape[1] + 1), jac=True).x)
    weights = best[1:] / spread
    return np.concatenate([[best[0] - (middle * weights).sum()], weights])
