"""Textures: what each bar of a recording sounds like, as points whose distances count alike in any song."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.analysis.chroma import CHROMA_RATE
from noktvrn.sound.analysis.onsets import ONSET_RATE, Onsets

Figures = NDArray[np.float64]

LOUDNESS_RATE = 10
"""Values of the loudness per second."""

_BAR_S, _FEWEST = 2.0, 4
_FLOOR_LUFS, _FADED_LU = -70.0, 12.0


@dataclass(frozen=True)
class Material:
    """What sections are read from: onset curves, pitch classes (frames, 12), and the K-weighted loudness in
    LUFS of each 100 ms."""

    onsets: Onsets
    chroma: Figures
    momentary: Figures


@dataclass(frozen=True)
class Aspect:
    """How much one side of the sound counts: its `weight`, and the spread (in its own unit) below which its
    differences are hardly heard."""

    weight: float
    just_heard: float


COLOUR = Aspect(0.36, 0.15)
"""Levels of the mel-like bands, in nepers."""

ATTACKS = Aspect(1.25, 0.002)
"""What rises in each band a hundredth of a second, in nepers: who plays, and how densely."""

PITCHES = Aspect(0.55, 0.03)
"""Shares of the pitch classes."""

STROKES = Aspect(0.35, 0.1)
"""Kick and snare against their mean over the song."""

LOUDNESS = Aspect(1.0, 1.0)
"""In LU."""


def bar_lines(downbeats: Figures, duration_s: float) -> Figures:
    """Bar lines in seconds from the first bar that fits to the end of the last, also before the first
    downbeat and after the last one; even two-second steps where there are too few."""
    if downbeats.size < _FEWEST:
        return np.asarray(np.arange(max(2, int(duration_s / _BAR_S) + 1)) * min(_BAR_S, duration_s))
    bar = float(np.median(np.diff(downbeats)))
    before = np.arange(int(downbeats[0] / bar), 0, -1)
    after = np.arange(1, int((duration_s - downbeats[-1]) / bar + 0.5) + 1)
    lines = (downbeats[0] - before * bar, downbeats, np.minimum(downbeats[-1] + after * bar, duration_s))
    return np.concatenate(lines)


def textures(heard: Material, lines: Figures) -> Figures:
    """One row a bar between `lines`: (bars, features). Bars at the end that have faded out are left away."""
    bands = heard.onsets.bands
    loud = _means(np.maximum(heard.momentary, _FLOOR_LUFS)[:, None], lines * LOUDNESS_RATE)
    rises = np.maximum(np.diff(bands, axis=0, prepend=bands[:1]), 0)
    shares = heard.chroma / np.maximum(heard.chroma.sum(axis=1, keepdims=True), 1e-9)
    strokes = np.stack([heard.onsets.kick, heard.onsets.snare], axis=1)
    parts = (
        (COLOUR, _means(bands, lines * ONSET_RATE)),
        (ATTACKS, _means(rises, lines * ONSET_RATE)),
        (PITCHES, _means(shares, lines * CHROMA_RATE)),
        (STROKES, np.sqrt(_means(strokes, lines * ONSET_RATE))),
        (LOUDNESS, loud),
    )
    kept = _unfaded(loud[:, 0])
    return np.concatenate([_scaled(rows[:kept], aspect) for aspect, rows in parts], axis=1)


def _unfaded(levels: Figures) -> int:
    """How many bars there are up to the last that is not far below the song."""
    there = np.flatnonzero(levels >= np.median(levels) - _FADED_LU)
    return max(int(there[-1]) + 1, min(_FEWEST, levels.size))


def _means(frames: NDArray[np.floating], at: Figures) -> Figures:
    """The mean row between consecutive places: (places - 1, columns)."""
    sums = np.concatenate((np.zeros((1, frames.shape[1])), np.cumsum(frames, axis=0, dtype=np.float64)))
    place = np.clip(np.rint(at).astype(np.intp), 0, frames.shape[0])
    return np.asarray((sums[place[1:]] - sums[place[:-1]]) / np.maximum(np.diff(place), 1)[:, None])


def _scaled(rows: Figures, aspect: Aspect) -> Figures:
    """Around their mean, with a total variance of the weight squared, or less where nothing much is heard."""
    around = rows - rows.mean(axis=0)
    variance = float((around**2).sum(axis=1).mean())
    return np.asarray(around * (aspect.weight / np.sqrt(variance + aspect.just_heard**2)))
