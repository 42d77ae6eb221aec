"""Plucked strings: guitars, basses, lutes, zithers, harps.

A string of stiffness B pulled aside at a share p of its length and let go rings at n f0 sqrt(1 + B n^2) with
amplitudes sin(pi n p) / n at the bridge (Fletcher and Rossing, The Physics of Musical Instruments, 2.7, 9.4).
Each partial falls twice: the polarisation that drives the body quickly, the other one more slowly (Weinreich
1977). The body answers with its own modes: for a guitar the air near 100 Hz and the top near 200 Hz, each
ringing about a fifth of a second (Christensen and Vistisen 1980). A magnetic pickup at a share q of the
string adds the comb sin(pi n q).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.patch import PluckedPatch
from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.envelopes import contour, decay, ramp
from noktvrn.sound.synthesis.frames import breath
from noktvrn.sound.synthesis.motion import bent, times, vibrato
from noktvrn.sound.synthesis.partials import Figures, Partials, gathered, heard, ring
from noktvrn.sound.synthesis.spectrum import Samples
from noktvrn.sound.synthesis.timbre import hertz

_MOST = 64
"""Partials of a string at most."""


def play(patch: PluckedPatch, pitch: int, seconds: float, velocity: float, seed: int) -> Samples:
    """A note (1, n): pluck, ring, the finger that stops it. The seed moves place, strength and noise a
    little."""
    shape = contour(seconds, patch.envelope.model_copy(update={"sustain": 1.0}))
    luck = np.random.Generator(np.random.PCG64(seed))
    base = hertz(pitch)
    strings = [
        _string(patch, base * 2.0 ** ((cents + 1200.0 * octave) / 1200.0), velocity, luck)
        for cents, octave in _course(patch, pitch)
    ]
    sound = ring(heard(gathered(*strings)), shape.size)
    if patch.buzz:
        sound = _buzzing(sound, patch, luck)
    if patch.bend or patch.slide or patch.vibrato:
        sound = bent(sound, _left_hand(patch, shape.size, velocity, luck))
    _add_body(patch, sound, base, velocity)
    _add_pick(patch, sound, velocity, seed)
    sound *= shape
    _add_release(patch, sound, seconds, velocity, seed)
    return sound[None, :]


def _course(patch: PluckedPatch, pitch: int) -> list[tuple[float, int]]:
    """Cents and octave of the strings struck at once: pairs a few cents apart, low ones in octaves."""
    if patch.course == 1:
        return [(0.0, 0)]
    octave = 1 if patch.octaves and pitch < 57 else 0
    return [(-0.5 * patch.course_cents, 0), (0.5 * patch.course_cents, octave)]


def _string(patch: PluckedPatch, base: float, velocity: float, luck: np.random.Generator) -> Partials:
    n: Figures = np.arange(1, max(1, min(_MOST, int(13_000.0 / base))) + 1, dtype=np.float64)
    frequencies = base * n * np.sqrt((1.0 + patch.stiffness * n**2) / (1.0 + patch.stiffness))
    place = float(np.clip(patch.position * (1.0 + luck.normal(0.0, 0.06)), 0.02, 0.5))
    gentle = patch.velocity_tone * (1.0 - velocity)
    gains = np.sin(np.pi * n * place) / n ** ((1.0 if patch.pickup else 0.8) + 0.9 * gentle)
    softness = 2.2 * gentle + luck.normal(0.0, 0.06)
    corner = 500.0 * 2.0 ** (5.2 * patch.brightness - softness) * (base / 196.0) ** 0.35
    gains = gains / (1.0 + (frequencies / corner) ** 2) * _radiation(patch, frequencies)
    if patch.pickup:
        gains = gains * np.sin(np.pi * n * patch.pickup)
    long = patch.ring * (196.0 / base) ** patch.ring_track
    falls = long / (1.0 + patch.damping * ((frequencies - base) / 1000.0).clip(0.0) ** 1.1)
    phases = luck.uniform(-0.7, 0.9, n.size)
    quick = Partials(frequencies, gains, falls, phases)
    few = min(10, n.size)
    slow = Partials(
        frequencies[:few] + luck.uniform(0.12, 0.4),
        0.22 * gains[:few],
        2.2 * falls[:few],
        phases[:few] + 0.4,
    )
    return gathered(quick, slow) if patch.second_decay else quick


def _radiation(patch: PluckedPatch, frequencies: Figures) -> Figures:
    """What the body makes of the string's force: bells around its big modes, a ripple of the many small
    ones."""
    octaves = np.log2(frequencies)
    decibels = np.zeros_like(frequencies)
    for centre, _, gain in patch.modes:
        decibels += 7.0 * gain * np.exp(-(((octaves - np.log2(centre)) / 0.3) ** 2))
    if patch.ripple:
        decibels += patch.ripple * np.interp(octaves * 7.0, np.arange(112), _small_modes(patch.body_seed))
    return np.asarray(10.0 ** (decibels / 20.0))


@lru_cache(maxsize=64)
def _small_modes(seed: int) -> NDArray[np.float64]:
    return np.random.Generator(np.random.PCG64(seed)).standard_normal(112)


def _buzzing(
    sound: NDArray[np.float32], patch: PluckedPatch, luck: np.random.Generator
) -> NDArray[np.float32]:
    """A string that grazes a flat bridge, a gourd with a membrane: each swing adds a pulse that shrinks more
    slowly than the tone (Raman 1921)."""
    size = -(-sound.size // 512) * 512
    peaks = np.abs(np.pad(sound, (0, size - sound.size))).reshape(-1, 512).max(axis=1)
    reach = np.interp(np.arange(sound.size), np.arange(peaks.size) * 512 + 256, peaks + 1e-5).astype(
        np.float32
    )
    graze = np.maximum(sound / reach - np.float32(0.3), 0.0) ** 2
    graze[1:] -= graze[:-1].copy()
    rise = np.float32(1.0) - np.exp(
        np.arange(sound.size, dtype=np.float32) * np.float32(-1.0 / (0.04 * RATE))
    )
    strength = np.float32(patch.buzz * 2.2 * luck.uniform(0.85, 1.15))
    return np.asarray(sound + strength * rise * reach ** np.float32(0.85) * graze, dtype=np.float32)


def _left_hand(patch: PluckedPatch, count: int, velocity: float, luck: np.random.Generator) -> Figures:
    """Cents: a hard pluck starts sharp, a slide comes from below, a held note trembles."""
    time = times(count)
    cents = patch.bend * velocity**2 * np.exp(-time / 0.09)
    if patch.slide:
        cents = cents - 100.0 * patch.slide * luck.uniform(0.7, 1.1) * np.exp(-((time / 0.075) ** 1.5))
    if patch.vibrato:
        cents = cents + patch.vibrato * vibrato(luck, time, 5.0, 0.28)
    return np.asarray(cents)


def _add_body(patch: PluckedPatch, sound: NDArray[np.float32], base: float, velocity: float) -> None:
    """The thump of the body: its modes, hit by the finger, whatever the note."""
    if not patch.modes or not patch.thump:
        return
    found = np.array(patch.modes, dtype=np.float64)
    count = min(sound.size, round(1.2 * found[:, 1].max() * RATE))
    thump = Partials(found[:, 0], found[:, 2] / found[:, 2].sum(), found[:, 1], np.full(len(found), 1.2))
    rise = ring(thump, count)
    rise[: min(count, 96)] *= ramp(min(count, 96))
    sound[:count] += np.float32(0.5 * patch.thump * velocity * min(1.0, 220.0 / base + 0.3)) * rise


def _add_pick(patch: PluckedPatch, sound: NDArray[np.float32], velocity: float, seed: int) -> None:
    """The noise of nail, finger or plectrum on the string."""
    if not patch.knock:
        return
    count = min(sound.size, round(6.0 * patch.knock_s * RATE))
    burst = breath(patch.knock_low, patch.knock_high, count, seed) * decay(count, 3.0 * patch.knock_s)
    burst[: min(count, 24)] *= ramp(min(count, 24))
    sound[:count] += np.float32(0.3 * patch.knock * (0.3 + 0.7 * velocity)) * burst


def _add_release(
    patch: PluckedPatch, sound: NDArray[np.float32], seconds: float, velocity: float, seed: int
) -> None:
    """The finger that lands on the string or leaves the fret when the note is over."""
    first = min(sound.size, round(seconds * RATE))
    count = min(sound.size - first, round(0.05 * RATE))
    if not patch.release_noise or count < 256:
        return
    burst = breath(300.0, 3500.0, count, seed // 3) * decay(count, 0.05)
    burst[:96] *= ramp(96)
    sound[first : first + count] += np.float32(0.05 * patch.release_noise * velocity) * burst
