"""Renewal: the last look over a score before it is played. No eight bars are played twice in a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.variation import repeated_blocks
from noktvrn.sound.score import Gesture, Note, Score
from noktvrn.sound.style import PartStyle

_BARS = 8
_ROUNDS = 40

Change = Callable[[Score], Score]


def renew(score: Score, styles: tuple[PartStyle, ...]) -> Score:
    """The score with the last bar of every repeated block changed: a chord, a figure or a bass note moves by
    an octave; where nobody plays anything, a breath of air passes. Velocities do not count as change."""
    for turn in range(_ROUNDS):
        found = repeated_blocks(score, _BARS, layers=1)
        if not found:
            break
        end = found[0] + _BARS * score.beats_per_bar
        score = next(_changes(score, styles, end - score.beats_per_bar, end, turn))
    return score


def _changes(
    score: Score, styles: tuple[PartStyle, ...], start: float, end: float, turn: int
) -> Iterator[Score]:
    """The score with one change in a span, what is heard least first."""
    for line in ("arp", "chords", "bass", "counter", "drone", "hook", "run"):
        for part in (part for part in styles if part.line == line):
            if moved := _octave(score.parts[part.name], part, start, end):
                yield replace(score, parts={**score.parts, part.name: moved})
    beat = start + (turn % 4) * Meter(score.pulse).bar / 4
    yield replace(score, gestures=(*score.gestures, Gesture(beat, 1.0 + turn % 3, "passing", 0.25)))


def _octave(notes: tuple[Note, ...], part: PartStyle, start: float, end: float) -> tuple[Note, ...] | None:
    """The notes with the last one of a span an octave away, if the part's range has room."""
    inner = [i for i, note in enumerate(notes) if start - 1e-6 <= note.start < end - 1e-6]
    for index in reversed(inner):
        for shift in (12, -12):
            pitch = notes[index].pitch + shift
            if part.low - 5 <= pitch <= part.high_pitch + 5:
                return (*notes[:index], replace(notes[index], pitch=pitch), *notes[index + 1 :])
    return None
