"""The cutting list: which part of the song is which shot. Cuts fall on section boundaries and downbeats."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.sound import SectionSpan, Timeline

LONGEST_SHOT_S = 22.0
SHORTEST_SHOT_S = 2.0


@dataclass(frozen=True, slots=True)
class Shot:
    """Frames `first`..`last` (exclusive) of the film. `take` counts earlier shots of the same label."""

    first: int
    last: int
    label: str
    energy: float
    take: int
    seed: int

    @property
    def frames(self) -> int:
        """How many frames it lasts."""
        return self.last - self.first


def cutting_list(timeline: Timeline, *, start_s: float, frames: int, fps: int, seed: int) -> tuple[Shot, ...]:
    """The shots that fill `frames` frames from `start_s` of the song, without gap or overlap.

    A section longer than `LONGEST_SHOT_S` is cut in halves at the downbeat next to its middle.
    """
    marks = _marks(timeline, start_s, frames, fps)
    takes: Counter[str] = Counter()
    shots = []
    for first, last in pairwise(marks):
        section = _section_at(timeline, start_s + (first + last) / 2 / fps)
        label, energy = (section.label, section.energy) if section else ("outro", 0.2)
        shots.append(Shot(first, last, label, energy, takes[label], derive_seed(seed, "shot", first)))
        takes[label] += 1
    return tuple(shots)


def _marks(timeline: Timeline, start_s: float, frames: int, fps: int) -> list[int]:
    """Frame numbers of all cuts, the ends included; a boundary too near to an end or another is dropped."""
    wanted = [section.start_s for section in timeline.sections]
    for section in timeline.sections:
        wanted += _halves(section, timeline.downbeats)
    gap = max(1, round(SHORTEST_SHOT_S * fps))
    marks = [0]
    for moment in sorted(wanted):
        frame = round((moment - start_s) * fps)
        if frame - marks[-1] >= gap and frames - frame >= gap:
            marks.append(frame)
    return [*marks, frames]


def _halves(section: SectionSpan, downbeats: tuple[float, ...]) -> list[float]:
    length = section.end_s - section.start_s
    parts = int(np.ceil(length / LONGEST_SHOT_S))
    inner = [bar for bar in downbeats if section.start_s < bar < section.end_s]
    ideal = [section.start_s + length * part / parts for part in range(1, parts)]
    return [min(inner, key=lambda bar: abs(bar - moment)) for moment in ideal] if inner else []


def _section_at(timeline: Timeline, moment: float) -> SectionSpan | None:
    for section in timeline.sections:
        if section.start_s <= moment < section.end_s:
            return section
    return None
