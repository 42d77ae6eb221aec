"""Lettering in outside pictures: how much is caught, how often it is wrong, what a look costs.

`python -m bench.lettering` measures on pictures nothing was fitted on, in the bundled faces and in the
machine's own, of which the detector knows nothing. Words in a bundled face are looked for twice: with its
letters known, and without them. Every ground is looked at without words as well. `python -m bench.lettering
--fit` prints weights fitted anew (bench/lettering_fit.py). Both take a few minutes on two processors.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TypeVar

import numpy as np

from bench.lettering_fit import example, fit, sleeve
from bench.lettering_pictures import GROUNDS, Lettered, bare, bundled, dealt, foreign, lettered
from noktvrn.picture.lettering import SURE, odds_of, score_of, strongest

FIT = range(480)
SLEEVES = range(7000, 7072)
MEASURE = range(5000, 5165)
FEWEST_CAUGHT, MOST_ALARMS = 0.85, 0.03
T = TypeVar("T")


def main() -> None:
    """Measures, or fits."""
    if "--fit" in sys.argv:
        fit([*_all(example, FIT), *_all(sleeve, SLEEVES)])
    else:
        _measure(_all(_look, MEASURE))


def _all(work: Callable[[int], T], indices: range) -> list[T]:
    """One process for each processor: a picture takes about a second."""
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        return pool.map(work, indices, chunksize=8)


@dataclass(frozen=True)
class _Look:
    """What came of one ground: the log odds without words, with words in a face that is known, and with the
    same where it is not; seconds of the processor for a look."""

    index: int
    words: Lettered
    bare: float
    known: float | None
    unknown: float
    cpu_s: float


def _look(index: int) -> _Look:
    name, face = dealt(index, bundled() | foreign())
    words, ground = lettered(index, face), bare(index)
    start = time.process_time()
    rows = strongest(words.pixels)
    unknown = odds_of([(score_of(row, frozenset({name})), row.box) for row in rows])
    cpu_s = time.process_time() - start
    own = name in bundled()
    known = odds_of([(score_of(row), row.box) for row in rows]) if own else None
    clean = odds_of([(score_of(row), row.box) for row in strongest(ground)])
    return _Look(index, _told(words), clean, known, unknown, cpu_s)


def _told(words: Lettered) -> Lettered:
    """Without its pixels, which no other process needs."""
    empty = np.zeros((0, 0), np.uint8)
    return Lettered(
        empty, empty.astype(bool), words.size, words.angle, words.low, words.aslant, words.blurred
    )


def _measure(looks: list[_Look]) -> None:
    alarms = [look for look in looks if look.bare >= SURE]
    print(f"caught        {_share(looks):6.1%} of {len(looks)}, no face known (at least {FEWEST_CAUGHT:.0%})")
    print(f"false alarms  {len(alarms) / len(looks):6.1%} of {len(looks)} (at most {MOST_ALARMS:.0%})")
    known = [look for look in looks if look.known is not None]
    hits = [look.known is not None and look.known >= SURE for look in known]
    print(f"  {'bundled faces, known':<28} {np.mean(hits):6.1%} of {len(known)}")
    for name, chosen in _kinds(looks):
        print(f"  {name:<28} {_share(chosen):6.1%} of {len(chosen)}")
    for ground in sorted({_ground(look) for look in alarms}):
        print(f"  false alarms on {ground:<12} {sum(_ground(look) == ground for look in alarms)}")
    print(f"CPU s a picture {np.median([look.cpu_s for look in looks]):.2f}")


def _share(looks: list[_Look]) -> float:
    return float(np.mean([look.unknown >= SURE for look in looks])) if looks else 0.0


def _ground(look: _Look) -> str:
    return GROUNDS[look.index % len(GROUNDS)].__name__


def _kinds(looks: list[_Look]) -> Iterator[tuple[str, list[_Look]]]:
    yield "bundled faces, left out", [look for look in looks if look.known is not None]
    yield "faces of the machine", [look for look in looks if look.known is None]
    yield "low contrast", [look for look in looks if look.words.low]
    yield "seen aslant", [look for look in looks if look.words.aslant]
    yield "turned", [look for look in looks if look.words.angle]
    yield "blurred", [look for look in looks if look.words.blurred]
    yield "3 to 5 % of the height", [look for look in looks if look.words.size < 0.05]
    yield "5 to 10 %", [look for look in looks if 0.05 <= look.words.size < 0.10]
    yield "10 to 20 %", [look for look in looks if look.words.size >= 0.10]


if __name__ == "__main__":
    main()
