"""Step patterns: how a style writes rhythms, one character a sixteenth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

STEP = 0.25
"""Beats of one character."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One symbol of a pattern: where it starts and how long it lasts, in beats, the following `-`
    included."""

    start: float
    length: float
    symbol: str


def clean(pattern: str) -> str:
    """The pattern without the bars and blanks that make it readable."""
    return pattern.replace("|", "").replace(" ", "")


def strokes(pattern: str, start: float, end: float) -> Iterator[Stroke]:
    """The strokes of a pattern repeated from beat `start` until `end`. `.` is a rest, `-` holds the stroke
    before it."""
    steps = clean(pattern)
    count = round((end - start) / STEP)
    for index in range(count):
        symbol = steps[index % len(steps)]
        if symbol in ".-":
            continue
        held = 1
        while index + held < count and steps[(index + held) % len(steps)] == "-":
            held += 1
        yield Stroke(start + index * STEP, held * STEP, symbol)


def straight(beat: float, amount: float, unit: int) -> float:
    """`beat` as it was before `swung` moved it."""
    pair = 8.0 / unit
    whole, place = divmod(beat + 1e-9, pair)
    half = pair / 2
    late = half * (1.0 + amount)
    even = place * half / late if place < late else half + (place - late) * half / (pair - late)
    return whole * pair + even


def swung(beat: float, amount: float, unit: int) -> float:
    """`beat` moved by swing: off-beats of `unit` (8 or 16) come late by `amount` of a unit, the rest
    follows evenly."""
    pair = 8.0 / unit
    whole, place = divmod(beat + 1e-9, pair)
    half = pair / 2
    late = half * (1.0 + amount)
    warped = place * late / half if place < half else late + (place - half) * (pair - late) / half
    return whole * pair + warped
