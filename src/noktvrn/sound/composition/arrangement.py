"""Arrangement: who plays where. Turns a plan, a style and an identity into a score."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from noktvrn.kernel.seeds import dice
from noktvrn.model.song import SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.composition.answers import backing, counter, replies
from noktvrn.sound.composition.bass import pattern_bass, root, walking_bass
from noktvrn.sound.composition.comping import Voicings, arpeggio, drone, struck_chords, voicings
from noktvrn.sound.composition.feel import Feel
from noktvrn.sound.composition.form import lay_out, plays
from noktvrn.sound.composition.grooves import drum
from noktvrn.sound.composition.habit import favourite
from noktvrn.sound.composition.harmony import harmonise
from noktvrn.sound.composition.leeway import give_way
from noktvrn.sound.composition.melody import Syllable, Tune
from noktvrn.sound.composition.meter import Meter, meter_of
from noktvrn.sound.composition.motif import invent
from noktvrn.sound.composition.ornament import ornamented
from noktvrn.sound.composition.pocket import locked
from noktvrn.sound.composition.renewal import renew
from noktvrn.sound.composition.transitions import Span, built_up, gestures, lifted, muted, muted_hits, mutes
from noktvrn.sound.composition.variants import renewed
from noktvrn.sound.score import ChordSlot, Hit, Note, Score, Section, SungNote
from noktvrn.sound.style import PartStyle, Style, load_style
from noktvrn.sound.theory import nearest, scale

_UNSAID = PartStyle(
    name="voice", bus="lead", patches=("vocal_oo",), line="melody", low=57, high_pitch=77, play=("all",)
)
"""Who sings in a section in which no part of the style plays a tune."""


@dataclass(frozen=True, slots=True)
class _Stand:
    """What every part has on its music stand."""

    plan: SongPlan
    style: Style
    identity: SoundIdentity
    meter: Meter
    sections: Sequence[Section]
    chords: tuple[ChordSlot, ...]
    tune: Tune

    def leader(self, section: Section) -> PartStyle:
        """The part that has the tune in a section: who sings, else who plays the hook."""
        tunes = [p for line in ("melody", "hook") for p in self.style.parts if p.line == line]
        playing = [part for part in tunes if plays(part, section)]
        return next(iter([*playing, *tunes]), _UNSAID)

    def syllables(self, part: PartStyle, section: Section) -> tuple[Syllable, ...]:
        """What a part that has the tune plays in a section, counted from the section's start."""
        if section.syllables and part.line != "hook":
            return self.tune.sung(part, section)
        return self.tune.hook(part, section) if part.line == "hook" else ()

    def tune_of(self, part: PartStyle, section: Section) -> list[Note]:
        """The same as notes of the song."""
        return self.moved(self.syllables(part, section), section)

    def moved(self, made: Sequence[Syllable], section: Section) -> list[Note]:
        """What was made for a section, where the section stands in the song."""
        return [replace(s.note, start=section.start + s.note.start) for s in made]


def compose(plan: SongPlan, identity: SoundIdentity) -> Score:
    """The whole song as a score. The same plan and identity give the same score.

    Raises:
        NotFound: the plan's style does not exist.
    """
    stand = _stand(plan, identity, load_style(plan.style))
    breaths = mutes(plan, stand.sections, stand.style, stand.meter)
    hits = muted_hits(drum(plan, stand.sections, stand.style, stand.meter, identity), breaths)
    written = {part.name: _part(stand, part, breaths, hits) for part in stand.style.parts}
    return _played(
        stand, renew(_written(stand, give_way(written, stand.style.parts), hits), stand.style.parts)
    )


def _stand(plan: SongPlan, identity: SoundIdentity, style: Style) -> _Stand:
    sections, meter = lay_out(plan), meter_of(plan, style)
    chords = harmonise(plan, sections, style, identity)
    tune = Tune(plan, meter, invent(plan, style, identity), chords, identity.tessitura)
    return _Stand(plan, style, identity, meter, sections, chords, tune)


def _written(stand: _Stand, parts: Mapping[str, tuple[Note, ...]], hits: Sequence[Hit]) -> Score:
    """The score on paper: straight, and as even as a page."""
    plan = stand.plan
    return Score(
        plan.quarters_per_minute,
        plan.quarters_per_bar,
        stand.sections[-1].end,
        plan.tail_s,
        tuple(stand.sections),
        stand.chords,
        dict(parts),
        tuple(hits),
        gestures(plan, stand.sections, stand.style),
        meter=plan.meter,
        pulse=stand.meter.groups,
    )


def _played(stand: _Stand, written: Score) -> Score:
    """The score as these players play it, with its words."""
    feel, seed = Feel(stand.meter, stand.style, stand.identity), stand.plan.seed
    return replace(
        written,
        parts={
            p.name: feel.notes(p, written.parts[p.name], dice(seed, "hands", p.name))
            for p in stand.style.parts
        },
        hits=feel.hits(written.hits, dice(seed, "feel")),
        sung=tuple(_words(stand, feel)),
        swing=stand.identity.swing,
        swing_unit=stand.style.swing_unit,
    )


