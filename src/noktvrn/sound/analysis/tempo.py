"""Tempo: the beats a minute people would tap, and the other ways to count.

The onset curve is laid over itself at the beats and bars of every tempo from 40 to 240. The best few, and
their halves, doubles, thirds and three-against-twos, are then looked at closely: how a beat is filled,
where kick and snare fall in four of them, how busy the music is. A weighted sum of these makes a share for
each, as in a vote.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.model.analysis import TempoHeard, TempoReading
from noktvrn.sound.analysis.onsets import ONSET_RATE, Onsets, strikes_per_second

Figures = NDArray[np.float64]
Lags = tuple[tuple[float, float], ...]

SLOWEST, FASTEST = 40.0, 240.0
SHORTEST_S = 8.0
"""Less than this is no tempo yet."""

_TEMPI = np.geomspace(SLOWEST, FASTEST, 1400)
_BY_TWO: Lags = ((0.5, 0.4), (1, 1.0), (2, 1.0), (3, 0.3), (4, 1.2), (6, 0.3), (8, 1.0), (16, 0.7))
_BY_THREE: Lags = ((1 / 3, 0.2), (1, 1.0), (2, 0.8), (3, 1.3), (6, 1.2), (12, 0.8))
_KIN = (1.0, 2.0, 0.5, 1.5, 2 / 3, 3.0, 1 / 3, 4 / 3, 0.75)
_PEAKS, _APART = 6, 0.02
_FAINT, _CLEAR = 0.04, 0.3
_NOTABLE = 0.02
_PARTS = 96

# Fitted by multinomial logistic regression on rendered and synthetic songs in thirteen rhythms; `python -m
# bench.analysis` shows what they come to on songs they were not fitted on.
_WEIGHTS = {
    "recurrence": 16.0,
    "recurrence_by_any": 17.5,
    "busyness": 3.3,
    "haste": 11.0,
    "beat_over_half": 0.4,
    "kick_on_beat": 0.15,
    "snare_every_fourth": -7.4,
    "three_over_four": -1.6,
}
_STROKES_TO_BPM, _STROKES_BEND, _FEWEST_STROKES = 50.0, 0.8, 0.7
_HASTY = 170.0


@dataclass(frozen=True)
class Recurrences:
    """How alike curves are to themselves later: autocorrelations over lags in frames, 1 at lag 0."""

    full: Figures
    kick: Figures
    snare: Figures


def tempo(heard: Onsets) -> TempoHeard | None:
    """The tempo of the onset curves; None for less than `SHORTEST_S` or where nothing recurs."""
    if heard.full.size < SHORTEST_S * ONSET_RATE or float(heard.full.std()) < 1e-6:
        return None
    recurring = Recurrences(*(recurrence(c) for c in (heard.full, heard.kick, heard.snare)))
    tempi = np.array([_refined(recurring.full, bpm) for bpm in _candidates(recurring.full)])
    pulse = np.maximum(_comb(recurring.full, tempi, _BY_TWO), _comb(recurring.full, tempi, _BY_THREE))
    shares = _vote(heard, recurring, tempi)
    best = int(np.argmax(shares))
    if pulse[best] < _FAINT:
        return None
    others = [i for i in np.argsort(-shares) if i != best and shares[i] >= _NOTABLE]
    return TempoHeard(
        bpm=round(float(tempi[best]), 2),
        confidence=round(float(shares[best] * min(1.0, pulse[best] / _CLEAR)), 3),
        pulse=round(float(np.clip(pulse[best], 0, 1)), 3),
        alternatives=tuple(
            TempoReading(bpm=round(float(tempi[i]), 2), share=round(float(shares[i]), 3)) for i in others[:3]
        ),
    )


def recurrence(curve: Figures) -> Figures:
    """Autocorrelation of a curve around its mean over three quarters of its length, 1 at lag 0."""
    around = curve - curve.mean()
    size = fft.next_fast_len(2 * curve.size)
    raw = fft.irfft(np.abs(fft.rfft(around, size)) ** 2)[: curve.size * 3 // 4]
    return np.asarray(raw / max(float(raw[0]), 1e-12))


def _at(recurring: Figures, frames: Figures | float) -> Figures:
    return np.asarray(np.interp(frames, np.arange(recurring.size), recurring, right=0.0))


def _comb(recurring: Figures, tempi: Figures, lags: Lags) -> Figures:
    beat = 60.0 * ONSET_RATE / tempi
    total = sum(weight * _at(recurring, beat * k) for k, weight in lags)
    return np.asarray(total / sum(weight for _, weight in lags))


def _candidates(recurring: Figures) -> list[float]:
    """The tempi at the highest peaks of the combs, and their kin."""
    scores = np.maximum(_comb(recurring, _TEMPI, _BY_TWO), _comb(recurring, _TEMPI, _BY_THREE))
    peaks = 1 + np.flatnonzero((scores[1:-1] > scores[:-2]) & (scores[1:-1] >= scores[2:]))
    highest = peaks[np.argsort(-scores[peaks])][:_PEAKS]
    found: list[float] = []
    for bpm in np.outer(_TEMPI[highest], _KIN).ravel():
        if SLOWEST <= bpm <= FASTEST and all(abs(bpm / known - 1) >= _APART for known in found):
            found.append(float(bpm))
    return found or [float(_TEMPI[np.argmax(scores)])]


def _refined(recurring: Figures, bpm: float) -> float:
    """The tempo within 1.5 % whose fourth, eighth ... sixty-fourth beats recur most."""
    fine = bpm * np.linspace(0.985, 1.015, 241)
    beat = 60.0 * ONSET_RATE / fine
    fourths = np.arange(4, min(64, int(recurring.size / beat.max())) + 1, 4)
    if fourths.size == 0:
        return bpm
    return float(fine[np.argmax(_at(recurring, np.outer(fourths, beat)).sum(axis=0))])


def _vote(heard: Onsets, recurring: Recurrences, tempi: Figures) -> Figures:
    """The share of each tempo."""
    strokes = max(_FEWEST_STROKES, strikes_per_second(heard.full))
    scores = np.array([_score(heard, recurring, float(bpm), strokes) for bpm in tempi])
    shares = np.exp(scores - scores.max())
    return np.asarray(shares / shares.sum())


def _score(heard: Onsets, recurring: Recurrences, bpm: float, strokes: float) -> float:
    lags = 60.0 * ONSET_RATE / bpm * np.array([3.0, 4.0])
    of_three, of_four = np.maximum(_at(recurring.snare, lags), _at(recurring.kick, lags))
    by_two = float(_comb(recurring.full, np.array([bpm]), _BY_TWO)[0])
    by_three = float(_comb(recurring.full, np.array([bpm]), _BY_THREE)[0])
    seen = _bar_of_four(heard, bpm) | {
        "recurrence": by_two,
        "recurrence_by_any": max(by_two, by_three),
        "busyness": -(np.log2(bpm / (_STROKES_TO_BPM * strokes**_STROKES_BEND)) ** 2),
        "haste": -max(0.0, np.log2(bpm / _HASTY)),
        "three_over_four": float(of_three - of_four),
    }
    return float(sum(weight * seen[name] for name, weight in _WEIGHTS.items()))


def _bar_of_four(heard: Onsets, bpm: float) -> dict[str, float]:
    """How four beats of this tempo are filled, averaged over the song."""
    beat = 60.0 * ONSET_RATE / bpm
    start = beat_phase(heard, beat)
    level = heard.full / max(float(heard.full.std()), 1e-9)
    full, kick, snare = (
        _peaks(fold(curve, 4 * beat, start, _PARTS)) for curve in (level, heard.kick, heard.snare)
    )
    on, off = np.arange(4) * _PARTS // 4, np.arange(4) * _PARTS // 4 + _PARTS // 8
    first, second, third, fourth = snare[on]
    return {
        "beat_over_half": float(full[on].mean() - full[off].mean()),
        "kick_on_beat": float(kick[on].mean()),
        "snare_every_fourth": float((abs(first - third) + abs(second - fourth)) / _whole(snare, on, off)),
    }


def _whole(curve: Figures, on: NDArray[np.intp], off: NDArray[np.intp]) -> float:
    return max(float(curve[on].sum() + curve[off].sum()), 1e-9)


def _peaks(folded: Figures) -> Figures:
    """The highest of each part and its two neighbours: strokes are never quite on the grid."""
    return np.asarray(np.maximum(folded, np.maximum(np.roll(folded, 1), np.roll(folded, -1))))


def beat_phase(heard: Onsets, beat: float) -> float:
    """Where in a beat of `beat` frames the strokes gather, in frames from the first."""
    parts = _PARTS // 2
    folded = fold(accents(heard), beat, 0.0, parts)
    smooth = (np.roll(folded, 1) + 2 * folded + np.roll(folded, -1)) / 4
    return float(np.argmax(smooth)) / parts * beat


def accents(heard: Onsets) -> Figures:
    """What a foot follows: all onsets, and kicks once more; (frames,), mean 0."""
    kick = heard.kick - heard.kick.mean()
    spread = max(float(heard.full.std()), 1e-9), max(float(kick.std()), 1e-9)
    return np.asarray(heard.full / spread[0] + kick / spread[1])


def fold(curve: Figures, period: float, start: float, parts: int) -> Figures:
    """The mean of a curve over all periods of `period` frames from `start`, at `parts` even places."""
    turns = max(1, int((curve.size - start - 1) / period))
    at = start + (np.arange(turns)[:, None] + np.arange(parts) / parts) * period
    return np.asarray(np.interp(at, np.arange(curve.size), curve).mean(axis=0))
