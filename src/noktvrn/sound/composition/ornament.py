"""Ornament: what a player adds to a tune that was heard before. The tune stays on its notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from noktvrn.sound.composition.form import PEAKS
from noktvrn.sound.composition.harmony import chord_at
from noktvrn.sound.score import ChordSlot, Note, Section
from noktvrn.sound.theory import chord_scale

_LONG = 0.9
"""Beats of the shortest note that is ornamented."""

_AGAIN = 8
"""Bars after which a hook without words is ornamented: it has been heard by then."""


def ornamented(
    tune: list[Note], section: Section, chords: Sequence[ChordSlot], scale: tuple[int, ...]
) -> list[Note]:
    """The tune of a section; the last time a peak comes back its long notes take a mordent: the
    note itself, its upper neighbour, the note again."""
    returns = section.last and section.turn > 0 and section.label in PEAKS
    again = section.start + _AGAIN * section.length / section.bars
    notes: list[Note] = []
    for order, note in enumerate(tune):
        due = returns or (not section.syllables and note.start >= again - 1e-6)
        turned = due and note.length >= _LONG and order % 3 != 1
        notes += _mordent(note, chord_scale(chord_at(chords, note.start).chord, scale)) if turned else [note]
    return notes


def _mordent(note: Note, scale: tuple[int, ...]) -> list[Note]:
    upper = next(pitch for pitch in range(note.pitch + 1, note.pitch + 4) if pitch % 12 in scale)
    first = 0.5 if note.length >= 1.4 else 0.25
    return [
        replace(note, length=first),
        Note(note.start + first, 0.25, upper, 0.85 * note.velocity),
        Note(note.start + first + 0.25, note.length - first - 0.25, note.pitch, 0.92 * note.velocity),
    ]
