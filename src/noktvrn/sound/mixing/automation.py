"""Automation: how loud, how open and how far away each part stands from moment to moment.

Everything is known from the score: where the kick falls, where the tune is sung, where a section begins.
A curve has one value each `STEP` samples and straight lines between (`noktvrn.sound.gain`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.score import RATE, Note, Score
from noktvrn.sound.style import Bus, PartStyle, Style

STEP = 64
"""Samples from one value of a curve to the next."""

Nodes = NDArray[np.float32]

_TUNES = ("melody", "hook", "run")
_IN_FRONT = ("melody", "bass", "walk")
_ATTACK = 220
_LEAN_S = 0.12
_DARKEST = 0.045
_BRIGHT_HZ = 15_000.0
_LEAST = 0.04


class Automation:
    """The gain curves of one song's parts."""

    def __init__(self, score: Score, style: Style) -> None:
        self._score, self._mix = score, style.mix
        self._count = score.samples // STEP + 2
        self._kick = _kick_dip(score, style, self._count) if style.mix.pump > 0.0 else None
        self._lean = _lean(score, style, self._count) if style.mix.lean > 0.0 else None

    def curve(self, part: PartStyle) -> Nodes | None:
        """The gain of a part: down at each kick by its `duck`, the harmony a little under the tune. None
        where nothing moves."""
        curve: Nodes | None = None
        if part.duck and self._kick is not None:
            curve = np.float32(1.0) - np.float32(part.duck) * (np.float32(1.0) - self._kick)
        if part.bus == "harmony" and self._lean is not None:
            curve = self._lean if curve is None else curve * self._lean
        return curve


def follows_filter(part: PartStyle) -> bool:
    """Whether the mix's filter automation moves the part: all but basses and the tune, if not said."""
    if part.swept is not None:
        return part.swept
    return part.bus != "bass" and part.line not in _IN_FRONT


def openings(score: Score, style: Style) -> Iterator[tuple[int, int, float, float]]:
    """Stretches whose filter moves: first and last sample, and the cutoff in Hz at either end.

    A section that comes again starts a little more open than the time before.
    """
    depth = style.mix.sweep
    for section in score.sections if depth else ():
        first, last = style.mix.opening.get(section.label, (1.0, 1.0))
        later = min(0.3, 0.12 * section.turn) if first > 0.3 else 0.0
        closed = [depth * (1.0 - min(1.0, place + later)) for place in (first, last)]
        if max(closed) > _LEAST:
            start = 0 if section.index == 0 else score.sample(section.start)
            stop = score.samples if section.index == len(score.sections) - 1 else score.sample(section.end)
            yield start, stop, _BRIGHT_HZ * _DARKEST ** closed[0], _BRIGHT_HZ * _DARKEST ** closed[1]


def swell(score: Score, style: Style, section: int) -> float:
    """The gain of everything sent to the spaces in a section."""
    return float(10.0 ** (style.mix.sends.get(score.sections[section].label, 0.0) / 20.0))


def wet_buses(style: Style) -> set[Bus]:
    """The buses that have a space."""
    return {bus for bus, space in style.mix.space.items() if space.room or space.hall or space.delay}


def ends_of_phrases(notes: tuple[Note, ...], score: Score) -> set[int]:
    """Which of a part's notes end a phrase: three quarters of a beat of rest behind them, or a new
    section."""
    ends: set[int] = set()
    for index, note in enumerate(notes):
        after = notes[index + 1] if index + 1 < len(notes) else None
        rests = after is None or after.start - (note.start + note.length) >= 0.75
        if rests or (after and score.section_at(after.start) != score.section_at(note.start)):
            ends.add(index)
    return ends


def _kick_dip(score: Score, style: Style, count: int) -> Nodes:
    """Down by `pump` at each kick (known, so no detector) within 5 ms, back within `pump_beats`."""
    depth = style.mix.pump
    length = max(2, round(style.mix.pump_beats * score.beat_s * RATE / STEP))
    place = np.arange(length + 1, dtype=np.float64) / length
    dip = 1.0 - depth * (0.5 + 0.5 * np.cos(np.pi * place)) ** 0.8
    lead = max(1, round(_ATTACK / STEP))
    shape = np.concatenate([np.linspace(1.0, 1.0 - depth, lead, endpoint=False), dip]).astype(np.float32)
    curve = np.ones(count + shape.size + lead, dtype=np.float32)
    for hit in score.hits:
        if hit.voice == "kick":
            at = score.sample(hit.start) // STEP
            here = curve[at : at + shape.size]
            np.minimum(here, shape, out=here)
    return curve[lead : lead + count]


def _lean(score: Score, style: Style, count: int) -> Nodes:
    """Down by `lean` dB wherever a tune sounds, turning within an eighth of a second."""
    sounding = np.zeros(count, dtype=np.float32)
    for part in style.parts:
        if part.bus == "lead" and part.line in _TUNES:
            for note in score.parts.get(part.name, ()):
                start, stop = score.sample(note.start), score.sample(note.start + note.length)
                sounding[start // STEP : stop // STEP + 1] = 1.0
    width = round(2 * _LEAN_S * RATE / STEP) | 1
    sums = np.cumsum(np.pad(sounding, (width // 2 + 1, width // 2), mode="edge"), dtype=np.float64)
    share = (sums[width:] - sums[:-width]) / width
    return np.asarray(10.0 ** (-style.mix.lean / 20.0 * share), dtype=np.float32)
