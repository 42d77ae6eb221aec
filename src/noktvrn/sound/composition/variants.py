"""Variants: how a player keeps a groove alive. The second time eight bars come, something small is new."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from noktvrn.sound.composition.bass import root
from noktvrn.sound.composition.harmony import chord_at
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.pattern import STEP, clean
from noktvrn.sound.score import ChordSlot, Hit, Note, Section
from noktvrn.sound.style import PartStyle

PHRASE = 8
"""Bars after which something is varied."""

Variant = Callable[[list[Hit], float, Meter], list[Hit]]


def varied(
    groove: list[Hit], section: Section, meter: Meter, lift: Mapping[str, str], luck: random.Random
) -> list[Hit]:
    """A section's groove; its second, fourth ... eight bars (counted over all turns of the label) with one or
    two variants, and from energy on with a voice that lifts it."""
    voices = {hit.voice for hit in groove}
    for block in range(0, section.bars, PHRASE):
        number = section.turn + block // PHRASE
        if number % 2 == 0 or not groove:
            continue
        start = section.start + block * meter.bar
        end = min(section.end, start + PHRASE * meter.bar)
        apt = [variant for voice, variants in _VARIANTS.items() if voice in voices for variant in variants]
        for variant in luck.sample(apt, min(2, len(apt))):
            for bar_end in (end - meter.bar * (PHRASE // 2), end):
                if bar_end > start + 1e-6:
                    groove = variant(groove, bar_end, meter)
        if number >= 1 and section.energy >= 0.5:
            groove = groove + _joining(voices, lift, start, end)
    return groove


def _joining(voices: set[str], lift: Mapping[str, str], start: float, end: float) -> list[Hit]:
    """The first voice of the lift that is not playing, softly."""
    voice = next((name for name in lift if name not in voices), None)
    if voice is None:
        return []
    steps = clean(lift[voice])
    count = round((end - start) / STEP)
    return [Hit(start + i * STEP, voice, 0.45) for i in range(count) if steps[i % len(steps)] not in ".-?"]


def _with(hits: list[Hit], beat: float, voice: str, force: float) -> list[Hit]:
    there = any(hit.voice == voice and abs(hit.start - beat) < 1e-6 for hit in hits)
    return hits if there else [*hits, Hit(beat, voice, force)]


def _pickup(hits: list[Hit], end: float, meter: Meter) -> list[Hit]:
    """A kick on the last sixteenth before the bar line."""
    return _with(hits, end - STEP, "kick", 0.55)


def _push(hits: list[Hit], end: float, meter: Meter) -> list[Hit]:
    """A kick an eighth before the last felt beat."""
    return _with(hits, end - meter.groups[-1] * STEP - 2 * STEP, "kick", 0.6)


def _ghosts(hits: list[Hit], end: float, meter: Meter) -> list[Hit]:
    """Soft snare strokes around the last felt beat."""
    beat = end - meter.groups[-1] * STEP
    return _with(_with(hits, beat - STEP, "snare", 0.24), beat + 3 * STEP, "snare", 0.28)


def _drag(hits: list[Hit], end: float, meter: Meter) -> list[Hit]:
    """Two sixteenths on the snare into the bar line."""
    return _with(_with(hits, end - 2 * STEP, "snare", 0.35), end - STEP, "snare", 0.5)


def _hat_rest(hits: list[Hit], end: float, meter: Meter) -> list[Hit]:
    """No hat on the last felt beat."""
    start = end - meter.groups[-1] * STEP - 1e-6
    return [hit for hit in hits if hit.voice != "hat" or not start <= hit.start < end - 1e-6]


def _hat_run(hits: list[Hit], end: float, meter: Meter) -> list[Hit]:
    """Sixteenths on the hat through the last felt beat."""
    for step in range(meter.groups[-1]):
        hits = _with(hits, end - (step + 1) * STEP, "hat", 0.4)
    return hits


def _open_end(hits: list[Hit], end: float, meter: Meter) -> list[Hit]:
    """The open hat on the last eighth, in place of the closed one."""
    beat = end - 2 * STEP
    kept = [hit for hit in hits if hit.voice != "hat" or abs(hit.start - beat) > 1e-6]
    return _with(kept, beat, "open", 0.6)


def _bell(hits: list[Hit], end: float, meter: Meter) -> list[Hit]:
    """One more stroke of the ride before the bar line."""
    return _with(hits, end - STEP, "ride", 0.5)


def _perc_answer(hits: list[Hit], end: float, meter: Meter) -> list[Hit]:
    """Three percussion strokes at the end."""
    for step in (6, 3, 1):
        hits = _with(hits, end - step * STEP, "perc", 0.4)
    return hits


_VARIANTS: dict[str, tuple[Variant, ...]] = {
    "kick": (_pickup, _push),
    "snare": (_ghosts, _drag),
    "hat": (_hat_rest, _hat_run),
    "open": (_open_end,),
    "ride": (_bell,),
    "perc": (_perc_answer,),
}
"""What a kit with a voice can do."""


def renewed(
    part: PartStyle, notes: list[Note], section: Section, chords: Sequence[ChordSlot], meter: Meter
) -> list[Note]:
    """A part's notes of a section; every other eight bars inverted, led on or turned round."""
    for block in range(0, section.bars, PHRASE):
        if (section.turn + block // PHRASE) % 2 == 0:
            continue
        start = section.start + block * meter.bar
        end = min(section.end, start + PHRASE * meter.bar)
        if part.line == "chords":
            notes = _inverted(part, notes, (start + end) / 2, end)
        elif part.line == "bass":
            notes = _approached(part, notes, end, chords, meter)
        elif part.line == "arp":
            notes = _turned(notes, end - meter.bar, end)
    return notes


def _within(note: Note, start: float, end: float) -> bool:
    return start - 1e-6 <= note.start < end - 1e-6


def _inverted(part: PartStyle, notes: list[Note], start: float, end: float) -> list[Note]:
    """The chords of a span in another inversion: the lowest note an octave up, or the highest down."""
    kept = [note for note in notes if not _within(note, start, end)]
    inner = [note for note in notes if _within(note, start, end)]
    for _, group in groupby(inner, key=lambda note: note.start):
        chord = sorted(group, key=lambda note: note.pitch)
        low, high = chord[0], chord[-1]
        if len(chord) > 1 and low.pitch + 12 <= part.high_pitch:
            chord[0] = replace(low, pitch=low.pitch + 12)
        elif len(chord) > 1 and high.pitch - 12 >= part.low:
            chord[-1] = replace(high, pitch=high.pitch - 12)
        kept += chord
    return kept


def _approached(
    part: PartStyle, notes: list[Note], end: float, chords: Sequence[ChordSlot], meter: Meter
) -> list[Note]:
    """The last stroke before `end` leads by a half step into the next root; a long one is struck twice."""
    last = max((n for n in notes if _within(n, end - meter.bar, end)), key=lambda n: n.start, default=None)
    if last is None:
        return notes
    target = root(chord_at(chords, end + 1e-6).chord, part)
    pitch = target + (1 if target < last.pitch else -1)
    kept = [note for note in notes if note is not last]
    if last.length < 0.8:
        return [*kept, replace(last, pitch=pitch)]
    half = max(0.5, round(last.length / 2 / STEP) * STEP)
    led = replace(last, start=last.start + half, length=last.length - half, pitch=pitch)
    return [*kept, replace(last, length=half * part.gate), *([led] if led.length > 0.1 else [])]


def _turned(notes: list[Note], start: float, end: float) -> list[Note]:
    """The figure of a span backwards: the same rhythm, its pitches in reverse."""
    inner = sorted((n for n in notes if _within(n, start, end)), key=lambda n: n.start)
    back = [replace(n, pitch=other.pitch) for n, other in zip(inner, reversed(inner), strict=True)]
    return [note for note in notes if not _within(note, start, end)] + back
