"""Instruments that are blown, bowed or sung: the player feeds the tone as long as it lasts.

The colour of such a tone follows its loudness: brass gets brighter by several dB an octave from piano to
forte (Risset 1966; Luce and Clark 1967), a bow nearer the bridge and a louder voice do the same. So a pitch
is a row of frames from the softest to the loudest, and a note moves along the row with its breath. Over the
frames lie fixed resonances of the body or the vocal tract, which stay in place while the pitch moves.

A section is several such players with their own intonation, vibrato and timing.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.patch import SustainedPatch
from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.envelopes import contour, ramp
from noktvrn.sound.synthesis.frames import breath, cycles, harmonics, read
from noktvrn.sound.synthesis.motion import Points, joined, positions, times, vibrato, wander
from noktvrn.sound.synthesis.spectrum import Samples
from noktvrn.sound.synthesis.timbre import formants, hertz

ROWS = 10

Curve = NDArray[np.float32]


def play(patch: SustainedPatch, pitch: int, seconds: float, velocity: float, seed: int) -> Samples:
    """A note: (1, n) for one player, (2, n) for more; the seed moves everything a player never repeats."""
    loudness = contour(seconds, patch.envelope)
    time = times(loudness.size)
    luck = np.random.Generator(np.random.PCG64(seed))
    table = _frames(patch, pitch)
    sound = np.zeros((1 if patch.players == 1 else 2, loudness.size), dtype=np.float32)
    sway = np.zeros_like(time)
    tuning = luck.normal(0.0, patch.detune, patch.players)
    tuning -= tuning.mean() if patch.players > 1 else 0.0
    for (left, right), cents in zip(_stage(patch.players), tuning, strict=True):
        voice, sway = _player(patch, table, pitch, float(cents), seconds, velocity, time, loudness.size, luck)
        if patch.players == 1:
            sound[0] = voice
        else:
            sound[0] += np.float32(left) * voice
            sound[1] += np.float32(right) * voice
    if patch.breath:
        _blow(patch, sound, velocity, sway, seed)
    if patch.chiff:
        _speak(patch, sound, velocity, seed)
    return sound * loudness


@lru_cache(maxsize=64)
def _frames(patch: SustainedPatch, pitch: int) -> Curve:
    """The rows of a pitch from pianissimo to fortissimo (`cycles`)."""
    base = hertz(pitch)
    n = harmonics(base)
    weights = _source(patch, base, n) * _body(patch, np.asarray(n * base))
    return cycles(np.asarray(weights), _phases(patch, n.size))


def _source(patch: SustainedPatch, base: float, n: NDArray[np.float64]) -> NDArray[np.float64]:
    """What reed, lips, string or cords give, (ROWS, n): harmonics that fall by `fall` dB an octave, by
    `slope` more above a corner that the loudness moves by `span` octaves."""
    loud = np.arange(ROWS)[:, None] / (ROWS - 1.0)
    corner = patch.corner * (base / 262.0) ** patch.track * 2.0 ** (patch.span * (loud - 1.0))
    partial = n[None, :]
    above = (1.0 + (partial * base / corner) ** 2) ** (-patch.slope / 12.04)
    weights = partial ** (-patch.fall / 6.02) * above
    even = patch.even + (1.0 - patch.even) * np.minimum(1.0, partial * base / 6000.0)
    return np.asarray(np.where(partial % 2 == 0, even * weights, weights))


def _body(patch: SustainedPatch, frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """The gain of the body at the frequencies: bells of `resonances`, a ripple of small modes, a vowel."""
    octaves = np.log2(frequencies)
    decibels = np.zeros_like(frequencies)
    for centre, gain, width in patch.resonances:
        decibels += gain * np.exp(-(((octaves - np.log2(centre)) / width) ** 2))
    if patch.ripple:
        modes = np.random.Generator(np.random.PCG64(patch.body_seed)).standard_normal(128)
        decibels += patch.ripple * np.interp(octaves * 8.0, np.arange(128), modes)
    return np.asarray(10.0 ** (decibels / 20.0) * formants(patch.vowel, frequencies))


def _phases(patch: SustainedPatch, count: int) -> NDArray[np.float64] | float:
    """Sines for one player; for a voice or a body the phases its resonances have turned about."""
    if not patch.ripple and patch.vowel == "none":
        return -0.5 * np.pi
    return np.random.Generator(np.random.PCG64(patch.body_seed + 1)).uniform(-2.2, 2.2, count)


def _stage(players: int) -> list[tuple[float, float]]:
    """Left and right gains of the players, spread alternately from the middle; powers sum to 1 a side."""
    places = [0.8 * (-1.0) ** i * (i + 0.5) / players for i in range(players)]
    return [(float(np.sqrt((1.0 - p) / players)), float(np.sqrt((1.0 + p) / players))) for p in places]


def _player(
    patch: SustainedPatch,
    table: Curve,
    pitch: int,
    tuning: float,
    seconds: float,
    velocity: float,
    time: Points,
    count: int,
    luck: np.random.Generator,
) -> tuple[Curve, Points]:
    """One player's tone without the note's envelope, and the vibrato."""
    late = 0.0 if patch.players == 1 else luck.uniform(0.0, patch.blend_ms / 1000.0)
    moment = np.maximum(0.0, time - late)
    sway = vibrato(luck, moment, patch.vibrato_hz, patch.vibrato_onset)
    growl = _growl(patch, moment, luck)
    cents = tuning + patch.vibrato * sway + _intonation(patch, moment, luck) + 35.0 * (growl - growl.mean())
    index = positions(hertz(pitch) * 2.0 ** (cents / 1200.0), count, luck.random(), 8192)
    row = joined((ROWS - 1.0) * _dynamic(patch, velocity, seconds, moment, sway, luck), count)
    tone = read(table, row, index)
    tone *= joined(growl * _bowing(patch, moment, luck), count)
    if late:
        rise = min(count, round((late + 0.02) * RATE))
        tone[:rise] *= ramp(rise)
    return tone, sway


def _intonation(patch: SustainedPatch, time: Points, luck: np.random.Generator) -> Points:
    """Cents beside the note: the scoop with its slight overshoot, drift, quick jitter, tape wow."""
    cents = patch.drift * wander(luck, time, 0.7)
    if patch.scoop:
        settle = max(0.02, patch.scoop_s) * luck.uniform(0.8, 1.25)
        phase = time / settle
        cents = cents - patch.scoop * luck.uniform(0.6, 1.2) * np.exp(-1.6 * phase) * np.cos(1.9 * phase)
    if patch.jitter:
        cents = cents + patch.jitter * wander(luck, time, 14.0)
    if patch.wow:
        cents = cents + patch.wow * np.sin(2.0 * np.pi * (0.9 * time + luck.random()))
    return np.asarray(cents)


def _growl(patch: SustainedPatch, time: Points, luck: np.random.Generator) -> Points:
    """The gain of a voice hummed into the horn: 20 to 30 beats a second, uneven."""
    if not patch.growl:
        return np.ones_like(time)
    turns = np.cumsum(26.0 * (1.0 + 0.12 * wander(luck, time, 5.0))) * (time[1] - time[0])
    return np.asarray(1.0 - patch.growl * 0.5 * (1.0 + np.sin(2.0 * np.pi * turns)))


def _bowing(patch: SustainedPatch, time: Points, luck: np.random.Generator) -> Points:
    """Bow changes of a tremolo, each player in a time of his own."""
    if not patch.tremolo_hz:
        return np.ones_like(time)
    turns = np.cumsum(patch.tremolo_hz * (1.0 + 0.08 * wander(luck, time, 3.0))) * (time[1] - time[0])
    return np.asarray(0.3 + 0.9 * np.abs(np.sin(np.pi * (turns + luck.random()))) ** 0.7)


def _dynamic(
    patch: SustainedPatch,
    velocity: float,
    seconds: float,
    time: Points,
    sway: Points,
    luck: np.random.Generator,
) -> Points:
    """How loud the player drives the tone, 0..1: the brightness lags the loudness, breathes and falls off."""
    home = 1.0 - patch.velocity_tone * (1.0 - velocity) * 1.4 + luck.normal(0.0, 0.025)
    rise = 1.0 - 0.75 * np.exp(-time / max(0.004, patch.swell_s))
    bite = 0.14 * patch.bite * np.exp(-time / 0.05)
    gone = np.exp(-np.maximum(0.0, time - seconds) / max(0.02, 0.6 * patch.envelope.release))
    life = 0.05 * patch.vibrato / 30.0 * sway + 0.02 * wander(luck, time, 2.0)
    return np.asarray(np.clip((home + life) * rise * (0.35 + 0.65 * gone) + bite, 0.0, 0.999))


def _blow(patch: SustainedPatch, sound: Samples, velocity: float, sway: Points, seed: int) -> None:
    """Breath or bow noise under the tone, more of it the harder the player works."""
    level = 0.3 * patch.breath * (0.6 + 0.4 * velocity)
    count = sound.shape[1]
    gusts = joined(level * (1.0 + 0.25 * sway), count)
    for side in range(sound.shape[0]):
        sound[side] += gusts * breath(patch.breath_low, patch.breath_high, count, seed + 9973 * side)


def _speak(patch: SustainedPatch, sound: Samples, velocity: float, seed: int) -> None:
    """The transient before the tone speaks: lips, reed, chiff of a pipe, the bow's grip."""
    count = min(sound.shape[1], round(0.12 * RATE))
    fall = np.exp(np.arange(count, dtype=np.float32) * np.float32(-1.0 / (0.018 * RATE)))
    fall[: min(64, count)] *= ramp(min(64, count))
    burst = breath(patch.breath_low, patch.breath_high, count, seed // 7) * fall
    sound[:, :count] += np.float32(0.3 * patch.chiff * (0.4 + 0.6 * velocity)) * burst
