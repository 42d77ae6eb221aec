"""The teaser: the best part of a song as a tall film, laid out anew for a phone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noktvrn.film.renderer import END_S
from noktvrn.model.film import Cue
from noktvrn.model.sound import Timeline
from noktvrn.roles.filmmaker import Filmmaker, Footage
from noktvrn.visuals.film import FilmOrder, Window, make_film

WIDTH, HEIGHT = 1080, 1920
SHORTEST_S, LONGEST_S, USUAL_S = 15.0, 60.0, 30.0
_CLIMAX = ("chorus", "drop")


def choose_window(
    timeline: Timeline, energy: Sequence[float], seconds: float = USUAL_S
) -> tuple[float, float]:
    """Start and length in seconds of the part that sells the song.

    It starts on a downbeat and ends on one where the bars allow; among all such windows it has the highest
    sum of energy rise (its last two thirds over its first) and share of chorus or drop. `energy` is the
    song's energy in equal slices (`AudioFigures.energy_curve`); without it the sections' energies are used.
    `seconds` is held to 15..60; a song shorter than that is taken whole.
    """
    wanted = min(max(seconds, SHORTEST_S), LONGEST_S)
    if timeline.duration_s <= wanted:
        return 0.0, timeline.duration_s
    starts = [bar for bar in timeline.downbeats if bar + wanted <= timeline.duration_s] or [0.0]
    curve = _curve(timeline, energy)
    start = max(starts, key=lambda bar: (round(_worth(timeline, curve, bar, wanted), 6), -bar))
    return start, _whole_bars(timeline, start, wanted)


def make_teaser(
    filmmaker: Filmmaker,
    order: FilmOrder,
    *,
    energy: Sequence[float],
    seconds: float = USUAL_S,
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> tuple[Footage, tuple[Cue, ...]]:
    """The teaser and its cues; `teaser.srt` and `teaser.vtt` are written beside it.

    Lines that are sung in it stand when they are sung; without any, the first ones are spread.

    Raises:
        Unavailable: no film can be made on this machine, or the disk is full.
    """
    start, length = choose_window(order.timeline, energy, seconds)
    window = Window(start, length, first_s=0.8, last_s=length - END_S / 2, lines=max(1, int(length / 5)))
    return make_film(filmmaker, order, window, kind="teaser", size=size)


def _curve(timeline: Timeline, energy: Sequence[float]) -> NDArray[np.float64]:
    """Energy per tenth of a second."""
    moments = np.arange(0.0, timeline.duration_s, 0.1)
    if len(energy) >= 2:
        centres = (np.arange(len(energy)) + 0.5) * timeline.duration_s / len(energy)
        return np.asarray(np.interp(moments, centres, np.asarray(energy, dtype=np.float64)))
    values = np.zeros_like(moments)
    for section in timeline.sections:
        values[(moments >= section.start_s) & (moments < section.end_s)] = section.energy
    return values


def _worth(timeline: Timeline, curve: NDArray[np.float64], start: float, seconds: float) -> float:
    first, last = int(start * 10), int((start + seconds) * 10)
    third = first + max(1, (last - first) // 3)
    rise = float(curve[third:last].mean() - curve[first:third].mean())
    covered = sum(
        max(0.0, min(section.end_s, start + seconds) - max(section.start_s, start))
        for section in timeline.sections
        if section.label in _CLIMAX
    )
    return rise + covered / seconds


def _whole_bars(timeline: Timeline, start: float, seconds: float) -> float:
    """`seconds`, moved to the nearest downbeat when the teaser stays within its limits and the song."""
    ends = [
        bar - start
        for bar in timeline.downbeats
        if SHORTEST_S <= bar - start <= LONGEST_S and abs(bar - start - seconds) <= 2.5
    ]
    return min(ends, key=lambda length: abs(length - seconds)) if ends else seconds
