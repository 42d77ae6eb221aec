"""Lettering in outside pictures: how much is caught, how often it is wrong, what a look costs.

`python -m bench.lettering` measures on pictures the weights were not fitted on. A third of the words are in
faces that were left out of the fit, and whose letters are not known when they are looked for either.
`python -m bench.lettering --fit` prints weights fitted anew.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from bench.lettering_pictures import HELD_OUT, SIDE, Bytes, Lettered, bare, lettered
from noktvrn.picture.lettering import SIDE as SEARCHED
from noktvrn.picture.lettering import SURE, find_lettering, marks_of, score_of, strongest
from noktvrn.picture.rows import Row
from noktvrn.picture.type.faces import faces

FIT = range(300)
MEASURE = range(1000, 1200)
FEWEST_CAUGHT, MOST_ALARMS = 0.85, 0.05
Floats = NDArray[np.float64]


def main() -> None:
    """Measures, or fits."""
    _fit() if "--fit" in sys.argv else _measure()


def _measure() -> None:
    alarms = [index for index in MEASURE if find_lettering(bare(index))]
    looks = [_look(index) for index in MEASURE]
    caught = float(np.mean([look.hit for look in looks]))
    print(f"caught        {caught:6.1%} of {len(looks)} (at least {FEWEST_CAUGHT:.0%})")
    print(f"false alarms  {len(alarms) / len(MEASURE):6.1%} of {len(MEASURE)} (at most {MOST_ALARMS:.0%})")
    for name, chosen in _kinds(looks):
        hits = [look.hit for look in chosen]
        print(f"  {name:<24} {np.mean(hits):6.1%} of {len(hits)}")
    print(f"CPU s a picture {np.median([look.cpu_s for look in looks]):.2f} (score that counts: {SURE})")
    print("false alarms at", alarms)


@dataclass(frozen=True)
class _Look:
    """What came of one lettered picture. `unknown`: its face was left out of the fit."""

    words: Lettered
    unknown: bool
    hit: bool
    cpu_s: float


def _look(index: int) -> _Look:
    unknown = index % 3 == 1
    words = lettered(index, tuple(sorted(HELD_OUT)) if unknown else None)
    start = time.process_time()
    hit = _found(words.pixels, HELD_OUT if unknown else frozenset())
    return _Look(words, unknown, hit, time.process_time() - start)


def _found(pixels: Bytes, without: frozenset[str]) -> bool:
    """Whether there is a row that is sure, told without the letters of some faces."""
    if not without:
        return bool(find_lettering(pixels))
    return any(score_of(row, without) >= SURE for row in strongest(pixels))


def _kinds(looks: list[_Look]) -> Iterator[tuple[str, list[_Look]]]:
    yield "low contrast", [look for look in looks if look.words.low]
    yield "other contrast", [look for look in looks if not look.words.low]
    yield "turned", [look for look in looks if look.words.angle]
    yield "upright", [look for look in looks if not look.words.angle]
    yield "3 to 5 % of the height", [look for look in looks if look.words.size < 0.05]
    yield "5 to 10 %", [look for look in looks if 0.05 <= look.words.size < 0.10]
    yield "10 to 20 %", [look for look in looks if look.words.size >= 0.10]
    yield "faces not known", [look for look in looks if look.unknown]


def _fit() -> None:
    """Logistic regression with a little ridge, both classes weighing the same."""
    names, rows, wanted = _table()
    middle, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    scaled = (rows - middle) / spread
    weight = np.where(wanted, 0.5 / wanted.mean(), 0.5 / (1 - wanted.mean()))

    def loss(values: Floats) -> tuple[float, Floats]:
        odds = scaled @ values[1:] + values[0]
        error = weight * (1 / (1 + np.exp(-odds)) - wanted)
        total = (weight * (np.logaddexp(0, odds) - wanted * odds)).mean() + 0.01 * (values[1:] ** 2).sum()
        slope = scaled.T @ error / len(odds) + 0.02 * values[1:]
        return float(total), np.concatenate([[error.mean()], slope])

    best = minimize(loss, np.zeros(len(names) + 1), jac=True).x
    weights = best[1:] / spread
    for name, value in zip(names, weights, strict=True):
        print(f'    "{name}": {value:.3f},')
    print(f"BIAS: Final = {best[0] - (middle * weights).sum():.3f}")


def _table() -> tuple[list[str], Floats, Floats]:
    """Marks of rows, and whether each is lettering; rows half on words are left out."""
    known = tuple(sorted(set(faces()) - HELD_OUT))
    table, wanted = [], []
    for index in FIT:
        for row in strongest(bare(index)):
            table.append(marks_of(row, HELD_OUT))
            wanted.append(0.0)
        words = lettered(index, known)
        for row in strongest(words.pixels):
            share = _on_ink(row, words)
            if share > 0.75 or share < 0.1:
                table.append(marks_of(row, HELD_OUT))
                wanted.append(float(share > 0.75))
    return list(table[0]), np.array([list(marks.values()) for marks in table]), np.array(wanted)


def _on_ink(row: Row, words: Lettered) -> float:
    """The share of a row's runs that begin on ink."""
    runs, scale = row.parts.runs, SIDE / SEARCHED
    at = np.concatenate([np.arange(row.parts.first[part], row.parts.first[part + 1]) for part in row.index])
    down = (runs.row[at] * scale).astype(int)
    across = ((runs.start[at] + runs.stop[at]) / 2 * scale).astype(int)
    return float(words.ink[down, across].mean())


if __name__ == "__main__":
    main()
