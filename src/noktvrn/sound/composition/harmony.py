"""Harmony: which chord sounds when. Chosen per kind of section, kept all song long, led to a cadence."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace

from noktvrn.kernel.seeds import dice
from noktvrn.model.song import SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.composition.form import PEAKS
from noktvrn.sound.composition.habit import LOYAL, favourite
from noktvrn.sound.composition.meter import Meter, meter_of
from noktvrn.sound.score import ChordSlot, Section
from noktvrn.sound.style import Harmony, Style
from noktvrn.sound.theory import Chord, chord, coloured, in_mode, is_minor, scale

_KIND = {
    "verse": "verse",
    "intro": "verse",
    "outro": "verse",
    "interlude": "verse",
    "prechorus": "bridge",
    "bridge": "bridge",
    "breakdown": "bridge",
    "chorus": "chorus",
    "drop": "chorus",
}


def harmonise(
    plan: SongPlan, sections: Sequence[Section], style: Style, identity: SoundIdentity
) -> tuple[ChordSlot, ...]:
    """The chords of the song, gapless from beat 0 to the end, closing on the tonic chord for the last bar."""
    meter, luck = meter_of(plan, style), dice(plan.seed, "harmony")
    length = favourite(luck, identity, "harmonic rhythm", style.chord_bars) * meter.bar
    kinds = ("verse", "bridge", "chorus")
    chosen = {kind: _progression(plan, style, identity, kind, luck) for kind in kinds}
    slots: list[ChordSlot] = []
    for section, following in zip(sections, [*sections[1:], None], strict=True):
        within = _section_chords(plan, section, style, chosen[_KIND[section.label]], length, meter)
        turn = _turn(style.harmony_of(plan.mode), section, following)
        slots += _turned(within, [read(n, plan, style) for n in turn.split()], section, length, meter)
    return _with_cadence(plan, slots, style, sections[-1].end, meter)


def _progression(
    plan: SongPlan, style: Style, identity: SoundIdentity, kind: str, luck: random.Random
) -> str:
    """A progression of the style; four times in five a favourite of the artist's."""
    written: tuple[str, ...] = getattr(style.harmony_of(plan.mode), kind)
    own = [p for p in written if p in identity.progressions]
    return luck.choice(own if own and luck.random() < LOYAL else written)


def _section_chords(
    plan: SongPlan, section: Section, style: Style, progression: str, length: float, meter: Meter
) -> list[ChordSlot]:
    chords = [read(numeral, plan, style) for numeral in progression.split()]
    count = max(1, math.ceil(section.length / length - 1e-9))
    # Two chords in a bar of one beat fall together: the first of them is left out.
    beats = {meter.nearest(i * length): chords[i % len(chords)] for i in range(count)}
    inside = {section.start + beat: chord for beat, chord in beats.items() if beat < section.length - 1e-6}
    return _gapless(list(inside), list(inside.values()), section.end)


def _gapless(starts: Sequence[float], chords: Sequence[Chord], end: float) -> list[ChordSlot]:
    return [
        ChordSlot(start, after - start, chord)
        for start, after, chord in zip(starts, [*starts[1:], end], chords, strict=True)
    ]


def _cut(slots: list[ChordSlot], end: float) -> list[ChordSlot]:
    kept = [slot for slot in slots if slot.start < end - 1e-9]
    last = kept[-1]
    return [*kept[:-1], replace(last, length=end - last.start)]


def _turn(harmony: Harmony, section: Section, following: Section | None) -> str:
    """What the style asks for at the section's end: a half cadence before a peak, a deceptive one after."""
    if following is not None and following.label in PEAKS and section.label not in PEAKS:
        return harmony.half
    return harmony.deceptive if section.label in PEAKS and not section.last else ""


def _turned(
    slots: list[ChordSlot], turn: Sequence[Chord], section: Section, length: float, meter: Meter
) -> list[ChordSlot]:
    """The section ending on the chords of its turn: they share the time of the last chord or bar, so the
    harmony quickens."""
    start = section.end - max(meter.bar, min(length, 2 * meter.bar))
    if not turn or start <= section.start + 1e-9:
        return slots
    starts = [start + place for place in _shares(section.end - start, len(turn), meter)]
    return [*_cut(slots, start), *_gapless(starts, turn, section.end)]


def _shares(span: float, count: int, meter: Meter) -> list[float]:
    """Where `count` chords begin in a span of whole bars: on felt beats, as even as those allow."""
    beats = [start for start, _ in meter.pulses(0.0, span)]
    if count > len(beats):
        return [span * i / count for i in range(count)]
    return [beats[math.ceil(i * len(beats) / count)] for i in range(count)]


def read(numeral: str, plan: SongPlan, style: Style) -> Chord:
    """The chord of a numeral in the plan's key, with the style's colour, respelt when the style lacks the
    mode. Applied dominants take their seventh where the style's chords have sevenths."""
    if plan.mode not in style.harmony:
        home = next(iter(style.harmony))
        same = is_minor(home) == is_minor(plan.mode)
        numeral = numeral if same and plan.mode == home else in_mode(numeral, plan.tonic, plan.mode)
    if numeral.startswith("V/") and style.colour in ("seventh", "ninth"):
        numeral = numeral.replace("V/", "V7/", 1)
    return coloured(chord(numeral, plan.tonic, plan.mode), style.colour, scale(plan.tonic, plan.mode))


def _with_cadence(
    plan: SongPlan, slots: list[ChordSlot], style: Style, end: float, meter: Meter
) -> tuple[ChordSlot, ...]:
    """Replaces the last two bars: the cadence's chords share one, its last, the tonic, has the other."""
    *lead_in, home = (read(numeral, plan, style) for numeral in style.harmony_of(plan.mode).cadence.split())
    start, close = end - 2 * meter.bar, end - meter.bar
    kept = _cut([slot for slot in slots if slot.start < start - 1e-9], start) if start > 1e-9 else []
    starts = [start + place for place in _shares(meter.bar, len(lead_in), meter)] if lead_in else [start]
    approach = _gapless(starts, lead_in or [home], close) if start >= -1e-9 else []
    return (*kept, *approach, ChordSlot(close, meter.bar, home))


def chord_at(slots: Sequence[ChordSlot], beat: float) -> ChordSlot:
    """The slot that sounds at a beat; the last one after the end."""
    low, high = 0, len(slots) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if slots[middle].start <= beat + 1e-6 else (low, middle - 1)
    return slots[low]
