"""Answers: second voices under the tune, and countermelodies that speak where it breathes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from noktvrn.sound.composition.harmony import chord_at
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.motif import Motif
from noktvrn.sound.composition.pattern import STEP
from noktvrn.sound.score import ChordSlot, Note, Section
from noktvrn.sound.style import PartStyle
from noktvrn.sound.theory import Chord, chord_scale, ladder, nearest

_BACKED = 0.45
"""Beats of the shortest note of a tune that is sung in two voices."""

_REST = 5
"""Sixteenths of the shortest rest that is answered."""


def backing(part: PartStyle, tune: Sequence[Note], chords: Sequence[ChordSlot]) -> list[Note]:
    """A second voice: under the tune's longer notes the next chord tone, in the part's range."""
    notes: list[Note] = []
    for note in (note for note in tune if note.length >= _BACKED):
        tones = chord_at(chords, note.start).chord.pitch_classes[:3]
        below = next((step for step in range(3, 10) if (note.pitch - step) % 12 in tones), 12)
        pitch = inside(note.pitch - below, part)
        notes.append(Note(note.start, note.length, pitch, 0.8 * note.velocity))
    return notes


def counter(
    part: PartStyle,
    tune: Sequence[Note],
    chords: Sequence[ChordSlot],
    section: Section,
    motif: Motif,
    meter: Meter,
    scale: tuple[int, ...],
) -> list[Note]:
    """Guide tones held softly under the tune, and in its rests an answer: the head of the motif in the rhythm
    of its second cell, ending on a chord tone."""
    guides = _guides(part, chords, section, _rests(tune, section), meter)
    answers = replies(part, tune, chords, section, motif, meter, scale)
    return sorted([*guides, *answers], key=lambda note: note.start)


def replies(
    part: PartStyle,
    tune: Sequence[Note],
    chords: Sequence[ChordSlot],
    section: Section,
    motif: Motif,
    meter: Meter,
    scale: tuple[int, ...],
) -> list[Note]:
    """The answers alone: what an instrument says when the singer breathes."""
    return [
        note
        for turn, rest in enumerate(_rests(tune, section))
        for note in _answer(part, chords, rest, motif, meter, scale, rising=turn % 2 == 0)
    ]


def inside(pitch: int, part: PartStyle) -> int:
    """The pitch moved by octaves into the part's range, give or take a tone."""
    while pitch > part.high_pitch + 2:
        pitch -= 12
    while pitch < part.low - 2:
        pitch += 12
    return pitch


def _rests(tune: Sequence[Note], section: Section) -> list[tuple[float, float]]:
    """Where the tune is silent for long enough, in whole sixteenths; nowhere when there is no tune at all."""
    edges = [(note.start, note.start + note.length) for note in tune]
    if not edges:
        return []
    gaps = [(a[1], b[0]) for a, b in pairwise([*edges, (section.end, section.end)])]
    whole = [(-(-round(low / STEP, 3) // 1) * STEP, high) for low, high in gaps]
    return [(low, high) for low, high in whole if high - low >= _REST * STEP - 1e-6]


def _guides(
    part: PartStyle,
    chords: Sequence[ChordSlot],
    section: Section,
    rests: Sequence[tuple[float, float]],
    meter: Meter,
) -> list[Note]:
    """A third or seventh for each chord and bar, near the one before, moving against it when a chord stays;
    silent where an answer comes."""
    notes: list[Note] = []
    pitch, last = (part.low + part.high_pitch) / 2, None
    for start, length, slot in _bars(chords, section, meter):
        tones = slot.chord.pitch_classes[1:] or slot.chord.pitch_classes
        away = 3 if len(notes) % 2 else -3
        held = inside(nearest(pitch + away if slot is last else pitch - 1, tones), part)
        busy = any(low - 1e-6 <= start < high for low, high in rests)
        stop = min((low for low, _ in rests if low > start - 1e-6), default=section.end)
        sound = min(length * 0.95, stop - start)
        if sound >= 0.5 and not busy:
            notes.append(Note(start, sound, held, 0.58))
        pitch, last = held, slot
    return notes


def _bars(
    chords: Sequence[ChordSlot], section: Section, meter: Meter
) -> Iterator[tuple[float, float, ChordSlot]]:
    """The chords of a section, cut into pieces of a bar at most: start, length, chord."""
    for slot in chords:
        start, end = max(slot.start, section.start), min(slot.start + slot.length, section.end)
        while start < end - 1e-6:
            length = min(meter.bar, end - start)
            yield start, length, slot
            start += length


def _answer(
    part: PartStyle,
    chords: Sequence[ChordSlot],
    rest: tuple[float, float],
    motif: Motif,
    meter: Meter,
    scale: tuple[int, ...],
    *,
    rising: bool,
) -> list[Note]:
    """Two to five notes that begin on the first eighth of the rest and are over before it is."""
    low, high = rest
    start = low if meter.weight(low) >= 2 else low + STEP
    shift = meter.step(start)
    cell = motif.cells[1]
    offered = [start + i * STEP for i in range(round((high - start) / STEP) - 1)]
    beats = [beat for i, beat in enumerate(offered) if cell[(shift + i) % len(cell)] == "x"][:5]
    beats = beats if len(beats) > 1 else [beat for beat in offered if meter.weight(beat) >= 2][:3]
    notes: list[Note] = []
    for order, beat in enumerate(beats):
        chord = chord_at(chords, beat).chord
        final = order == len(beats) - 1
        after = min(beats[order + 1] if not final else high - STEP, beat + 2.0)
        pitch = _step(part, chord, scale, motif.hook[order] * (1 if rising else -1), final=final)
        notes.append(Note(beat, max(STEP, (after - beat) * part.gate), pitch, 0.66 + 0.04 * (order == 0)))
    return notes


def _step(part: PartStyle, chord: Chord, scale: tuple[int, ...], steps: int, *, final: bool) -> int:
    rungs = ladder(chord_scale(chord, scale), part.low, part.high_pitch)
    pitch = rungs[min(max(len(rungs) // 2 + steps, 0), len(rungs) - 1)]
    return inside(nearest(pitch, chord.pitch_classes[:3]), part) if final else pitch
