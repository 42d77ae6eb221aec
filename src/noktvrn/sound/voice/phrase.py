"""What a voice is given: breath groups of syllables, each a vowel on its notes with soft consonants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

import numpy as np
from numpy.typing import NDArray

LEGATO_S = 0.12
"""Rests shorter than this are sung through."""

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
    """A syllable: an ARPAbet vowel on one or more notes, and the consonants before and after it."""

    tones: tuple[Tone, ...]
    vowel: str
    onset: tuple[str, ...] = ()
    coda: tuple[str, ...] = ()

    @property
    def start_s(self) -> float:
        """Where the vowel begins."""
        return self.tones[0].start_s

    @property
    def end_s(self) -> float:
        """Where the syllable ends."""
        return self.tones[-1].end_s


def breath_groups(syllables: Sequence[Vocal]) -> list[tuple[Vocal, ...]]:
    """Syllables between two breaths, in time. Rests that are sung through are filled, and no note runs into
    the next: a voice sings one at a time."""
    ordered = sorted(syllables, key=lambda syllable: syllable.start_s)
    groups: list[list[Vocal]] = []
    for syllable, after in zip_longest(ordered, ordered[1:]):
        joined = syllable if after is None else _until(syllable, after.start_s)
        if groups and joined.start_s - groups[-1][-1].end_s <= BREATH_S:
            groups[-1].append(joined)
        else:
            groups.append([joined])
    return [tuple(group) for group in groups]


def _until(syllable: Vocal, start_s: float) -> Vocal:
    """The syllable, its last notes cut or held so that they meet a note that starts at `start_s`."""
    tones = [tone for tone in syllable.tones if tone.start_s < start_s - 0.01] or [syllable.tones[0]]
    tones = [_cut(tone, after) for tone, after in pairwise(tones)] + [tones[-1]]
    last = tones[-1]
    if last.end_s > start_s - LEGATO_S:
        tones[-1] = replace(last, end_s=max(start_s, last.start_s + 0.02))
    return replace(syllable, tones=tuple(tones))


def _cut(tone: Tone, after: Tone) -> Tone:
    meets = tone.end_s > after.start_s - LEGATO_S
    return replace(tone, end_s=max(after.start_s, tone.start_s + 0.01)) if meets else tone


def stereo(mono: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same samples on both sides, (2, n), without a second copy: how a dry voice is handed on."""
    return np.broadcast_to(mono, (2, mono.size))
