"""Harmony: which chord sounds when. Chosen per kind of section, kept all song long, led to a cadence."""

from __future__ import annotations

from collections.abc import Sequence

from noktvrn.kernel.seeds import dice
from noktvrn.model.song import SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.score import ChordSlot, Section
from noktvrn.sound.style import Style
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
    bar = plan.quarters_per_bar
    luck = dice(plan.seed, "harmony")
    length = luck.choice(style.chord_bars) * bar
    chosen = {
        kind: luck.choice(_choices(plan, style, identity, kind)) for kind in ("verse", "bridge", "chorus")
    }
    slots = [
        slot
        for section in sections
        for slot in _section_chords(plan, section, style, chosen[_KIND[section.label]], length)
    ]
    return _with_cadence(plan, slots, style, sections[-1].end, bar)


def _choices(plan: SongPlan, style: Style, identity: SoundIdentity, kind: str) -> list[str]:
    """The style's progressions; an artist's favourites among them weigh three times as much as the rest."""
    written: tuple[str, ...] = getattr(style.harmony_of(plan.mode), kind)
    return [p for p in written for _ in range(8 if p in identity.progressions else 1)]


def _section_chords(
    plan: SongPlan, section: Section, style: Style, progression: str, length: float
) -> list[ChordSlot]:
    chords = [read(numeral, plan, style) for numeral in progression.split()]
    count = max(1, round(section.length / length))
    step = section.length / count if section.length < length else length
    slots = [ChordSlot(section.start + i * step, step, chords[i % len(chords)]) for i in range(count)]
    return _cut(slots, section.end)


def _cut(slots: list[ChordSlot], end: float) -> list[ChordSlot]:
    kept = [slot for slot in slots if slot.start < end - 1e-9]
    last = kept[-1]
    return [*kept[:-1], ChordSlot(last.start, end - last.start, last.chord)]


def read(numeral: str, plan: SongPlan, style: Style) -> Chord:
    """The chord of a numeral in the plan's key, with the style's colour, respelt when the style lacks the
    mode."""
    if plan.mode not in style.harmony:
        home = next(iter(style.harmony))
        same = is_minor(home) == is_minor(plan.mode)
        numeral = numeral if same and plan.mode == home else in_mode(numeral, plan.tonic, plan.mode)
    return coloured(chord(numeral, plan.tonic, plan.mode), style.colour, scale(plan.tonic, plan.mode))


def _with_cadence(
    plan: SongPlan, slots: list[ChordSlot], style: Style, end: float, bar: float
) -> tuple[ChordSlot, ...]:
    """Replaces the last bars: the cadence's chords a bar (or half a bar) each, its last one the tonic."""
    chords = [read(numeral, plan, style) for numeral in style.harmony_of(plan.mode).cadence.split()]
    lead_in = chords[:-1]
    step = bar / max(1, len(lead_in))
    start = end - 2 * bar
    kept = _cut([slot for slot in slots if slot.start < start - 1e-9], start) if start > 1e-9 else []
    approach = (
        [ChordSlot(start + i * step, step, item) for i, item in enumerate(lead_in)] if start >= -1e-9 else []
    )
    return (*kept, *approach, ChordSlot(end - bar, bar, chords[-1]))


def chord_at(slots: Sequence[ChordSlot], beat: float) -> ChordSlot:
    """The slot that sounds at a beat; the last one after the end."""
    low, high = 0, len(slots) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if slots[middle].start <= beat + 1e-6 else (low, middle - 1)
    return slots[low]
