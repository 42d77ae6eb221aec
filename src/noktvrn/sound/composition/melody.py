"""Melody: a motif that is remembered, varied and returns as the hook; sung lines on the plan's syllables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from noktvrn.kernel.seeds import dice
from noktvrn.model.song import SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.composition.harmony import chord_at
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.pattern import STEP
from noktvrn.sound.score import ChordSlot, Note, Section
from noktvrn.sound.style import PartStyle, Style
from noktvrn.sound.theory import Chord, ladder, nearest, scale

_HEIGHT = {"verse": -2, "prechorus": 0, "chorus": 2, "drop": 2, "bridge": 1, "breakdown": 0}


_BACKED = 0.45
"""Beats of the shortest note of a tune that is sung in two voices."""


@dataclass(frozen=True, slots=True)
class Motif:
    """What makes the tune this song's: rhythm cells and, per rhyme letter, a contour in scale steps."""

    cells: tuple[str, ...]
    contours: dict[str, tuple[int, ...]]
    hook: tuple[int, ...]
    hook_syllables: tuple[int, ...]


def invent(plan: SongPlan, style: Style, identity: SoundIdentity) -> Motif:
    """The song's motif: the artist's rhythm cells first, contours from the song's seed."""
    luck = dice(plan.seed, "motif")
    bar = round(plan.quarters_per_bar / STEP)
    own = [cell for cell in identity.rhythm_cells if len(cell) % bar == 0] or list(style.cells)
    cells = (luck.choice(own), luck.choice(own), luck.choice([*own, *style.cells]))
    contours = {letter: _contour(luck, reach=3) for letter in "ABCD"}
    chorus = next((s.syllables for s in plan.sections if s.label == "chorus" and s.syllables), (7, 6, 7, 6))
    return Motif(cells, contours, _contour(luck, reach=5), chorus)


def _contour(luck: random.Random, *, reach: int) -> tuple[int, ...]:
    """Twelve scale steps around 0: a leap to remember, then mostly steps, bent back before it strays."""
    place, leap = 0, luck.choice((-3, -2, 2, 2, 3, 4))
    places = [0, leap] if reach > 3 else [0, luck.choice((-1, 0, 1, 2))]
    place = places[-1]
    while len(places) < 12:
        step = luck.choice((-2, -1, -1, -1, 0, 0, 1, 1, 1, 2))
        place = place + step if abs(place + step) <= reach else place - (1 if place > 0 else -1)
        places.append(place)
    return tuple(places)


