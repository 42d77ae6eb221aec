"""Grooves: what the drummer plays, with variations, crescendos, fills that grow, breaks and crashes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from noktvrn.kernel.seeds import dice
from noktvrn.model.song import SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.composition.form import PEAKS
from noktvrn.sound.composition.habit import LOYAL
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.pattern import STEP, clean
from noktvrn.sound.composition.transitions import RISING
from noktvrn.sound.composition.variants import PHRASE, varied
from noktvrn.sound.score import Hit, Section
from noktvrn.sound.style import Style

_VELOCITY = {"X": 1.0, "x": 0.8, "o": 0.55, "g": 0.28, "?": 0.4}

_BREAK = 0.5
"""Amount of risers from which a style takes the kick away in the last bar before a peak."""


@dataclass(frozen=True, slots=True)
class _Seat:
    """What the drummer has before him."""

    style: Style
    meter: Meter
    busy: float
    luck: random.Random


def drum(
    plan: SongPlan, sections: Sequence[Section], style: Style, meter: Meter, identity: SoundIdentity
) -> list[Hit]:
    """Every stroke of the song on the straight grid. A label keeps its groove all song long."""
    luck = dice(plan.seed, "groove")
    seat = _Seat(style, meter, identity.fills, luck)
    chosen = {
        label: _groove(luck, names, identity) for label, names in sorted(style.grooves.items()) if names
    }
    hits: list[Hit] = []
    for section, following in zip(sections, [*sections[1:], None], strict=True):
        if name := chosen.get(section.label):
            hits += _section(seat, section, following, _lifted(section, style, style.groove[name].bars))
    return _ended(hits, sections[-1].end - meter.bar)


def _groove(luck: random.Random, names: Sequence[str], identity: SoundIdentity) -> str:
    """A groove of the style; four times in five a favourite of the artist's."""
    own = [name for name in names if name in identity.grooves]
    return luck.choice(own if own and luck.random() < LOYAL else names)


def _lifted(section: Section, style: Style, bars: dict[str, str]) -> dict[str, str]:
    """The groove of a section; at peaks with the voices that lift it, where they do not play anyway."""
    if section.label not in PEAKS:
        return bars
    return {**{voice: line for voice, line in style.lift.items() if voice not in bars}, **bars}


def _ended(hits: list[Hit], final: float) -> list[Hit]:
    """The drummer's end: one stroke with the closing chord, as soft as the last section was."""
    force = max((hit.velocity for hit in hits if hit.voice == "kick"), default=0.0)
    closing = [Hit(final, voice, level * force) for voice, level in (("kick", 1.0), ("crash", 0.6)) if force]
    return [hit for hit in hits if hit.start < final - 1e-6] + closing


def _section(seat: _Seat, section: Section, following: Section | None, bars: dict[str, str]) -> list[Hit]:
    groove = [hit for voice, pattern in bars.items() for hit in _voice(section, voice, pattern, seat.luck)]
    groove = varied(groove, section, seat.meter, seat.style.lift, seat.luck)
    if following is not None and following.label in PEAKS and section.label in RISING:
        groove = _broken(groove, section.end - seat.meter.bar, seat.style.mix.risers)
    fills = _fills(seat, section, following)
    for end, strokes in fills:
        start = min(hit.start for hit in strokes) - 1e-6
        groove = [hit for hit in groove if not start <= hit.start < end - 1e-6 or hit.voice == "hat"]
    hits = groove + [hit for _, strokes in fills for hit in strokes] + _crashes(section, seat.meter, bars)
    return [_shaded(hit, section) for hit in hits]


def _broken(groove: list[Hit], start: float, risers: float) -> list[Hit]:
    """Without the kick from `start` on, where the style builds up with risers."""
    if risers < _BREAK:
        return groove
    return [hit for hit in groove if hit.voice != "kick" or hit.start < start - 1e-6]


def _crashes(section: Section, meter: Meter, bars: dict[str, str]) -> list[Hit]:
    """On the entry of a peak, and softer on its further blocks of eight bars."""
    if section.label not in PEAKS or "crash" not in bars:
        return []
    later = [section.start + bar * meter.bar for bar in range(PHRASE, section.bars - 1, PHRASE)]
    return [Hit(section.start, "crash", 0.9), *(Hit(beat, "crash", 0.6) for beat in later)]


def _fills(seat: _Seat, section: Section, following: Section | None) -> list[tuple[float, list[Hit]]]:
    """Where fills end, and their strokes: about two beats after eight bars, up to a bar and more before the
    next section, the longest into a peak; a busy drummer takes a short one in the middle too."""
    style, meter = seat.style, seat.meter
    if not style.fills:
        return []
    fill = seat.luck.choice(style.fills)
    whole = max((len(clean(pattern)) for pattern in fill.values()), default=0)
    two_beats = sum(meter.groups[-2:])
    sizes = {bar: min(whole, two_beats) for bar in range(PHRASE, section.bars, PHRASE)}
    if seat.busy > 0.6:
        sizes |= {
            bar: min(whole, meter.groups[-1]) for bar in range(PHRASE // 2, section.bars, PHRASE) if bar > 2
        }
    if following is not None and section.bars > 1:
        big = following.label in PEAKS or seat.busy > 0.75
        sizes[section.bars] = min(whole, 2 * meter.steps if big else max(two_beats, meter.steps // 2))
    made = [(section.start + bar * meter.bar, size) for bar, size in sorted(sizes.items())]
    found = [(end, _fill(fill, end, size)) for end, size in made]
    return [(end, strokes) for end, strokes in found if strokes]


def _fill(fill: dict[str, str], end: float, steps: int) -> list[Hit]:
    """The last `steps` of a fill before beat `end`, growing."""
    hits: list[Hit] = []
    for voice, pattern in fill.items():
        written = clean(pattern)
        for place, symbol in enumerate(written[-steps:], max(0, steps - len(written))):
            if symbol not in ".-":
                force = _VELOCITY.get(symbol, 0.7) * (0.75 + 0.25 * place / steps)
                hits.append(Hit(end - (steps - place) * STEP, voice, force))
    return hits


def _voice(section: Section, voice: str, pattern: str, luck: random.Random) -> list[Hit]:
    steps = clean(pattern)
    hits: list[Hit] = []
    for index in range(round(section.length / STEP)):
        symbol = steps[index % len(steps)]
        if symbol in ".-" or voice == "crash" or (symbol == "?" and luck.random() < 0.5):
            continue
        velocity = _VELOCITY.get(symbol, 0.7) * (
            1.0 if voice == "kick" else 1.0 + 0.16 * (luck.random() - 0.5)
        )
        hits.append(Hit(section.start + index * STEP, voice, min(1.0, velocity)))
    return hits


def _shaded(hit: Hit, section: Section) -> Hit:
    """Louder towards the end of sections that rise; every other section by its energy."""
    share = (hit.start - section.start) / section.length
    force = 0.55 + 0.45 * share if section.label in RISING else 0.6 + 0.4 * section.energy
    return replace(hit, velocity=min(1.0, hit.velocity * force))
