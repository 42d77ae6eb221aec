"""Sections: where a song turns into something else, and which of its parts are alike.

Every bar is a point: its colour, its attacks, its pitch classes, its strokes and its loudness. The cheapest
way to cut the bars into runs is found by dynamic programming: a run pays for what differs inside it and a fee
for being a run. Runs of four, eight, twelve ... bars pay less, as music is written so; the first and the last
one may be of any length, as a recording begins before its first bar and rings on after its last. Runs whose
means lie near each other, joined nearest first, get one letter.

Optimal partition: B. Jackson et al., "An algorithm for optimal partitioning of data on an interval" (IEEE
Signal Processing Letters 12, 2005).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from noktvrn.model.sound import SectionSpan
from noktvrn.sound.analysis.textures import LOUDNESS_RATE, Material, bar_lines, textures

Figures = NDArray[np.float64]

_FEE, _ODD_FEE, _HALF_FEE, _SHORT_FEE, _END_FEE = 3.8, 3.6, 3.0, 10.0, 2.5
_LAST = 0.55
"""What the last bar of a run pays for being unlike the others: a fill or a riser belongs to what it ends."""

_PHRASE = 4
_SHORTEST, _LONGEST = 2, 64
_ALIKE = 0.8
_FLOOR_DB, _SPAN_DB = -70.0, 24.0
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def sections(heard: Material, downbeats: Figures, duration_s: float) -> tuple[SectionSpan, ...]:
    """The sections of a recording from its first to its last moment, in order, boundaries on bar lines; on
    even two-second steps where there are none. One section where nothing changes."""
    lines = bar_lines(downbeats, duration_s)
    bars = textures(heard, lines)
    cuts = _cheapest(bars) if len(bars) >= 2 * _SHORTEST else [0, len(bars)]
    cuts, letters = _joined(cuts, _letters(bars, cuts))
    times = [0.0, *(float(lines[cut]) for cut in cuts[1:-1]), duration_s]
    levels = [_level(heard.momentary, start, end) for start, end in pairwise(times)]
    top = max(levels)
    return tuple(
        SectionSpan(
            label=letter,
            start_s=round(start, 3),
            end_s=round(end, 3),
            energy=round(float(np.clip(1 + (level - top) / _SPAN_DB, 0, 1)), 3),
        )
        for letter, start, end, level in zip(letters, times[:-1], times[1:], levels, strict=True)
    )


def _cheapest(bars: Figures) -> list[int]:
    """The bars at which runs begin, and the number of bars at the end."""
    count = len(bars)
    sums = np.concatenate((np.zeros((1, bars.shape[1])), np.cumsum(bars, axis=0)))
    squares = np.concatenate(([0.0], np.cumsum((bars**2).sum(axis=1))))
    total, back = np.full(count + 1, np.inf), np.zeros(count + 1, dtype=np.intp)
    total[0] = 0.0
    for end in range(_SHORTEST, count + 1):
        starts = np.arange(max(0, end - _LONGEST), end - _SHORTEST + 1)
        means = (sums[end - 1] - sums[starts]) / (end - 1 - starts)[:, None]
        body = squares[end - 1] - squares[starts] - (end - 1 - starts) * (means**2).sum(axis=1)
        last = ((bars[end - 1] - means) ** 2).sum(axis=1)
        costs = total[starts] + body + _LAST * last + _fees(starts, end, count)
        best = int(np.argmin(costs))
        total[end], back[end] = costs[best], starts[best]
    cuts = [count]
    while cuts[-1] > 0:
        cuts.append(int(back[cuts[-1]]))
    return cuts[::-1]


def _fees(starts: NDArray[np.intp], end: int, count: int) -> Figures:
    """What runs from `starts` to `end` pay for being runs, in a song of `count` bars."""
    lengths = end - starts
    uneven = np.where(lengths % 2 == 0, _HALF_FEE, _ODD_FEE)
    inner = _FEE + np.where(lengths % _PHRASE == 0, 0.0, uneven) + _SHORT_FEE * (lengths < _PHRASE)
    outer = _END_FEE + _SHORT_FEE * (lengths <= _SHORTEST)
    return np.asarray(np.where((starts == 0) | (end == count), outer, inner))


def _letters(bars: Figures, cuts: list[int]) -> list[str]:
    """A letter a run, the same for runs that are alike, in order of appearance."""
    runs = [[number] for number in range(len(cuts) - 1)]
    means = np.stack([bars[start:end].mean(axis=0) for start, end in pairwise(cuts)])
    lengths = np.diff(cuts).astype(np.float64)
    while len(runs) > 1:
        apart = ((means[:, None] - means[None]) ** 2).sum(axis=2)
        apart[np.tril_indices(len(runs))] = np.inf
        one, other = np.unravel_index(int(np.argmin(apart)), apart.shape)
        if apart[one, other] > _ALIKE and len(runs) <= len(_LETTERS):
            break
        pair = [int(one), int(other)]
        means[one], lengths[one] = np.average(means[pair], axis=0, weights=lengths[pair]), lengths[pair].sum()
        means, lengths = np.delete(means, other, axis=0), np.delete(lengths, other)
        runs[pair[0]] = runs[pair[0]] + runs.pop(pair[1])
    named = {
        number: letter for letter, run in zip(_LETTERS, sorted(runs, key=min), strict=False) for number in run
    }
    return [named[number] for number in range(len(cuts) - 1)]


def _joined(cuts: list[int], letters: list[str]) -> tuple[list[int], list[str]]:
    """Neighbours of one letter as one run."""
    kept = [place for place, letter in enumerate(letters) if place == 0 or letter != letters[place - 1]]
    return [*(cuts[place] for place in kept), cuts[-1]], [letters[place] for place in kept]


def _level(momentary: Figures, start_s: float, end_s: float) -> float:
    """Mean loudness between two moments, in LUFS."""
    piece = momentary[
        int(start_s * LOUDNESS_RATE) : max(int(start_s * LOUDNESS_RATE) + 1, int(end_s * LOUDNESS_RATE))
    ]
    return float(10 * np.log10(np.mean(10 ** (piece / 10)))) if piece.size else _FLOOR_DB
