"""Sections: where a song turns into something else, and which of its parts are alike.

Every bar is a point: its colour (levels of mel-like bands), its pitch classes, its strokes and its
loudness. The cheapest way to cut the bars into runs, each paying for what differs inside it and a fee for
being a run, is found by dynamic programming; runs of an even number of bars pay less, as music is written
so. Runs whose bars lie near each other get one letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from noktvrn.model.sound import SectionSpan
from noktvrn.sound.analysis.chroma import CHROMA_RATE
from noktvrn.sound.analysis.onsets import ONSET_RATE, Onsets

Figures = NDArray[np.float64]

_COLOUR, _PITCH, _STROKES, _LOUD = 1.0, 0.35, 0.75, 0.8
_FEE, _ODD_FEE, _HALF_FEE = 2.6, 0.9, 0.25
_PHRASE = 2
_SHORTEST, _LONGEST = 2, 64
_ALIKE = 0.8
_BAR_S = 2.0
_FLOOR_DB, _SPAN_DB = -70.0, 24.0
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Material:
    """What sections are read from: onset curves, pitch classes (frames, 12), and the K-weighted loudness in
    LUFS of each 100 ms."""

    onsets: Onsets
    chroma: Figures
    momentary: Figures


def sections(heard: Material, downbeats: Figures, duration_s: float) -> tuple[SectionSpan, ...]:
    """The sections of a recording from its first to its last moment, in order, boundaries on downbeats; on
    even two-second steps where there are none. One section where nothing changes."""
    edges = _edges(downbeats, duration_s)
    bars = _bars(heard, edges)
    cuts = _cheapest(bars) if edges.size > 2 * _SHORTEST else [0, edges.size - 1]
    letters = _letters(bars, cuts)
    times = [0.0, *(float(edges[cut]) for cut in cuts[1:-1]), duration_s]
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


def _edges(downbeats: Figures, duration_s: float) -> Figures:
    """Bar lines in seconds, the last one at the end of the last bar."""
    if downbeats.size >= 2 * _SHORTEST:
        bar = float(np.median(np.diff(downbeats)))
        last = min(duration_s, float(downbeats[-1]) + bar)
        return np.append(downbeats, last) if last - downbeats[-1] > 0.5 * bar else downbeats
    return np.asarray(np.arange(max(2, int(duration_s / _BAR_S) + 1)) * min(_BAR_S, duration_s))


def _bars(heard: Material, edges: Figures) -> Figures:
    """One row of features a bar, all songs spread alike: (bars, features)."""
    shape = heard.chroma / np.maximum(heard.chroma.sum(axis=1, keepdims=True), 1e-9)
    colour = _means(heard.onsets.bands, edges * ONSET_RATE)
    strokes = np.stack([heard.onsets.kick, heard.onsets.snare], axis=1)
    loud = np.maximum(heard.momentary, _FLOOR_DB)[:, None]
    parts = (
        (colour, _COLOUR),
        (_means(shape, edges * CHROMA_RATE), _PITCH),
        (np.sqrt(_means(strokes, edges * ONSET_RATE)), _STROKES),
        (_means(loud, edges * 10), _LOUD),
    )
    return np.concatenate([weight * _spread(rows) for rows, weight in parts], axis=1)


def _means(frames: NDArray[np.floating], at: Figures) -> Figures:
    """The mean row between consecutive places: (places - 1, columns)."""
    sums = np.concatenate((np.zeros((1, frames.shape[1])), np.cumsum(frames, axis=0, dtype=np.float64)))
    place = np.clip(np.rint(at).astype(np.intp), 0, frames.shape[0])
    return np.asarray((sums[place[1:]] - sums[place[:-1]]) / np.maximum(np.diff(place), 1)[:, None])


def _spread(rows: Figures) -> Figures:
    """Around their mean, with a total variance of one."""
    around = rows - rows.mean(axis=0)
    return np.asarray(around / max(float(np.sqrt((around**2).sum(axis=1).mean())), 1e-9))


def _cheapest(bars: Figures) -> list[int]:
    """The bars at which runs begin, and the number of bars at the end."""
    count = bars.shape[0]
    sums = np.concatenate((np.zeros((1, bars.shape[1])), np.cumsum(bars, axis=0)))
    squares = np.concatenate(([0.0], np.cumsum((bars**2).sum(axis=1))))
    total, back = np.full(count + 1, np.inf), np.zeros(count + 1, dtype=np.intp)
    total[0] = 0.0
    for end in range(_SHORTEST, count + 1):
        starts = np.arange(max(0, end - _LONGEST), end - _SHORTEST + 1)
        lengths = end - starts
        inside = squares[end] - squares[starts] - ((sums[end] - sums[starts]) ** 2).sum(axis=1) / lengths
        costs = total[starts] + inside + _fees(lengths)
        best = int(np.argmin(costs))
        total[end], back[end] = costs[best], starts[best]
    cuts = [count]
    while cuts[-1] > 0:
        cuts.append(int(back[cuts[-1]]))
    return cuts[::-1]


def _fees(lengths: NDArray[np.intp]) -> Figures:
    whole = lengths % _PHRASE == 0
    twice = lengths % (2 * _PHRASE) == 0
    return np.asarray(_FEE + np.where(twice, 0.0, np.where(whole, _HALF_FEE, _ODD_FEE)))


def _letters(bars: Figures, cuts: list[int]) -> list[str]:
    """A letter a run, the same for runs that are alike, in order of appearance."""
    homes: list[tuple[Figures, int]] = []
    letters = []
    for start, end in pairwise(cuts):
        run, length = bars[start:end].mean(axis=0), end - start
        away = [float(((run - home) ** 2).sum()) for home, _ in homes]
        nearest = int(np.argmin(away)) if away else -1
        if nearest < 0 or (away[nearest] > _ALIKE and len(homes) < len(_LETTERS)):
            homes.append((run, length))
            nearest = len(homes) - 1
        else:
            home, known = homes[nearest]
            homes[nearest] = ((home * known + run * length) / (known + length), known + length)
        letters.append(_LETTERS[nearest])
    return letters


def _level(momentary: Figures, start_s: float, end_s: float) -> float:
    """Mean loudness between two moments, in LUFS."""
    piece = momentary[int(start_s * 10) : max(int(start_s * 10) + 1, int(end_s * 10))]
    return float(10 * np.log10(np.mean(10 ** (piece / 10)))) if piece.size else _FLOOR_DB
