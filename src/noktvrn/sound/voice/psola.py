"""Speech on a tune: time-domain pitch-synchronous overlap-add.

Moulines & Charpentier, Pitch-synchronous waveform processing techniques, Speech Communication 9 (1990).
Grains of two periods are taken at the pitch marks of the speech and laid down a period of the tune apart;
where there is no voice, short grains are laid down as they lay, which is a copy.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.score import RATE
from noktvrn.sound.voice.speech import Spoken

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]

_PLAIN = 240
"""Half a grain, in samples, where there is no voice."""

_GRID = 32
"""Samples between two points of the plan of a word."""


def sung(word: Spoken, course: tuple[Floats, Floats], pitch: tuple[Floats, Floats], seed: int) -> Samples:
    """The word sung. The first sample is that of `course`'s first moment.

    `course` are moments of the song and the seconds of the word heard then (both rising); `pitch` moments of
    the song and MIDI pitch.
    """
    samples = int((course[0][-1] - course[0][0]) * RATE) + 1
    out = np.zeros(samples, np.float32)
    plan = _plan(word, course, pitch, samples, np.random.Generator(np.random.PCG64(seed)))
    at = 0.0
    while at < samples:
        place, mark, spacing = plan[int(at) // _GRID]
        if mark < 0:
            _lay(out, at, word.samples, place + at % _GRID, _PLAIN, 1.0)
            at += _PLAIN
            continue
        half = round(min(float(word.periods[mark]), 1.6 * spacing))
        _lay(out, at, word.samples, float(word.marks[mark]), half, min(1.5, (spacing / half) ** 0.5))
        at += spacing
    return out


def _plan(
    word: Spoken,
    course: tuple[Floats, Floats],
    pitch: tuple[Floats, Floats],
    samples: int,
    rng: np.random.Generator,
) -> list[tuple[float, int, float]]:
    """For every 32nd sample: which sample of the word is heard, the pitch mark nearest to it (-1: none lies
    within a period), and the spacing of the grains."""
    moments = course[0][0] + np.arange(0, samples + _GRID, _GRID) / RATE
    places = np.interp(moments, *course) * RATE
    spacing = RATE / (440.0 * 2.0 ** ((np.interp(moments, *pitch) - 69.0) / 12.0))
    if word.marks.size == 0:
        return [(place, -1, 1.0) for place in places.tolist()]
    after = np.clip(np.searchsorted(word.marks, places), 1, max(1, word.marks.size - 1))
    after = np.minimum(after, word.marks.size - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.abs(word.marks[before] - places) < np.abs(word.marks[after] - places)
    near = np.where(nearer, before, after)
    voiced = np.abs(word.marks[near] - places) <= 1.1 * word.periods[near]
    marks = np.where(voiced, _varied(word, near, places, rng), -1)
    return list(zip(places.tolist(), marks.tolist(), spacing.tolist(), strict=True))


def _varied(
    word: Spoken, near: NDArray[np.intp], places: Floats, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Neighbours of the marks where the speech is stretched: one grain again and again would buzz."""
    slow = np.gradient(places) < _GRID / 1.5 if places.size > 1 else np.zeros(1, bool)
    other = np.clip(near + rng.integers(-1, 2, near.size), 0, word.marks.size - 1)
    joined = np.abs(word.marks[other] - word.marks[near]) < 1.5 * word.periods[near]
    return np.where(slow & joined, other, near)


@lru_cache(maxsize=2048)
def _window(half: int) -> Samples:
    """A raised cosine over 2 * half samples; laid half apart they sum to 1."""
    turn = (np.arange(2 * half, dtype=np.float32) + 0.5) / (2 * half)
    return np.asarray(0.5 - 0.5 * np.cos(2.0 * np.pi * turn), np.float32)


def _lay(out: Samples, at: float, source: Samples, centre: float, half: int, gain: float) -> None:
    """Adds the grain of `source` around `centre` to `out` around `at`, in samples and parts of them."""
    target = int(np.floor(at)) - half
    # The grain is read where it lies behind the whole samples of both ends, between two samples.
    place = centre - half - (at - np.floor(at))
    whole = int(np.floor(place))
    share = np.float32(place - whole)
    low, high = max(0, -target, -whole), min(2 * half, out.size - target, source.size - 1 - whole)
    if high <= low:
        return
    grain = (
        source[whole + low : whole + high] * (1.0 - share)
        + source[whole + low + 1 : whole + high + 1] * share
    )
    grain *= _window(half)[low:high]
    grain *= np.float32(gain)
    out[target + low : target + high] += grain
