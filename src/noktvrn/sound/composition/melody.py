"""Melody: the motif's lines on the plan's syllables. Verses ask and answer, choruses bring the hook back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from noktvrn.kernel.seeds import dice
from noktvrn.model.song import SongPlan
from noktvrn.sound.composition.form import PEAKS
from noktvrn.sound.composition.harmony import chord_at
from noktvrn.sound.composition.line import Place, find, height
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.motif import Motif, Shape, fragments, mirrored, moved, other_tail
from noktvrn.sound.composition.pattern import STEP
from noktvrn.sound.composition.rhythm import displaced, places
from noktvrn.sound.composition.run import run
from noktvrn.sound.score import ChordSlot, Note, Section
from noktvrn.sound.style import PartStyle
from noktvrn.sound.theory import Chord, scale

_CLIMAX = 2 / 3
"""Where in a section its highest note lies."""

_REGISTER = {"verse": 0.34, "prechorus": 0.46, "chorus": 0.62, "drop": 0.62, "bridge": 0.56}
"""Where in a part's range a section's tune has its middle."""

_HALF_WINDOW = 7
"""Semitones to either side of it: no section spans more than an octave and a third."""


_FIRM, _LEANING, _PASSING = 6.0, 4.6, 0.5
"""Costs of a note its chord does not have."""

_CERTAIN = 60.0
"""Weight of the wish for the peak: nothing outweighs it."""

_RUNNING = 1.1
"""Weight of the shape of a run, from end to end."""

_WIDE = 1.25
"""How much wider a motif swings at the peaks of a song."""


@dataclass(frozen=True, slots=True)
class Syllable:
    """A note of a section's tune, its start counted from the section's, and which syllable of which line."""

    note: Note
    line: int
    syllable: int


@dataclass(frozen=True, slots=True)
class _Line:
    """A line before it has pitches: its window and strokes in sixteenths from the section's start; a firm one
    keeps to its shape throughout."""

    start: int
    steps: int
    places: Sequence[float]
    shape: Shape
    goal: Sequence[int]
    firm: bool = False

    def end_of(self, index: int) -> float:
        """Where the note is over at the latest: the next stroke or the line's end."""
        return self.places[index + 1] if index + 1 < len(self.places) else float(self.start + self.steps)


