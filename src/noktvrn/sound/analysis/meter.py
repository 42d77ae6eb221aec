"""Meter: how many beats make a bar, and which of them is the first.

Everything is read at the half beats, so that 7/8 can be found among beats of a quarter: strokes, kicks,
snares, changes of chord and of colour. Bars of a length recur at that length, its double and its triple; bars
begin where kick, chord and colour change together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noktvrn.model.analysis import MeterHeard
from noktvrn.sound.analysis.beats import PARTS, Beats, in_beats
from noktvrn.sound.analysis.chroma import CHROMA_RATE
from noktvrn.sound.analysis.onsets import ONSET_RATE, Onsets

Figures = NDArray[np.float64]

_SIGNATURES = {6: (3, 4), 7: (7, 8), 8: (4, 4), 10: (5, 4)}
"""Half beats in a bar, and how that is written."""

_COMPOUND = {4: (6, 8), 6: (9, 8), 8: (12, 8)}
"""The same where each beat is filled with three."""

_COMMON = 8
_RARER = 1.3
"""A rarer meter has to recur this much better than four beats do: music in four repeats in twos as well."""

_LAGS = ((1, 0.4), (2, 0.4), (3, 0.2))
_OUTSTANDING = (-3.0, 4.0)
_FEWEST_BEATS = 16
_ONE_OF_TWO, _JIG_BPM = 0.9, 95.0

# Fitted as the weights of the tempo are: strokes, kicks, snares, chords, colour.
_FIRST_BEAT = np.array([0.8, 2.3, -0.8, 5.2, 2.8])


@dataclass(frozen=True)
class Bars:
    """The bars of a recording: the meter, and felt beats and downbeats in seconds."""

    meter: MeterHeard
    beats: Figures
    downbeats: Figures


def bars(heard: Onsets, chroma: Figures, found: Beats) -> Bars | None:
    """The bars over `found` beats; `chroma` (frames, 12) tells the chords. None below sixteen beats."""
    if found.seconds.size < _FEWEST_BEATS:
        return None
    chain = found.seconds * ONSET_RATE
    halves = np.interp(np.arange(2 * chain.size - 1) / 2, np.arange(chain.size), chain)
    seen = _seen(heard, chroma, halves)
    length, lead = _length(seen)
    signature, felt = _SIGNATURES[length], length / 2
    if length in _COMPOUND and _in_triplets(heard.full, chain):
        quick = 60 * ONSET_RATE / float(np.median(np.diff(chain))) >= _JIG_BPM
        length = _COMMON // 2 if length == _COMMON and (quick or _halves_alike(seen)) else length
        signature, felt = _COMPOUND[length], length / 2
    step = round(2 * felt)
    first, sure = _first(seen, step)
    seconds = halves / ONSET_RATE
    meter = MeterHeard(signature=signature, beats_per_bar=felt, confidence=round(lead * sure, 3))
    return Bars(meter, _felt(seconds, first, step), seconds[first::step])


def _seen(heard: Onsets, chroma: Figures, halves: Figures) -> Figures:
    """What happens at each half beat but the last, each column around its mean: (n, 5)."""
    columns = [_strokes(curve, halves)[:-1] for curve in (heard.full, heard.kick, heard.snare)]
    columns += [_chord_changes(chroma, halves), _colour_changes(heard.bands, halves)]
    return np.stack([_standing_out(column) for column in columns], axis=1)


def _standing_out(column: Figures) -> Figures:
    return np.asarray(np.clip((column - column.mean()) / max(float(column.std()), 1e-9), *_OUTSTANDING))


def _strokes(curve: Figures, at: Figures) -> Figures:
    """The highest of a curve within the few hundredths around each place."""
    frames = np.arange(curve.size)
    return np.asarray(np.max([np.interp(at + near, frames, curve) for near in (-1, 0, 1, 2)], axis=0))


def _chord_changes(chroma: Figures, halves: Figures) -> Figures:
    """How much the beat that begins at each half beat sounds other pitches than the beat before: (n - 1,)."""
    at, width = halves[:-1] * CHROMA_RATE / ONSET_RATE, np.diff(halves) * CHROMA_RATE / ONSET_RATE
    inside = at[:, None] + 2 * width[:, None] * np.array([0.3, 0.5, 0.7])
    shape = chroma / np.maximum(chroma.sum(axis=1, keepdims=True), 1e-9)
    frames = np.arange(shape.shape[0])
    held = np.stack([np.interp(inside, frames, shape[:, k]).mean(axis=1) for k in range(12)], axis=1)
    held /= np.linalg.norm(held, axis=1, keepdims=True) + 1e-9
    return np.concatenate(([0.0, 0.0], 1 - (held[2:] * held[:-2]).sum(axis=1)))


def _colour_changes(bands: NDArray[np.float32], halves: Figures) -> Figures:
    """How much the band levels of the beat from each half beat differ from the beat before: (n - 1,)."""
    sums = np.concatenate((np.zeros((1, bands.shape[1])), np.cumsum(bands, axis=0, dtype=np.float64)))
    at = np.clip(np.rint(halves).astype(np.intp), 0, bands.shape[0])
    spans = np.maximum(at[2:] - at[:-2], 1)
    means = (sums[at[2:]] - sums[at[:-2]]) / spans[:, None]
    changes = np.abs(means[2:] - means[:-2]).sum(axis=1)
    return np.concatenate(([0.0, 0.0], changes, [0.0]))


def _length(seen: Figures) -> tuple[int, float]:
    """The half beats of a bar, and how far it leads: 0.5 (a toss) to 1."""
    scores = {length: _recurs(seen, length) for length in _SIGNATURES}
    common = _RARER * max(scores.pop(_COMMON), 0.0) + 0.01
    rarer = max(scores, key=lambda length: scores[length])
    best, other = max(common, scores[rarer]), max(0.0, min(common, scores[rarer]))
    return (_COMMON if common >= scores[rarer] else rarer), best / (best + other)


def _recurs(seen: Figures, length: int) -> float:
    return sum(weight * _alike(seen, turns * length) for turns, weight in _LAGS)


def _alike(seen: Figures, lag: int) -> float:
    return float((seen[:-lag] * seen[lag:]).mean()) if seen.shape[0] > lag + 4 else 0.0


def _in_triplets(full: Figures, chain: Figures) -> bool:
    """Whether both thirds of the beat are played, and halves are not. Swing plays the second third alone."""
    read = in_beats(full, chain).mean(axis=0)
    third, two_thirds, quarter, half, last = (
        float(max(read[round(place * PARTS) + near] for near in (-1, 0, 1)))
        for place in (1 / 3, 2 / 3, 1 / 4, 1 / 2, 3 / 4)
    )
    ground = max(0.05 * max(two_thirds, 0.0), quarter + 0.15)
    return third > ground and two_thirds > max(half, last) + 0.3


def _halves_alike(seen: Figures) -> bool:
    """Whether a bar of four might as well be two bars of two: both halves begin alike."""
    first, _ = _first(seen, _COMMON)
    one, other = (float((seen[(first + turn) % _COMMON :: _COMMON] @ _FIRST_BEAT).mean()) for turn in (0, 4))
    return float(1 / (1 + np.exp(other - one))) < _ONE_OF_TWO


def _first(seen: Figures, step: int) -> tuple[int, float]:
    """The half beat at which the first whole bar begins, and the share it has among all."""
    # Bars of whole beats begin on a beat, bars of seven eighths anywhere.
    places = np.arange(0, step, 1 if step % 2 else 2)
    scores = np.array([float((seen[place::step] @ _FIRST_BEAT).mean()) for place in places])
    shares = np.exp(scores - scores.max())
    best = int(np.argmax(shares))
    return int(places[best]), float(shares[best] / shares.sum())


def _felt(seconds: Figures, first: int, step: int) -> Figures:
    """The beats in half beats `seconds`: every second one; in odd bars counted from each downbeat, the last
    one a half longer."""
    inside = (np.arange(seconds.size) - first) % step
    return np.asarray(seconds[(inside % 2 == 0) & (inside < step - step % 2)])
