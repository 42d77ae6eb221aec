"""Struck bars, plates, pans, bells and kettles: a few partials in the ratios of the body, a stick, a tube.

Ratios are data of the patch. A free uniform bar rings at 1, 2.756, 5.404; makers tune marimba bars to 1 :
4 : 9.2, xylophones to 1 : 3, vibraphones to 1 : 4; a clamped tongue has 6.27; a kettledrum's preferred
modes are 1, 1.5, 1.98, 2.44 (Fletcher and Rossing, chapters 18, 19 and 21).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.patch import BarPatch
from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.envelopes import contour, decay, ramp
from noktvrn.sound.synthesis.frames import breath
from noktvrn.sound.synthesis.partials import Figures, Partials, gathered, heard, ring
from noktvrn.sound.synthesis.spectrum import Samples
from noktvrn.sound.synthesis.timbre import hertz


def play(patch: BarPatch, pitch: int, seconds: float, velocity: float, seed: int) -> Samples:
    """A note (2, n): both sides ring together at first and drift apart as the body turns its pairs."""
    shape = contour(seconds, patch.envelope.model_copy(update={"sustain": 1.0}))
    luck = np.random.Generator(np.random.PCG64(seed))
    partials = _partials(patch, hertz(pitch), velocity, luck)
    middle = ring(heard(partials), shape.size)
    sound = np.stack([middle, middle])
    if patch.beat_hz:
        pair = partials._replace(hertz=partials.hertz + patch.beat_hz * luck.uniform(0.8, 1.2))
        other = np.float32(0.75) * ring(heard(pair), shape.size)
        sound = np.stack([middle + np.float32(0.5) * other, np.float32(0.7) * middle + other]) * np.float32(
            0.7
        )
    if patch.tremolo:
        turn = (
            2.0 * np.pi * (patch.tremolo_hz * np.arange(shape.size, dtype=np.float32) / RATE + luck.random())
        )
        sound *= 1.0 - np.float32(0.5 * patch.tremolo) * (1.0 - np.cos(turn.astype(np.float32)))
    if patch.rattle:
        _add_rattle(patch, sound, luck)
    _add_stick(patch, sound, velocity, seed)
    return np.asarray(sound * shape, dtype=np.float32)


def _partials(patch: BarPatch, base: float, velocity: float, luck: np.random.Generator) -> Partials:
    """The body's modes. Each stroke lands elsewhere, so their shares differ from note to note."""
    ratios: Figures = np.array(patch.ratios, dtype=np.float64)
    levels = np.array(patch.levels, dtype=np.float64)[: ratios.size]
    soft = 2.0 ** (-6.5 * (1.0 - patch.hardness) - 2.5 * patch.velocity_tone * (1.0 - velocity))
    felt = 14_000.0 * soft
    gains = levels / (1.0 + (np.maximum(0.0, ratios * base - base) / felt) ** 2)
    gains = gains * np.exp(luck.normal(0.0, 0.1, ratios.size) * (ratios > ratios.min()))
    long = patch.ring * (262.0 / base) ** patch.ring_track
    falls = long / (1.0 + patch.damping * np.abs(ratios - 1.0))
    return gathered(Partials(ratios * base, gains, falls, np.full(ratios.size, 0.1)))


def _add_rattle(patch: BarPatch, sound: Samples, luck: np.random.Generator) -> None:
    """The buzz of a gourd's membrane or the rings on a tongue: pulses of noise on the swings of the tone."""
    swing: NDArray[np.float32] = np.maximum(0.0, sound.mean(axis=0)) ** 1.5
    hiss = breath(1200.0, 6000.0, swing.size, int(luck.integers(0, 1 << 16)))
    sound += np.float32(0.9 * patch.rattle) * swing * hiss


def _add_stick(patch: BarPatch, sound: Samples, velocity: float, seed: int) -> None:
    if not patch.knock:
        return
    count = min(sound.shape[1], round(8.0 * patch.knock_s * RATE))
    tap = breath(patch.knock_low, patch.knock_high, count, seed) * decay(count, 4.0 * patch.knock_s)
    tap[: min(20, count)] *= ramp(min(20, count))
    sound[:, :count] += np.float32(0.28 * patch.knock * (0.3 + 0.7 * velocity)) * tap