@dataclass(frozen=True, slots=True)
class Tune:
    """Everything tunes are made from. `tessitura` is the artist's, -1..1; `memory` keeps what was sung."""

    plan: SongPlan
    meter: Meter
    motif: Motif
    chords: Sequence[ChordSlot]
    tessitura: float = 0.0
    memory: dict[object, tuple[Syllable, ...]] = field(default_factory=dict)

    def sung(self, part: PartStyle, section: Section) -> tuple[Syllable, ...]:
        """The melody of a section with words, one note a syllable, in the range of `part`. The same words'
        shape over the same chords is the same tune; later verses vary their ends."""
        if not section.syllables:
            return ()
        return self._remembered(part, section, self._windows(section), section.syllables)

    def hook(self, part: PartStyle, section: Section) -> tuple[Syllable, ...]:
        """The hook without words: two bars a line; every other line in quiet sections."""
        count = max(1, section.bars // 2)
        bounds = [round(i * section.bars / count) * self.meter.steps for i in range(count + 1)]
        windows = [(low, high - low) for low, high in pairwise(bounds)]
        counts = [self.motif.syllables[i % len(self.motif.syllables)] for i in range(count)]
        made = self._remembered(part, section, windows, counts)
        rests = section.energy < 0.45
        return tuple(s for s in made if not (rests and s.line % 2))

    def run(self, part: PartStyle, section: Section) -> tuple[Syllable, ...]:
        """Running eighths as dance tunes and solos have them: two bars a line, question and answer."""
        count = max(1, section.bars // 2)
        bounds = [round(i * section.bars / count) * self.meter.steps for i in range(count + 1)]
        inside = [s for s in self.chords if section.start - 1e-6 <= s.start < section.end - 1e-6]
        chords = tuple((round(s.start - section.start, 3), s.chord) for s in inside)
        key = ("run", part.name, section.label, tuple(bounds), chords)
        if key not in self.memory:
            lines = [self._running(section, i, pair) for i, pair in enumerate(pairwise(bounds))]
            self.memory[key] = tuple(self._with_pitches(part, section, lines))
        return self.memory[key]

    def _running(self, section: Section, index: int, bounds: tuple[int, int]) -> _Line:
        """A line of a run; every other one rests on the last half of its last bar."""
        start, end = bounds
        luck = dice(self.plan.seed, "run", section.label, "ABAC"[index % 4])
        rests = end - max(self.meter.groups[-1], self.meter.steps // 2) if index % 2 else end
        found, heights = run(luck, self.meter, end - start, rests - start)
        goal = self._goal(section, end, closing=index == section.bars // 2 - 1, asks=index % 2 == 0)
        return _Line(start, end - start, [start + place for place in found], heights, goal, firm=True)

    def _remembered(
        self, part: PartStyle, section: Section, windows: Sequence[tuple[int, int]], counts: Sequence[int]
    ) -> tuple[Syllable, ...]:
        inside = [s for s in self.chords if section.start - 1e-6 <= s.start < section.end - 1e-6]
        chords = tuple((round(s.start - section.start, 3), s.chord) for s in inside)
        again = min(section.turn, 1) if section.label == "verse" else 0
        key = (part.name, section.label, tuple(windows), tuple(counts), section.rhyme, again, chords)
        if key not in self.memory:
            self.memory[key] = tuple(self._invented(part, section, windows, counts))
        return self.memory[key]

    def _windows(self, section: Section) -> list[tuple[int, int]]:
        """Start and length of the lines in sixteenths: whole bars when there are enough, else felt beats. The
        song's last line ends where the last bar, which holds its last syllable, begins."""
        lines, bars = len(section.syllables), section.bars - self._closing(section)
        if bars >= lines:
            bounds = [round(i * bars / lines) * self.meter.steps for i in range(lines + 1)]
        else:
            span = bars * self.meter.bar
            bounds = [round(self.meter.nearest(span * i / lines) / STEP) for i in range(lines + 1)]
        return [(low, max(1, high - low)) for low, high in pairwise(bounds)]

    def _closing(self, section: Section) -> bool:
        return section.index == len(self.plan.sections) - 1 and section.bars > 1 and bool(section.syllables)

    def _invented(
        self, part: PartStyle, section: Section, windows: Sequence[tuple[int, int]], counts: Sequence[int]
    ) -> list[Syllable]:
        sketched = [
            self._sketch(section, index, len(windows), window, counts[index])
            for index, window in enumerate(windows)
        ]
        return self._with_pitches(part, section, sketched)

    def _sketch(self, section: Section, index: int, lines: int, window: tuple[int, int], count: int) -> _Line:
        start, steps = window
        letter = section.rhyme[index] if index < len(section.rhyme) else "AB"[index % 2]
        luck = dice(self.plan.seed, "line", section.label, letter)
        one, two, three = self.motif.cells
        order = (one, two) if section.label not in ("verse", "bridge") else (two, one)
        cells = (order[0], order[1] if letter in "AC" else three)
        halves = luck.random() < 0.6 or section.label == "prechorus"
        found = places(count, steps, cells, self.meter, halves=halves)
        if section.label == "prechorus":
            found = displaced(found, 2, steps)
        closing = index == lines - 1
        if closing and self._closing(section):
            found, steps = [*found[:-1], float(steps)], steps + self.meter.steps
        shape = self._shape(section, index, closing=closing)
        goal = self._goal(section, start + steps, closing=closing, asks=index % 2 == 0)
        return _Line(start, steps, [start + place for place in found], shape, goal)

    def _shape(self, section: Section, index: int, *, closing: bool) -> Shape:
        """What the line is made of: a period of four lines, question, answer, climb and close."""
        turn = 0 if closing else index % 4
        if section.label == "prechorus":
            return moved(fragments(self.motif.hook, 3, 1), index - 1)
        base = self.motif.verse if section.label == "verse" else self.motif.hook
        base = mirrored(base) if section.label == "bridge" else base
        if section.label == "verse" and section.turn > 0 and turn in (1, 2):
            base = other_tail(base, 3)
        return (base, other_tail(base, 5), moved(base, 1), base)[turn]

    def _goal(self, section: Section, end: int, *, closing: bool, asks: bool) -> Sequence[int]:
        """Pitch classes a line may end on: home at the end of a section, away from it where it asks."""
        chord = chord_at(self.chords, section.start + end * STEP - 1e-3).chord
        home = scale(self.plan.tonic, self.plan.mode)
        tones = chord.pitch_classes[:3]
        if closing and section.label != "prechorus":
            return [tone for tone in (home[0], home[2]) if tone in tones] or tones[:2]
        away = [tone for tone in tones if tone != home[0]]
        return away if asks and away else tones

    def _with_pitches(self, part: PartStyle, section: Section, lines: Sequence[_Line]) -> list[Syllable]:
        low, high = self._window(part, section)
        peak, top = self._peak(section, lines, low, high)
        notes: list[Syllable] = []
        before: int | None = None
        for number, line in enumerate(lines):
            sought = [
                self._place(section, line, i, (low + high) / 2, top, (number, i), peak)
                for i in range(len(line.places))
            ]
            notes_scale = scale(self.plan.tonic, self.plan.mode)
            pitches = find(sought, notes_scale, low, before=before, goal=line.goal)
            before = pitches[-1]
            notes += [self._note(part, line, number, i, pitch) for i, pitch in enumerate(pitches)]
        return notes

    def _window(self, part: PartStyle, section: Section) -> tuple[int, int]:
        """Lowest and highest pitch of the section's tune, inside the part's range."""
        reach = part.high_pitch - part.low
        middle = part.low + _REGISTER.get(section.label, 0.5) * reach + 2.0 * self.tessitura
        half = min(_HALF_WINDOW, reach / 2)
        middle = min(max(middle, part.low + half), part.high_pitch - half)
        return math.ceil(middle - half), math.floor(middle + half)

    def _peak(
        self, section: Section, lines: Sequence[_Line], low: int, high: int
    ) -> tuple[tuple[int, int], int]:
        """Line and syllable of the section's highest note, and its pitch: near two thirds of it where the
        chord reaches the top of the window, a firm note rather than a passing one."""
        wanted = _CLIMAX * section.length / STEP
        every = [
            (abs(place - wanted), number, i)
            for number, line in enumerate(lines)
            for i, place in enumerate(line.places)
        ]
        near = [found for found in every if found[0] <= 0.17 * section.length / STEP] or [min(every)]
        best = (math.inf, (0, 0), high)
        for away, number, i in near:
            tones = self._chord(section, lines[number], i).pitch_classes[:3]
            top = max((pitch for pitch in range(low, high + 1) if pitch % 12 in tones), default=high)
            loose = self._foreign(section, lines[number], i) < _FIRM
            cost = 3.0 * loose + (high - top) + 16.0 * away * STEP / section.length
            best = min(best, (cost, (number, i), top))
        return best[1], best[2]

    def _place(
        self,
        section: Section,
        line: _Line,
        index: int,
        middle: float,
        top: int,
        here: tuple[int, int],
        peak: tuple[int, int],
    ) -> Place:
        """The wish for one note: the shape, drawn up towards the peak when that is near."""
        chord = self._chord(section, line, index)
        if here == peak:
            return Place(chord, float(top), _CERTAIN, foreign=_FIRM, top=top)
        wide = _WIDE if section.label in PEAKS else 1.0
        wish = height(middle - 1.0, wide * line.shape[index % len(line.shape)])
        away = abs(here[1] - peak[1]) if here[0] == peak[0] else 9
        wish = wish + (top - 2 - wish) * max(0.0, 0.6 - 0.2 * away)
        weight = _RUNNING if line.firm else 1.6 if index < 5 else 0.5
        return Place(chord, min(wish, top - 1.0), weight, self._foreign(section, line, index), top - 1)

    def _foreign(self, section: Section, line: _Line, index: int) -> float:
        """What it costs a note not to fit its chord: most on the bar, when long and at a line's end, less on
        other felt beats, little in passing."""
        place = line.places[index]
        held, weight = line.end_of(index) - place, self.meter.weight(section.start + place * STEP)
        if weight == 4 or held >= 6 or index == len(line.places) - 1:
            return _FIRM
        return _LEANING if weight == 3 or held >= 4 else _PASSING

    def _chord(self, section: Section, line: _Line, index: int) -> Chord:
        """The chord a note is heard against: the next one when it is anticipated by an eighth or less."""
        start = section.start + line.places[index] * STEP
        slot = chord_at(self.chords, start)
        left = slot.start + slot.length - start
        held = (line.end_of(index) - line.places[index]) * STEP
        if left <= 2 * STEP + 1e-6 and held > left + 1e-6:
            return chord_at(self.chords, slot.start + slot.length + 1e-6).chord
        return slot.chord

    def _note(self, part: PartStyle, line: _Line, number: int, index: int, pitch: int) -> Syllable:
        """The note with its length and force: phrases swell in the middle, ends are held, then breathe."""
        place, last = line.places[index], index == len(line.places) - 1
        room = line.end_of(index) - place
        two_beats = 2 * max(self.meter.groups[0], 4)
        length = min(max(room - 2.0, 0.6 * room, 1.0), 1.5 * two_beats) if last else min(room, two_beats)
        share = index / max(1, len(line.places) - 1)
        force = 0.66 + 0.14 * math.sin(math.pi * min(1.0, 0.15 + 0.85 * share))
        force += 0.08 if self.meter.strong(place * STEP) else 0.0
        sound = max(0.1, length * STEP * (1.0 if last else min(1.0, part.gate)))
        return Syllable(Note(place * STEP, sound, pitch, round(force, 4)), number, index)
