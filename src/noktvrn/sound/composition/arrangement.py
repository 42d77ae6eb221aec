"""Arrangement: who plays where. Turns a plan, a style and an identity into a score."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from noktvrn.kernel.seeds import dice
from noktvrn.model.song import SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.composition.bass import pattern_bass, root, walking_bass
from noktvrn.sound.composition.comping import Voicings, arpeggio, drone, struck_chords, voicings
from noktvrn.sound.composition.form import PEAKS, lay_out
from noktvrn.sound.composition.grooves import drum
from noktvrn.sound.composition.harmony import harmonise
from noktvrn.sound.composition.leeway import give_way
from noktvrn.sound.composition.melody import Tune, invent
from noktvrn.sound.composition.meter import Meter, meter_of
from noktvrn.sound.composition.pattern import STEP
from noktvrn.sound.score import ChordSlot, Gesture, Hit, Note, Score, Section
from noktvrn.sound.style import PartStyle, Style, load_style
from noktvrn.sound.theory import nearest, scale


@dataclass(frozen=True, slots=True)
class _Stand:
    """What every part has on its music stand."""

    plan: SongPlan
    style: Style
    meter: Meter
    chords: tuple[ChordSlot, ...]
    tune: Tune


def compose(plan: SongPlan, identity: SoundIdentity) -> Score:
    """The whole song as a score. The same plan and identity give the same score.

    Raises:
        NotFound: the plan's style does not exist.
    """
    style = load_style(plan.style)
    sections = lay_out(plan)
    meter = meter_of(plan, style)
    chords = harmonise(plan, sections, style, identity)
    tune = Tune(plan, meter, invent(plan, style, identity), chords)
    stand = _Stand(plan, style, meter, chords, tune)
    mutes = _mutes(plan, sections, style, meter)
    played = {part.name: _part(stand, part, sections, mutes, identity) for part in style.parts}
    parts = give_way(played, style.parts)
    hits = _played(stand, _muted_hits(drum(plan, sections, style), mutes), identity, dice(plan.seed, "feel"))
    return Score(
        plan.quarters_per_minute,
        plan.quarters_per_bar,
        sections[-1].end,
        plan.tail_s,
        sections,
        chords,
        parts,
        hits,
        _gestures(plan, sections, style),
        meter=plan.meter,
        pulse=meter.groups,
        swing=identity.swing,
        swing_unit=style.swing_unit,
    )


def _part(
    stand: _Stand,
    part: PartStyle,
    sections: Sequence[Section],
    mutes: Sequence[tuple[float, float]],
    identity: SoundIdentity,
) -> tuple[Note, ...]:
    luck = dice(stand.plan.seed, "part", part.name)
    pattern = luck.choice(part.patterns) if part.patterns else ""
    high = luck.choice(part.high) if part.high else pattern
    shapes = voicings(part, stand.chords)
    notes: list[Note] = []
    for section in sections:
        if plays(part, section):
            chosen = high if section.energy >= 0.7 else pattern
            notes += _entering(part, section, _line(stand, part, chosen, shapes, section, luck))
    closed = _closed(stand, part, notes, shapes, sections[-1])
    kept = closed if part.line in ("melody", "drone") else _muted(closed, mutes)
    return tuple(_humanised(stand, kept, identity, luck))


def plays(part: PartStyle, section: Section) -> bool:
    """Whether the part plays in the section at all."""
    named = "all" in part.play or section.label in part.play
    return named and not (part.later and section.turn == 0)


def _line(
    stand: _Stand, part: PartStyle, pattern: str, shapes: Voicings, section: Section, luck: random.Random
) -> list[Note]:
    chords = stand.chords
    if part.line == "bass":
        return pattern_bass(part, pattern, chords, section)
    if part.line == "walk":
        notes = scale(stand.plan.tonic, stand.plan.mode)
        return walking_bass(part, chords, section, stand.meter, notes, luck)
    if part.line == "chords":
        return struck_chords(part, pattern, chords, shapes, section, stand.meter)
    if part.line == "arp":
        return arpeggio(part, pattern, chords, shapes, section, stand.meter)
    if part.line == "drone":
        return drone(part, stand.plan.tonic, section)
    tune = stand.tune
    lines = {"melody": tune.sung, "hook": tune.hook, "counter": tune.counter, "backing": tune.backing}
    return lines[part.line](part, section)


def _entering(part: PartStyle, section: Section, notes: list[Note]) -> list[Note]:
    """A part that builds enters half-way through the first section of a label, so no block repeats
    untouched."""
    if not part.half or section.turn > 0 or section.bars < 4:
        return notes
    return [note for note in notes if note.start >= section.start + section.length / 2 - 1e-6]


def _closed(
    stand: _Stand, part: PartStyle, notes: list[Note], shapes: Voicings, final: Section
) -> list[Note]:
    """The last bar: whoever plays in the last section holds the tonic chord and lets it ring."""
    bar = final.length / final.bars
    start = final.end - bar
    before = [
        n if n.start + n.length <= start else replace(n, length=start - n.start)
        for n in notes
        if n.start < start - 1e-6
    ]
    if not (plays(part, final) or part.line in ("bass", "walk", "chords")):
        return before
    slot = stand.chords[-1]
    held = bar + 0.35 * stand.plan.tail_s * stand.plan.quarters_per_minute / 60.0
    if part.line in ("bass", "walk"):
        pitches: tuple[int, ...] = (root(slot.chord, part),)
    elif part.line in ("chords", "arp", "drone"):
        pitches = shapes[slot.start]
    else:
        pitches = (nearest((part.low + part.high_pitch) / 2, (slot.chord.root,)),)
    return before + [
        Note(start, held, pitch, 0.55, 2.0 * part.strum_ms * i) for i, pitch in enumerate(pitches)
    ]


def _mutes(
    plan: SongPlan, sections: Sequence[Section], style: Style, meter: Meter
) -> list[tuple[float, float]]:
    """The breaths before peaks: half a felt beat to two of them without anybody but the singer, in beats."""
    luck, last = dice(plan.seed, "mutes"), meter.groups[-1] * STEP
    return [
        (section.start - luck.choice((0.5 * last, last, last, sum(meter.groups[-2:]) * STEP)), section.start)
        for section in sections
        if section.label in PEAKS and section.start > 0 and luck.random() < 0.35 + 0.55 * style.mix.risers
    ]


def _muted(notes: list[Note], mutes: Sequence[tuple[float, float]]) -> list[Note]:
    kept = [note for note in notes if not any(low - 1e-6 <= note.start < high - 1e-6 for low, high in mutes)]
    for low, high in mutes:
        kept = [
            replace(n, length=low - n.start) if n.start < low < n.start + n.length <= high + 1e-6 else n
            for n in kept
        ]
    return kept


def _muted_hits(hits: list[Hit], mutes: Sequence[tuple[float, float]]) -> list[Hit]:
    return [
        hit
        for hit in hits
        if hit.voice == "snare" or not any(low - 1e-6 <= hit.start < high - 1e-6 for low, high in mutes)
    ]


def _humanised(stand: _Stand, notes: list[Note], identity: SoundIdentity, luck: random.Random) -> list[Note]:
    style = stand.style
    played: list[Note] = []
    for note in notes:
        start = stand.meter.swung(note.start, identity.swing, style.swing_unit)
        nudge = note.nudge_ms + max(-2.0, min(2.0, luck.gauss(0.0, 0.6))) * style.humanise_ms
        force = min(1.0, max(0.05, note.velocity * (1.0 + 0.08 * luck.uniform(-1.0, 1.0))))
        played.append(Note(start, note.length, note.pitch, force, nudge))
    return sorted(played, key=lambda note: (note.start, note.pitch))


def _played(stand: _Stand, hits: list[Hit], identity: SoundIdentity, luck: random.Random) -> tuple[Hit, ...]:
    """The kick stays on the grid: bass, ducking and the time-line lean on it."""
    style = stand.style
    played: list[Hit] = []
    for hit in hits:
        start = stand.meter.swung(hit.start, identity.swing, style.swing_unit)
        nudge = 0.0 if hit.voice == "kick" else max(-2.0, min(2.0, luck.gauss(0.1, 0.5))) * style.humanise_ms
        played.append(Hit(start, hit.voice, hit.velocity, nudge))
    return tuple(sorted(played, key=lambda hit: (hit.start, hit.voice)))


def _gestures(plan: SongPlan, sections: Sequence[Section], style: Style) -> tuple[Gesture, ...]:
    gestures: list[Gesture] = []
    amount, bar, luck = style.mix.risers, plan.quarters_per_bar, dice(plan.seed, "candy")
    for before, section in pairwise(sections):
        if amount > 0 and section.label in PEAKS:
            length = min(before.length, (2 if before.bars >= 4 else 1) * bar)
            gestures.append(Gesture(section.start - length, length, "riser", amount))
            gestures.append(Gesture(section.start, 2 * bar, "impact", amount))
        elif amount > 0 and section.energy < before.energy - 0.15:
            gestures.append(Gesture(section.start, 2 * bar, "downlifter", 0.7 * amount))
        elif amount > 0:
            gestures.append(Gesture(section.start - bar, bar, "reverse", 0.6 * amount))
    gestures += [gesture for section in sections for gesture in _candy(section, bar, amount, luck)]
    if style.mix.texture > 0:
        gestures.append(Gesture(0.0, sections[-1].end, "texture", style.mix.texture))
    return tuple(gestures)


def _candy(section: Section, bar: float, amount: float, luck: random.Random) -> list[Gesture]:
    """Something for the ear at the inner seams of a section, every four to eight bars."""
    seams = range(8, section.bars, 8) if section.bars > 8 else range(4, section.bars, 4)
    if amount <= 0.2:
        return []
    kinds = [luck.choice(("passing", "passing", "reverse", "downlifter")) for _ in seams]
    return [
        Gesture(section.start + seam * bar - (0.0 if kind == "downlifter" else bar), bar, kind, 0.6 * amount)
        for seam, kind in zip(seams, kinds, strict=True)
    ]
