"""A line of tune: pitches for a rhythm and a shape over chords, found by a small beam search.

Costs follow what singers and listeners prefer: mostly steps, leaps turned back by a step (gap fill, Meyer
1973), chord tones on felt beats and long notes, other notes short and left by step, no tritones, no line
wider than its window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noktvrn.sound.theory import Chord, chord_scale

_WIDTH = 7
"""Lines kept at each note."""

_MOVE = (1.9, 0.1, 0.0, 0.2, 0.3, 0.3, 7.0, 0.6, 2.2, 2.2, 9.0, 10.0, 3.0)
"""Cost of a move by its semitones; wider ones are not sung."""

_SEMITONES_PER_STEP = 12 / 7


@dataclass(frozen=True, slots=True)
class Place:
    """A note to be found: its chord, its wish in semitones and how much that weighs, what it costs to be
    foreign to the chord, and the highest pitch allowed."""

    chord: Chord
    wish: float
    weight: float
    foreign: float
    top: int


@dataclass(frozen=True, slots=True)
class _Way:
    cost: float
    pitches: tuple[int, ...]
    loose: bool


def height(anchor: float, steps: float) -> float:
    """The pitch some scale steps above `anchor`, whatever the scale."""
    return anchor + steps * _SEMITONES_PER_STEP


def find(
    places: Sequence[Place], scale: tuple[int, ...], low: int, *, before: int | None, goal: Sequence[int]
) -> tuple[int, ...]:
    """A pitch for every place, at or above `low`; `before` is the note sung last. The last note is one of the
    pitch classes `goal` if that can be."""
    ways = [_Way(0.0, () if before is None else (before,), loose=False)]
    for index, place in enumerate(places):
        wanted = goal if index == len(places) - 1 else ()
        offered = _offered(place, scale, low, wanted)
        grown = [_further(way, pitch, cost, loose) for way in ways for pitch, cost, loose in offered]
        ways = sorted(grown, key=lambda way: (way.cost, way.pitches))[:_WIDTH]
    return ways[0].pitches[-len(places) :]


def _offered(
    place: Place, scale: tuple[int, ...], low: int, goal: Sequence[int]
) -> list[tuple[int, float, bool]]:
    """Every pitch the place may take with its own cost and whether it is foreign to the chord."""
    tones, found = place.chord.pitch_classes, []
    notes = chord_scale(place.chord, scale)
    bottom = min(low, place.top - 4)
    for pitch in range(max(bottom, int(place.wish) - 9), min(place.top, int(place.wish) + 10) + 1):
        loose = pitch % 12 not in tones[:4]
        if pitch % 12 not in notes and loose:
            continue
        cost = place.weight * abs(pitch - place.wish) + place.foreign * loose
        found.append((pitch, cost + 5.0 * bool(goal and pitch % 12 not in goal), loose))
    return found or [(place.top, 0.0, False)]


def _further(way: _Way, pitch: int, cost: float, loose: bool) -> _Way:
    if not way.pitches:
        return _Way(cost, (pitch,), loose)
    move = pitch - way.pitches[-1]
    size = abs(move)
    cost += way.cost + (_MOVE[size] if size < len(_MOVE) else 20.0 + size)
    if way.loose and size > 2:
        cost += 4.0
    if loose and size > 4:
        cost += 3.0
    if len(way.pitches) > 1:
        cost += _unsettled(way.pitches[-1] - way.pitches[-2], move)
    return _Way(cost, (*way.pitches, pitch), loose)


def _unsettled(last: int, move: int) -> float:
    """What it costs not to turn back after a leap, or to stay on one note for long."""
    if abs(last) >= 5 and (last * move > 0 or abs(move) > 4):
        return 3.0
    return 2.0 if last == move == 0 else 0.0
