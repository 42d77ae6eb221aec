"""What a voice is given: breath groups of syllables, each a vowel on its notes with soft consonants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

import numpy as np
from numpy.typing import NDArray

LEGATO_S = 0.12
"""Rests shorter than this are sung through."""

_PAUSE_S = 0.28

BREATH_S = 0.35
"""Rests longer than this part breath groups."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A note in seconds: MIDI pitch (it may lie between two keys) and velocity 0..1."""

    start_s: float
    end_s: float
    pitch: float
    velocity: float = 0.8


@dataclass(frozen=True, slots=True)
class Vocal:
    """A syllable: an ARPAbet vowel on one or more notes, and the consonants before and after it. After one
    that ends a line a breath is taken."""

    tones: tuple[Tone, ...]
    vowel: str
    onset: tuple[str, ...] = ()
    coda: tuple[str, ...] = ()
    ends_line: bool = False

    @property
    def start_s(self) -> float:
        """Where the vowel begins."""
        return self.tones[0].start_s

    @property
    def end_s(self) -> float:
        """Where the syllable ends."""
        return self.tones[-1].end_s


def breath_groups(syllables: Sequence[Vocal]) -> list[tuple[Vocal, ...]]:
    """Syllables between two breaths, in time. Rests that are sung through are filled, a breath is taken
    after a line, and no note runs into the next: a voice sings one at a time."""
    ordered = sorted(syllables, key=lambda syllable: syllable.start_s)
    groups: list[list[Vocal]] = []
    breathed = True
    for syllable, after in zip_longest(ordered, ordered[1:]):
        joined = syllable if after is None else _until(syllable, after.start_s)
        if breathed or joined.start_s - groups[-1][-1].end_s > BREATH_S:
            groups.append([])
        groups[-1].append(joined)
        breathed = syllable.ends_line
    return [tuple(group) for group in groups]


def with_breath(tones: Sequence[Tone], next_s: float) -> tuple[Tone, ...]:
    """The notes, the last one short enough to breathe before a line that starts at `next_s`."""
    last = tones[-1]
    pause = min(_PAUSE_S, 0.3 * (last.end_s - last.start_s))
    end = max(min(last.end_s, next_s - pause), last.start_s + 0.02)
    return (*tones[:-1], replace(last, end_s=end))


def _until(syllable: Vocal, start_s: float) -> Vocal:
    """The syllable, its last notes cut or held so that they meet a note that starts at `start_s`; at the end
    of a line they leave time for a breath."""
    tones = [tone for tone in syllable.tones if tone.start_s < start_s - 0.01] or [syllable.tones[0]]
    tones = [_cut(tone, after) for tone, after in pairwise(tones)] + [tones[-1]]
    last = tones[-1]
    if syllable.ends_line:
        return replace(syllable, tones=with_breath(tones, start_s))
    if last.end_s > start_s - LEGATO_S:
        tones[-1] = replace(last, end_s=max(start_s, last.start_s + 0.02))
    return replace(syllable, tones=tuple(tones))


def _cut(tone: Tone, after: Tone) -> Tone:
    meets = tone.end_s > after.start_s - LEGATO_S
    return replace(tone, end_s=max(after.start_s, tone.start_s + 0.01)) if meets else tone


def stereo(mono: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same samples on both sides, (2, n), without a second copy: how a dry voice is handed on."""
    return np.broadcast_to(mono, (2, mono.size))
