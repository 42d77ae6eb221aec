"""Bass lines: patterns on the chord's root, and a walking line."""

from __future__ import annotations

import random
from collections.abc import Sequence

from noktvrn.sound.composition.harmony import chord_at
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.pattern import strokes
from noktvrn.sound.score import ChordSlot, Note, Section
from noktvrn.sound.style import PartStyle
from noktvrn.sound.theory import Chord, nearest

_VELOCITY = {"r": 0.45, "R": 0.9, "8": 0.8, "5": 0.78, "3": 0.75, "7": 0.72, "a": 0.7, "m": 0.35}


def pattern_bass(part: PartStyle, pattern: str, chords: Sequence[ChordSlot], section: Section) -> list[Note]:
    """A bass line from a pattern.

    `R` root, `r` soft root, `m` muted root, `8` octave, `5` fifth, `3` third, `7` seventh below, `a` a
    step into the
    next chord's root.
    """
    notes: list[Note] = []
    for stroke in strokes(pattern, section.start, section.end):
        slot = chord_at(chords, stroke.start)
        following = chord_at(chords, slot.start + slot.length + 1e-6).chord
        pitch = _tone(stroke.symbol, slot.chord, following, part)
        length = 0.12 if stroke.symbol == "m" else stroke.length * part.gate
        notes.append(Note(stroke.start, length, pitch, _VELOCITY.get(stroke.symbol, 0.8)))
    return notes


def root(chord: Chord, part: PartStyle) -> int:
    """The root, or the bass the chord is written over, in its lowest place at or above the part's `low`."""
    return part.low + (chord.lowest - part.low) % 12


def _tone(symbol: str, chord: Chord, following: Chord, part: PartStyle) -> int:
    base = root(chord, part)
    if symbol == "a":
        target = root(following, part)
        return target - 1 if target >= base else target + 1
    third = 3 if chord.minor else 4
    fifth = next((step for step in (7, 6, 8) if step in chord.intervals), 7)
    steps = {"5": fifth, "3": third if third in chord.intervals else fifth}
    if symbol in steps:
        return base + (chord.root + steps[symbol] - base) % 12
    return base + {"8": 12, "7": -2}.get(symbol, 0)


def walking_bass(
    part: PartStyle,
    chords: Sequence[ChordSlot],
    section: Section,
    meter: Meter,
    scale: tuple[int, ...],
    luck: random.Random,
) -> list[Note]:
    """A note a felt beat: root on the chord, scale and chord tones between, a half step into the next one."""
    notes: list[Note] = []
    pitch = root(chord_at(chords, section.start).chord, part)
    for beat, length in meter.pulses(section.start, section.end):
        slot = chord_at(chords, beat)
        pitch = _walk(part, slot, chord_at(chords, beat + length), beat, length, pitch, scale, luck)
        force = 0.86 if slot.start == beat else 0.72 + 0.1 * luck.random()
        notes.append(Note(beat, 0.92 * length, pitch, force))
        if luck.random() < 0.12:
            # The skip: the last eighth of the beat, as a player hops into the next one.
            notes.append(Note(beat + length - 0.5, 0.3, pitch, 0.4))
    return notes


def _walk(
    part: PartStyle,
    slot: ChordSlot,
    after: ChordSlot,
    beat: float,
    length: float,
    pitch: int,
    scale: tuple[int, ...],
    luck: random.Random,
) -> int:
    if abs(slot.start - beat) < 1e-6:
        return _near(slot.chord.lowest, pitch, part)
    if abs(after.start - (beat + length)) < 1e-6 and after is not slot:
        target = _near(after.chord.lowest, pitch, part)
        return target + luck.choice((-1, 1)) if target != pitch else target - 1
    step = luck.choice((-4, -2, 2, 3, 5))
    classes = slot.chord.pitch_classes if luck.random() < 0.6 else scale
    wanted = min(max(pitch + step, part.low), part.high_pitch)
    found = nearest(wanted, classes)
    return found if found != pitch else nearest(wanted + 2, classes)


def _near(pitch_class: int, pitch: int, part: PartStyle) -> int:
    found = nearest(pitch, (pitch_class,))
    if found < part.low:
        return found + 12
    return found - 12 if found > part.high_pitch else found