def onsets(syllables: int, steps: int, cells: Sequence[str], meter: Meter) -> list[int]:
    """Where a line's syllables fall: the cells' strokes, thinned or filled to the number wanted.

    The line keeps a breath at its end: about a quarter when the syllables leave room for it.
    """
    span = max(min(steps, syllables), round(steps * 0.78))
    shortest = min(map(len, cells))
    tiled = "".join(cells[i % len(cells)] for i in range(steps // shortest + 1))
    chosen = [step for step in range(span) if tiled[step] == "x"] or [0]
    while len(chosen) > syllables:
        chosen.remove(max(chosen[1:], key=lambda step: (-meter.weight(step * STEP), step)))
    while len(chosen) < syllables:
        chosen = sorted([*chosen, _widest(chosen, span)])
    return chosen


def _widest(chosen: list[int], span: int) -> int:
    """A free step in the widest gap, on an even place if it can be."""
    edges = [-1, *chosen, span]
    gaps = [(right - left, -left) for left, right in pairwise(edges)]
    width, left = max(gaps)
    middle = -left + width // 2
    even = middle - middle % 2
    return even if -left < even < -left + width else middle


@dataclass(frozen=True, slots=True)
class Tune:
    """Everything a line of melody is made from."""

    plan: SongPlan
    meter: Meter
    motif: Motif
    chords: Sequence[ChordSlot]

    def sung(self, part: PartStyle, section: Section) -> list[Note]:
        """The melody of a section with words: one note a syllable. The same words' shape gives the same
        tune each time,
        except that the last chorus is ornamented."""
        if not section.syllables:
            return []
        per_line = section.length / STEP / len(section.syllables)
        notes: list[Note] = []
        for index, count in enumerate(section.syllables):
            closing = index == len(section.syllables) - 1
            start = section.start + round(index * per_line) * STEP
            notes += self._line(
                part, section, start, int(per_line), count, self._shape(section, index), closing=closing
            )
        return (
            _ornamented(notes) if section.last and section.turn > 0 and section.label == "chorus" else notes
        )

    def hook(self, part: PartStyle, section: Section) -> list[Note]:
        """The hook without words: two bars a line, for drops, intros and interludes; every other line in
        quiet sections."""
        bar = self.plan.quarters_per_bar
        counts = self.motif.hook_syllables
        notes: list[Note] = []
        for index in range(max(1, section.bars // 2)):
            if section.energy < 0.45 and index % 2:
                continue
            steps = int(min(2 * bar, section.length) / STEP)
            start = section.start + index * 2 * bar
            notes += self._line(
                part,
                section,
                start,
                steps,
                counts[index % len(counts)],
                self._hook_shape(index),
                closing=index % 4 == 3,
            )
        return notes

    def counter(self, part: PartStyle, section: Section) -> list[Note]:
        """Long chord tones that move where the tune breathes: one held through each chord, two steps at
        its end."""
        notes: list[Note] = []
        pitch = (part.low + part.high_pitch) / 2
        for slot in self.chords:
            if not section.start - 1e-6 <= slot.start < section.end - 1e-6:
                continue
            held = _inside(nearest(pitch - 1, slot.chord.pitch_classes[1:] or slot.chord.pitch_classes), part)
            notes.append(Note(slot.start, slot.length * 0.72, held, 0.62))
            passing = _inside(nearest(held + 3, slot.chord.pitch_classes), part)
            notes.append(Note(slot.start + slot.length * 0.75, slot.length * 0.25, passing, 0.55))
            pitch = held
        return notes

    def backing(self, part: PartStyle, section: Section) -> list[Note]:
        """A second voice under the tune of a peak: the next chord tone below its longer notes."""
        tune = self.sung(part, section) or self.hook(part, section)
        notes: list[Note] = []
        for note in tune:
            if note.length < _BACKED:
                continue
            tones = chord_at(self.chords, note.start).chord.pitch_classes[:3]
            below = next(step for step in range(3, 13) if (note.pitch - step) % 12 in tones)
            notes.append(Note(note.start, note.length, note.pitch - below, 0.8 * note.velocity))
        return notes

    def _shape(self, section: Section, index: int) -> tuple[int, ...]:
        if section.label == "chorus":
            return self._hook_shape(index)
        letter = section.rhyme[index] if index < len(section.rhyme) else "AB"[index % 2]
        shape = self.motif.contours.get(letter, self.motif.contours["A"])
        return tuple(-step for step in shape) if section.label == "bridge" else shape

    def _hook_shape(self, index: int) -> tuple[int, ...]:
        hook = self.motif.hook
        return hook if index % 2 == 0 else (*hook[:3], *(step - 1 for step in hook[3:]))

    def _line(
        self,
        part: PartStyle,
        section: Section,
        start: float,
        steps: int,
        count: int,
        shape: tuple[int, ...],
        *,
        closing: bool,
    ) -> list[Note]:
        cells = (
            self.motif.cells
            if section.label in ("chorus", "drop", "intro", "interlude", "outro")
            else self.motif.cells[::-1]
        )
        places = onsets(count, steps, cells, self.meter)
        rungs = ladder(scale(self.plan.tonic, self.plan.mode), part.low, part.high_pitch)
        anchor = len(rungs) // 2 + _HEIGHT.get(section.label, 1)
        notes: list[Note] = []
        for order, step in enumerate(places):
            final = order == len(places) - 1
            gap = (min(steps, step + 6) if final else places[order + 1]) - step
            wanted = rungs[min(max(anchor + shape[order % len(shape)], 0), len(rungs) - 1)]
            chord = chord_at(self.chords, start + step * STEP).chord
            beat = self.meter.strong(start + step * STEP)
            strong = beat or gap >= 4 or final
            pitch = self._settle(
                _within_reach(wanted, notes), chord, strong=strong, closing=closing and final
            )
            length = min(gap, 8) * STEP * part.gate
            notes.append(Note(start + step * STEP, length, _inside(pitch, part), 0.84 if beat else 0.7))
        return notes

    def _settle(self, pitch: int, chord: Chord, *, strong: bool, closing: bool) -> int:
        tones = chord.pitch_classes[:3]
        if closing:
            return nearest(pitch, tones[:2])
        if strong:
            return nearest(pitch, tones)
        leading = (pitch + 1) % 12 in tones and (pitch + 1) % 12 not in scale(self.plan.tonic, self.plan.mode)
        return pitch + 1 if leading else pitch


def _within_reach(wanted: int, notes: Sequence[Note]) -> int:
    """`wanted`, or a fifth towards it when it lies more than a minor sixth from the note before."""
    if not notes or abs(wanted - notes[-1].pitch) <= 8:
        return wanted
    return notes[-1].pitch + (7 if wanted > notes[-1].pitch else -7)


def _inside(pitch: int, part: PartStyle) -> int:
    while pitch > part.high_pitch + 2:
        pitch -= 12
    while pitch < part.low - 2:
        pitch += 12
    return pitch


def _ornamented(notes: list[Note]) -> list[Note]:
    """The tune with an upper octave echo on its long notes: the last chorus is not the first one."""
    return notes + [
        Note(n.start + n.length * 0.5, n.length * 0.5, n.pitch + 12, n.velocity * 0.5)
        for n in notes
        if n.length >= 0.9
    ]
