"""Leeway: who plays chords leaves room for the tune.

A ninth a half step under a sung third is colour in one player's hands and a wrong note beside a singer who
holds it. Countermelodies and chords give way to the tune, chords also to those of parts written above them
in the style.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from noktvrn.sound.score import Note
from noktvrn.sound.style import PartStyle

_HELD = 0.45
_RUB = 0.5
"""Beats: how long a note is held to count, and how long two may rub."""

_TUNES = ("melody", "hook", "backing")
_YIELDING = ("counter", "chords")

Held = dict[int, list[Note]]


def give_way(
    parts: Mapping[str, tuple[Note, ...]], styles: Sequence[PartStyle]
) -> dict[str, tuple[Note, ...]]:
    """The parts without notes of chords and countermelodies a half step beside a note held elsewhere."""
    kept = dict(parts)
    held: Held = defaultdict(list)
    for style in styles:
        if style.line in _TUNES:
            _hold(held, kept[style.name])
    for line in _YIELDING:
        for style in (style for style in styles if style.line == line):
            kept[style.name] = tuple(note for note in kept[style.name] if not _rubs(note, held))
            _hold(held, kept[style.name])
    return kept


def _hold(held: Held, notes: Sequence[Note]) -> None:
    for note in notes:
        if note.length >= _HELD:
            for beat in range(int(note.start), int(note.start + note.length) + 1):
                held[beat].append(note)


def _rubs(note: Note, held: Held) -> bool:
    if note.length < _HELD:
        return False
    return any(
        abs(other.pitch - note.pitch) == 1 and _overlap(note, other) >= _RUB
        for beat in range(int(note.start), int(note.start + note.length) + 1)
        for other in held.get(beat, ())
    )


def _overlap(one: Note, other: Note) -> float:
    return min(one.start + one.length, other.start + other.length) - max(one.start, other.start)
