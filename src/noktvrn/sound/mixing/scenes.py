"""Scenes: how wide each section stands. Verses draw in, peaks open, the last peak the widest.

Only the difference of the sides is scaled, so what a mono speaker plays stays the same.
"""

from __future__ import annotations

import numpy as np

from noktvrn.sound.score import RATE, Score, Section
from noktvrn.sound.synthesis.spectrum import Samples

_OPENNESS = {
    "chorus": 1.0,
    "drop": 1.0,
    "breakdown": 0.6,
    "prechorus": 0.1,
    "bridge": 0.4,
    "verse": -0.8,
    "intro": 0.0,
    "interlude": 0.2,
    "outro": 0.2,
}
_REACH = 0.3
"""How far a section at full openness scales its sides up, or at minus one down."""

_TURN_S = 0.06
_CHUNK = 1 << 16


def side_gain(section: Section, width: float) -> float:
    """The gain of the difference of the sides in a section of a bus whose usual gain is `width`."""
    open_ = _OPENNESS.get(section.label, 0.0)
    if open_ == 1.0 and section.last and section.turn > 0:
        open_ = 1.2
    return width * (1.0 + _REACH * open_)


def widen(bus: Samples, score: Score, width: float, rate: int = RATE) -> None:
    """Scales the sides of a stereo bus (2, n) at `rate` section by section, in place, turning within
    60 ms."""
    each = RATE // rate
    before = side_gain(score.sections[0], width)
    for section in score.sections:
        start = 0 if section.index == 0 else score.sample(section.start) // each
        final = section.index == len(score.sections) - 1
        stop = bus.shape[1] if final else score.sample(section.end) // each
        after = side_gain(section, width)
        turn = min(stop, start + round(_TURN_S * rate))
        _scale(bus[:, start:turn], np.linspace(before, after, turn - start, dtype=np.float32))
        for place in range(turn, stop, _CHUNK):
            _scale(bus[:, place : min(stop, place + _CHUNK)], np.float32(after))
        before = after


def _scale(piece: Samples, gain: Samples | np.float32) -> None:
    side = (piece[0] - piece[1]) * ((gain - np.float32(1.0)) * np.float32(0.5))
    piece[0] += side
    piece[1] -= side
