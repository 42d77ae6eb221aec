"""Chord parts: held and struck chords, strumming, arpeggios and picking, drones. Always voice-led."""

from __future__ import annotations

from collections.abc import Sequence

from noktvrn.sound.composition.harmony import chord_at
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.pattern import strokes
from noktvrn.sound.score import ChordSlot, Note, Section
from noktvrn.sound.style import PartStyle
from noktvrn.sound.theory import Chord, voice_lead

Voicings = dict[float, tuple[int, ...]]

_VELOCITY = {"X": 0.95, "x": 0.78, "o": 0.55, "g": 0.32, "s": 0.7}


def voicings(part: PartStyle, chords: Sequence[ChordSlot]) -> Voicings:
    """The part's voicing of every chord, by the chord's start: each moves as little as it can from the one
    before."""
    shapes: Voicings = {}
    previous: tuple[int, ...] = ()
    for slot in chords:
        led = voice_lead(slot.chord, previous, part.low, part.high_pitch, part.voices)
        previous = _power_chord(part, slot.chord) if part.power else led
        shapes[slot.start] = previous
    return shapes


def _power_chord(part: PartStyle, chord: Chord) -> tuple[int, ...]:
    """Root, fifth and their octaves as a fretting hand slides them along the neck."""
    base = part.low + (chord.root - part.low) % 12
    fifth = 6 if 6 in chord.intervals else 7
    return tuple(base + 12 * octave + step for octave in range(3) for step in (0, fifth))[: part.voices]


def struck_chords(
    part: PartStyle,
    pattern: str,
    chords: Sequence[ChordSlot],
    shapes: Voicings,
    section: Section,
    meter: Meter,
) -> list[Note]:
    """Chords on a pattern: `X` accent, `x`, `o` soft, `g` ghost, `s` short; strummed when the part says so.

    A stroke held over a change of chord is struck again with the new one.
    """
    notes: list[Note] = []
    for stroke in strokes(pattern, section.start, section.end):
        for start, length, slot in _by_chord(stroke.start, stroke.length, chords):
            sound = 0.16 if stroke.symbol in "sg" else length * part.gate
            upwards = meter.weight(start) == 2
            notes.extend(
                _strum(
                    part, shapes[slot.start], start, sound, _VELOCITY.get(stroke.symbol, 0.7), upwards=upwards
                )
            )
    return notes


def _by_chord(
    start: float, length: float, chords: Sequence[ChordSlot]
) -> list[tuple[float, float, ChordSlot]]:
    pieces: list[tuple[float, float, ChordSlot]] = []
    end = start + length
    while start < end - 1e-6:
        slot = chord_at(chords, start)
        stop = min(end, slot.start + slot.length)
        stop = end if stop <= start + 1e-6 else stop
        pieces.append((start, stop - start, slot))
        start = stop
    return pieces


def _strum(
    part: PartStyle, shape: tuple[int, ...], start: float, length: float, velocity: float, *, upwards: bool
) -> list[Note]:
    order = shape[::-1] if upwards else shape
    return [
        Note(start, length, pitch, velocity * (1.0 - 0.04 * place), part.strum_ms * place)
        for place, pitch in enumerate(order)
    ]


def arpeggio(
    part: PartStyle,
    pattern: str,
    chords: Sequence[ChordSlot],
    shapes: Voicings,
    section: Section,
    meter: Meter,
) -> list[Note]:
    """Single notes of the voicing: digits count its notes from below (beyond the top: an octave up), `T`
    is the root low
    down (a thumb), `t` its fifth."""
    notes: list[Note] = []
    for stroke in strokes(pattern, section.start, section.end):
        slot = chord_at(chords, stroke.start)
        shape = shapes[slot.start]
        if stroke.symbol in "Tt":
            pitch = part.low - 12 + (slot.chord.lowest - part.low) % 12 + (7 if stroke.symbol == "t" else 0)
        else:
            octave, place = divmod(int(stroke.symbol, 16), len(shape))
            pitch = shape[place] + 12 * octave
        accent = 0.85 if meter.strong(stroke.start) else 0.66
        notes.append(Note(stroke.start, stroke.length * part.gate, pitch, accent))
    return notes


def drone(part: PartStyle, tonic: int, section: Section) -> list[Note]:
    """Tonic and fifth held through the section, struck anew every four bars."""
    base = part.low + (tonic - part.low) % 12
    bar = section.length / section.bars
    return [
        Note(section.start + bar * i, min(4, section.bars - i) * bar, base + step, 0.7)
        for i in range(0, section.bars, 4)
        for step in ((0, 7) if part.voices > 1 else (0,))
    ]
