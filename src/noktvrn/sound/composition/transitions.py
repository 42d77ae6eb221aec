"""Transitions: the breaths, risers and impacts between sections, and something for the ear within them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from noktvrn.kernel.seeds import dice
from noktvrn.model.song import SongPlan
from noktvrn.sound.composition.form import PEAKS
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.pattern import STEP
from noktvrn.sound.score import Gesture, Hit, Note, Section
from noktvrn.sound.style import PartStyle, Style

Span = tuple[float, float]

RISING = ("prechorus", "breakdown")
"""Labels of the sections that build up."""

_LIFTING = ("chords", "arp")
_PHRASE = 8

_QUIET = 0.16
"""How much softer a building section begins, as a share."""


def mutes(plan: SongPlan, sections: Sequence[Section], style: Style, meter: Meter) -> list[Span]:
    """The breaths before peaks: half a felt beat to two of them without anybody but the singer, in beats."""
    luck, last = dice(plan.seed, "mutes"), meter.groups[-1] * STEP
    return [
        (section.start - luck.choice((0.5 * last, last, last, sum(meter.groups[-2:]) * STEP)), section.start)
        for section in sections
        if section.label in PEAKS and section.start > 0 and luck.random() < 0.35 + 0.55 * style.mix.risers
    ]


def muted(notes: Sequence[Note], spans: Sequence[Span]) -> list[Note]:
    """The notes without those that begin in a breath; those that last into one end at it."""
    kept = [note for note in notes if not any(low - 1e-6 <= note.start < high - 1e-6 for low, high in spans)]
    for low, high in spans:
        kept = [
            replace(n, length=low - n.start) if n.start < low < n.start + n.length <= high + 1e-6 else n
            for n in kept
        ]
    return kept


def muted_hits(hits: Sequence[Hit], spans: Sequence[Span]) -> list[Hit]:
    """The strokes outside the breaths; a snare may lead in."""
    return [
        hit
        for hit in hits
        if hit.voice == "snare" or not any(low - 1e-6 <= hit.start < high - 1e-6 for low, high in spans)
    ]


def lifted(
    part: PartStyle, notes: list[Note], section: Section, meter: Meter, seed: int, *, final: bool
) -> list[Note]:
    """An accompaniment that takes its hands off for the last felt beat of every eight bars, where fills are.
    Every other one does, a whole song long; nobody does where a section builds up or a song ends."""
    if part.line not in _LIFTING or final or section.label in RISING or section.bars < 4:
        return notes
    if dice(seed, "lifted", part.name).random() < 0.5:
        return notes
    ends = [*range(_PHRASE, section.bars, _PHRASE), section.bars]
    beat = meter.groups[-1] * STEP
    spans = [(section.start + end * meter.bar - beat, section.start + end * meter.bar) for end in ends]
    return muted(notes, spans) or notes


def built_up(notes: Sequence[Note], section: Section) -> list[Note]:
    """The part's notes of a section, growing where the section builds up."""
    if section.label not in RISING:
        return list(notes)
    return [
        replace(
            n, velocity=n.velocity * (1.0 - _QUIET + 2 * _QUIET * (n.start - section.start) / section.length)
        )
        for n in notes
    ]


def gestures(plan: SongPlan, sections: Sequence[Section], style: Style) -> tuple[Gesture, ...]:
    """Risers and impacts into peaks, falls out of them, swells elsewhere, candy at inner seams, a texture."""
    found: list[Gesture] = []
    amount, bar, luck = style.mix.risers, plan.quarters_per_bar, dice(plan.seed, "candy")
    for before, section in pairwise(sections):
        found += _seam(before, section, bar, amount)
    found += [gesture for section in sections for gesture in _candy(section, bar, amount, luck)]
    if style.mix.texture > 0:
        found.append(Gesture(0.0, sections[-1].end, "texture", style.mix.texture))
    return tuple(found)


def _seam(before: Section, section: Section, bar: float, amount: float) -> list[Gesture]:
    if amount <= 0:
        return []
    if section.label in PEAKS:
        length = min(before.length, (2 if before.bars >= 4 else 1) * bar)
        rise = Gesture(section.start - length, length, "riser", amount)
        return [rise, Gesture(section.start, 2 * bar, "impact", amount)]
    if section.energy < before.energy - 0.15:
        return [Gesture(section.start, 2 * bar, "downlifter", 0.7 * amount)]
    return [Gesture(section.start - bar, bar, "reverse", 0.6 * amount)]


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
