"""Mixing on paper: every level is set before a bus sounds.

The K-weighted energy of each rendered note is known, so the loudness of a part where it plays, and of
every section,
can be added up from the score. Parts are set to the style's targets, sections to the contrast a song wants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.analysis import loudness
from noktvrn.sound.score import RATE, Score, Section
from noktvrn.sound.style import Mix
from noktvrn.sound.synthesis.spectrum import Samples
from noktvrn.sound.synthesis.takes import Sound

_DEPTH = {
    "chorus": 0.0,
    "drop": 0.0,
    "prechorus": 0.7,
    "bridge": 0.75,
    "verse": 1.0,
    "interlude": 1.2,
    "intro": 1.7,
    "outro": 1.5,
    "breakdown": 1.8,
}
"""How many contrasts a section lies below the peaks."""

_REACH_DB = 8.0
_TRIM_DB = 3.0
TRIM_STEP = RATE // 10
PEAK_LUFS = -16.5
"""Loudness of the loudest sections of the sum of all stems: room enough for every peak."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """A note ready to be laid down: where, in which section, its take, left and right gain, energy, send,
    duck, and the level of an echo thrown behind it."""

    at: int
    section: int
    take: Sound
    left: float
    right: float
    energy: float
    wet: float
    duck: float
    thrown: float = 0.0


def set_level(soundings: Sequence[Sounding], score: Score, target_lufs: float) -> float:
    """The gain that brings a part to `target_lufs` over the sections it plays in; 1 for a part that never
    plays."""
    energy = sum(s.energy * (s.left**2 + s.right**2) for s in soundings)
    played = sum(score.sections[i].length for i in {s.section for s in soundings}) * score.beat_s
    if energy <= 0.0 or played <= 0.0:
        return 1.0
    level = -0.691 + 10.0 * np.log10(energy / (played * RATE))
    return float(10.0 ** ((target_lufs - level) / 20.0))


def rides(soundings: Sequence[tuple[float, Sounding]], score: Score, mix: Mix) -> list[float]:
    """The gain of each section: peaks stand `contrast` LU above verses, whatever the arrangement did by
    itself."""
    energy = [1e-12] * len(score.sections)
    pumped = _pumped(score, mix.pump_beats)
    for gain, s in soundings:
        kept = 1.0 - pumped[s.section] * (s.duck * mix.pump - 0.375 * (s.duck * mix.pump) ** 2)
        energy[s.section] += kept * gain**2 * s.energy * (s.left**2 + s.right**2)
    natural = [
        -0.691 + 10.0 * np.log10(e / (section.length * score.beat_s * RATE))
        for e, section in zip(energy, score.sections, strict=True)
    ]
    peak = _peak(natural, score.sections)
    gains: list[float] = []
    for level, section in zip(natural, score.sections, strict=True):
        wanted = PEAK_LUFS - mix.contrast * _depth(section)
        lift = min(_REACH_DB, max(-_REACH_DB, wanted - (level + PEAK_LUFS - peak)))
        gains.append(float(10.0 ** ((lift + PEAK_LUFS - peak) / 20.0)))
    return gains


def trim(mix: Samples, score: Score, style: Mix) -> NDArray[np.float64]:
    """The last ride of the faders, by ear and not on paper: gains, one each `TRIM_STEP` samples, that set the
    sections of the summed `mix` (2, n) where compressors and filters have moved them off."""
    powers = loudness.powers_of(mix, RATE)
    spans = [
        slice(score.sample(s.start) // TRIM_STEP, score.sample(s.end) // TRIM_STEP) for s in score.sections
    ]
    heard = [float(loudness.to_lufs(powers[span].mean())) if powers[span].size else -70.0 for span in spans]
    peak = _peak(heard, score.sections)
    gains = np.ones(powers.size + 2)
    for span, level, section in zip(spans, heard, score.sections, strict=True):
        lift = peak - style.contrast * _depth(section) - level
        after = None if section.index == len(spans) - 1 else span.stop
        gains[span.start : after] = 10.0 ** (min(_TRIM_DB, max(-_TRIM_DB, lift)) / 20.0)
    return gains


def _pumped(score: Score, pump_beats: float) -> list[float]:
    """The share of each section in which a ducked part is coming back from a kick."""
    kicks = [0] * len(score.sections)
    for hit in score.hits:
        kicks[score.section_at(hit.start).index] += hit.voice == "kick"
    return [min(1.0, count * pump_beats / s.length) for count, s in zip(kicks, score.sections, strict=True)]


def _peak(natural: Sequence[float], sections: Sequence[Section]) -> float:
    peaks = [
        level
        for level, section in zip(natural, sections, strict=True)
        if _DEPTH.get(section.label, 1.0) == 0.0
    ]
    return float(np.mean(peaks)) if peaks else max(natural)


def _depth(section: Section) -> float:
    depth = _DEPTH.get(section.label, 1.0)
    later = -0.12 if section.turn > 0 else 0.0
    return depth + later - (0.12 if section.last and section.turn > 0 else 0.0)
