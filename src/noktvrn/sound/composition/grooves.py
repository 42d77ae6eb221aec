"""Grooves: what the drummer plays, with ghost notes, crescendos, fills and crashes."""

from __future__ import annotations

import random
from collections.abc import Sequence

from noktvrn.kernel.seeds import dice
from noktvrn.model.song import SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.composition.form import PEAKS
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.pattern import STEP, clean
from noktvrn.sound.score import Hit, Section
from noktvrn.sound.style import Style

_VELOCITY = {"X": 1.0, "x": 0.8, "o": 0.55, "g": 0.28, "?": 0.4}
_PHRASE_BARS, _SHORT_FILL = 8, 6
"""Bars after which a long section takes a short fill, and its length in sixteenths."""

_RISING = ("prechorus", "breakdown")


def drum(
    plan: SongPlan, sections: Sequence[Section], style: Style, meter: Meter, identity: SoundIdentity
) -> list[Hit]:
    """Every stroke of the song on the straight grid. A label keeps its groove all song long."""
    luck = dice(plan.seed, "groove")
    chosen = {label: luck.choice(names) for label, names in sorted(style.grooves.items())}
    hits: list[Hit] = []
    for section, following in zip(sections, [*sections[1:], None], strict=True):
        name = chosen.get(section.label)
        if name is None:
            continue
        fill = luck.choice(style.fills) if style.fills and following is not None and section.bars > 1 else {}
        hits += _section(section, _lifted(section, style, style.groove[name].bars), fill, luck)
        if section.label in PEAKS and "crash" in style.groove[name].bars:
            hits.append(Hit(section.start, "crash", 0.9))
    return _ended(hits, sections[-1].end - plan.quarters_per_bar)


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


def _section(section: Section, bars: dict[str, str], fill: dict[str, str], luck: random.Random) -> list[Hit]:
    bar = section.length / section.bars
    groove = [hit for voice, pattern in bars.items() for hit in _voice(section, voice, pattern, luck)]
    steps = max((len(clean(pattern)) for pattern in fill.values()), default=0)
    fills = [(section.end, _fill(fill, section.end, steps))] if steps else []
    for turn in range(_PHRASE_BARS, section.bars, _PHRASE_BARS):
        end = section.start + turn * bar
        fills.append((end, _fill(fill, end, min(steps, _SHORT_FILL))))
    for end, strokes in fills:
        if strokes:
            start = min(hit.start for hit in strokes) - 1e-6
            groove = [hit for hit in groove if not start <= hit.start < end - 1e-6 or hit.voice == "hat"]
    hits = groove + [hit for _, strokes in fills for hit in strokes]
    return [_shaded(hit, section, bar) for hit in hits]


def _fill(fill: dict[str, str], end: float, steps: int) -> list[Hit]:
    """The last `steps` of a fill before beat `end`, growing."""
    hits: list[Hit] = []
    for voice, pattern in fill.items():
        written = clean(pattern)
        for place, symbol in enumerate(written[-steps:], max(0, steps - len(written))):
            if symbol != ".":
                force = _VELOCITY.get(symbol, 0.7) * (0.75 + 0.25 * place / steps)
                hits.append(Hit(end - (steps - place) * STEP, voice, force))
    return hits


def _voice(section: Section, voice: str, pattern: str, luck: random.Random) -> list[Hit]:
    steps = clean(pattern)
    hits: list[Hit] = []
    for index in range(round(section.length / STEP)):
        symbol = steps[index % len(steps)]
        if symbol == "." or voice == "crash" or (symbol == "?" and luck.random() < 0.5):
            continue
        velocity = _VELOCITY.get(symbol, 0.7) * (
            1.0 if voice == "kick" else 1.0 + 0.16 * (luck.random() - 0.5)
        )
        hits.append(Hit(section.start + index * STEP, voice, min(1.0, velocity)))
    return hits


def _shaded(hit: Hit, section: Section, bar: float) -> Hit:
    """Louder towards the end of sections that rise; every other section by its energy."""
    share = (hit.start - section.start) / section.length
    force = 0.55 + 0.45 * share if section.label in _RISING else 0.6 + 0.4 * section.energy
    return Hit(hit.start, hit.voice, min(1.0, hit.velocity * force), hit.nudge_ms)