def _words(stand: _Stand, feel: Feel) -> Iterator[SungNote]:
    """A note for every syllable of the plan, whoever plays the tune."""
    for section in stand.sections:
        leader = stand.leader(section)
        singer = leader if leader.line == "melody" else _UNSAID
        for s in stand.tune.sung(singer, section):
            note = replace(s.note, start=section.start + s.note.start)
            yield feel.sung(note, section.index, s.line, s.syllable)


def _part(stand: _Stand, part: PartStyle, breaths: Sequence[Span], hits: Sequence[Hit]) -> tuple[Note, ...]:
    luck = dice(stand.plan.seed, "part", part.name)
    pattern = favourite(luck, stand.identity, part.name, part.patterns) if part.patterns else ""
    high = favourite(luck, stand.identity, f"{part.name} high", part.high) if part.high else pattern
    shapes = voicings(part, stand.chords)
    notes: list[Note] = []
    for section in stand.sections:
        if plays(part, section):
            chosen = high if section.energy >= 0.7 else pattern
            made = _line(stand, part, chosen, shapes, section, luck)
            made = renewed(part, made, section, stand.chords, stand.meter)
            final = section.index == len(stand.sections) - 1
            made = lifted(part, made, section, stand.meter, stand.plan.seed, final=final)
            notes += built_up(_entering(part, section, made), section)
    notes = locked(part, notes, hits, stand.meter, stand.plan.seed) if part.line == "bass" else notes
    closed = _closed(stand, part, notes, shapes, stand.sections[-1])
    return tuple(closed if part.line in ("melody", "drone") else muted(closed, breaths))


def _line(
    stand: _Stand, part: PartStyle, pattern: str, shapes: Voicings, section: Section, luck: random.Random
) -> list[Note]:
    chords, meter = stand.chords, stand.meter
    notes = scale(stand.plan.tonic, stand.plan.mode)
    if part.line == "bass":
        return pattern_bass(part, pattern, chords, section)
    if part.line == "walk":
        return walking_bass(part, chords, section, meter, notes, luck)
    if part.line == "chords":
        return struck_chords(part, pattern, chords, shapes, section, meter)
    if part.line == "arp":
        return arpeggio(part, pattern, chords, shapes, section, meter)
    if part.line == "drone":
        return drone(part, stand.plan.tonic, section)
    if part.line == "run":
        return stand.moved(stand.tune.run(part, section), section)
    leader = stand.leader(section)
    led = stand.tune_of(leader, section)
    if part.line == "hook" and section.syllables and leader.line == "melody" and plays(leader, section):
        return replies(part, led, chords, section, stand.tune.motif, meter, notes)
    if part.line in ("melody", "hook"):
        return ornamented(stand.tune_of(part, section), section, chords, notes)
    if part.line == "backing":
        return backing(part, led, chords)
    return counter(part, led, chords, section, stand.tune.motif, meter, notes)


def _entering(part: PartStyle, section: Section, notes: list[Note]) -> list[Note]:
    """A part that builds enters half-way through the first section of a label."""
    if not part.half or section.turn > 0 or section.bars < 4:
        return notes
    return [note for note in notes if note.start >= section.start + section.length / 2 - 1e-6]


def _closed(
    stand: _Stand, part: PartStyle, notes: list[Note], shapes: Voicings, final: Section
) -> list[Note]:
    """The last bar: whoever plays in the last section holds the tonic chord and lets it ring. Who sings to
    the end has arrived there on the last syllable."""
    bar = final.length / final.bars
    start = final.end - bar
    held = bar + 0.35 * stand.plan.tail_s * stand.plan.quarters_per_minute / 60.0
    if part.line == "melody" and final.syllables:
        return [replace(n, length=held) if n.start >= start - 1e-6 and final.bars > 1 else n for n in notes]
    before = [
        n if n.start + n.length <= start else replace(n, length=start - n.start)
        for n in notes
        if n.start < start - 1e-6
    ]
    if not (plays(part, final) or part.line in ("bass", "walk", "chords")):
        return before
    last = _last_pitches(part, stand.chords[-1], shapes)
    return before + [Note(start, held, pitch, 0.55, 2.0 * part.strum_ms * i) for i, pitch in enumerate(last)]


def _last_pitches(part: PartStyle, slot: ChordSlot, shapes: Voicings) -> tuple[int, ...]:
    if part.line in ("bass", "walk"):
        return (root(slot.chord, part),)
    if part.line in ("chords", "arp", "drone"):
        return shapes[slot.start]
    return (nearest((part.low + part.high_pitch) / 2, (slot.chord.root,)),)
