"""Repetition, measured: which stretches of a score are played again at once, note for note."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from noktvrn.sound.score import Score

GRID = 16
"""Places a quarter: a 64th note."""

Event = tuple[str, str, int, int, int]
"""What it is, its place in the bar, its length in 64ths, its pitch and its layer of force."""

Bar = frozenset[Event]


def repeated_blocks(score: Score, bars: int = 8, *, layers: int = 4) -> list[float]:
    """Where, in beats, a block of `bars` bars begins that is the same as the `bars` bars before it.

    Every bar is tried as a beginning, not only every eighth. Two blocks are the same when all notes and
    strokes fall on the same 64ths with the same lengths, pitches and layers of velocity (`layers` of them; 1
    leaves velocity out) and the same gestures begin in them. A texture that spans the song is no event.
    """
    written = by_bar(score, layers)
    return [
        first * score.beats_per_bar
        for first in range(bars, len(written) - bars + 1)
        if all(written[first + i] == written[first + i - bars] for i in range(bars))
    ]


def by_bar(score: Score, layers: int = 1) -> list[Bar]:
    """The events of every bar."""
    count = round(score.beats / score.beats_per_bar)
    found: dict[int, set[Event]] = defaultdict(set)
    for start, event in _events(score, layers):
        place = round(start * GRID)
        size = round(score.beats_per_bar * GRID)
        found[place // size].add((*event[:2], place % size * 1024 + event[2], event[3], event[4]))
    return [frozenset(found[bar]) for bar in range(count)]


def _events(score: Score, layers: int) -> Iterator[tuple[float, Event]]:
    for part, notes in score.parts.items():
        for note in notes:
            length = round(note.length * GRID)
            yield note.start, ("note", part, length, note.pitch, _layer(note.velocity, layers))
    for hit in score.hits:
        yield hit.start, ("hit", hit.voice, 0, 0, _layer(hit.velocity, layers))
    for gesture in score.gestures:
        if gesture.kind != "texture":
            size = round(gesture.length * GRID)
            yield gesture.start, ("gesture", gesture.kind, size, 0, _layer(gesture.level, layers))


def _layer(force: float, layers: int) -> int:
    return min(layers - 1, int(force * layers))
