"""Analog voices: drifting oscillators through a swept filter that may wobble.

As in `wavetable`, the filter is a row of band-limited frames and a sweep is a moving row; here every
oscillator drifts on its own, pulse widths move, rows may hold a sync sweep or a morph instead of a filter,
and a slow oscillator moves the row.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.patch import AnalogPatch
from noktvrn.sound.synthesis.envelopes import contour
from noktvrn.sound.synthesis.frames import SIZE, breath, cycles, harmonics, read
from noktvrn.sound.synthesis.motion import Points, joined, positions, times, vibrato, wander
from noktvrn.sound.synthesis.spectrum import Samples
from noktvrn.sound.synthesis.timbre import formants, hertz, partials

ROWS = 24
_LOW, _HIGH = 60.0, 18_000.0
_SPAN = float(np.log2(_HIGH / _LOW))

Curve = NDArray[np.float32]


def play(
    patch: AnalogPatch, pitch: int, seconds: float, velocity: float, detune_cents: float, seed: int
) -> Samples:
    """A note: (1, n) for one voice or a patch without stereo, else (2, n)."""
    loudness = contour(seconds, patch.envelope)
    luck = np.random.Generator(np.random.PCG64(seed))
    time, count = times(loudness.size), loudness.size
    row = joined(_path(patch, pitch, velocity, time, luck), count)
    single = patch.voices * len(patch.stack) == 1 or not patch.stereo
    sound = np.zeros((1 if single else 2, count), dtype=np.float32)
    for step in patch.stack if patch.level else ():
        table = _frames(patch.wave, patch.vowel, round(patch.resonance, 3), patch.cutoff, pitch + step)
        for cents, pan in _voices(patch, detune_cents, luck):
            voice = _oscillator(patch, table, row, hertz(pitch + step), cents, time, count, luck)
            _place(sound, voice, pan, patch.voices * len(patch.stack))
    sound *= np.float32(patch.level)
    _add_below(patch, sound, pitch, time, count, seed)
    return np.asarray(sound * loudness, dtype=np.float32)


@lru_cache(maxsize=64)
def _frames(wave: str, vowel: str, resonance: float, cutoff: float, pitch: int) -> Curve:
    base = hertz(pitch)
    n = harmonics(base)
    if wave == "sync":
        return cycles(_synced(n) / (1.0 + (n * base / max(2500.0, cutoff)) ** 2))
    if wave == "morph":
        return cycles(_colours(n) / np.sqrt(1.0 + (n * base / cutoff) ** 4))
    shape = "saw" if wave in ("saw", "pwm") else wave
    weights = partials(shape, n.size) * formants(vowel, np.asarray(n * base))
    cutoffs = _LOW * 2.0 ** (_SPAN * np.arange(ROWS) / (ROWS - 1))
    ratio = n[None, :] * base / cutoffs[:, None]
    q = 0.7 + 9.0 * resonance**2
    response = 1.0 / np.sqrt((1.0 - ratio**2) ** 2 + (ratio / q) ** 2) / np.sqrt(1.0 + ratio**2)
    table = cycles(weights * response)
    level = np.sqrt(np.sum((weights * response) ** 2, axis=1) / np.sum(weights**2))
    levelled: Curve = table.reshape(ROWS, SIZE) * np.minimum(1.6, level)[:, None].astype(np.float32)
    return levelled.ravel()


def _synced(n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Harmonic levels (ROWS, n) of a saw that is cut short by its master: a hump round the slave's ratio."""
    ratio = 2.0 ** (np.arange(ROWS) / (ROWS - 1.0) * 2.6)[:, None]
    away = n[None, :] - ratio
    near = np.sinc(away) + 0.45 * np.sinc(n[None, :] - 2.0 * ratio) + 0.3 * np.sinc(n[None, :] - 3.0 * ratio)
    return np.asarray(near + 0.3 / n[None, :])


def _colours(n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Harmonic levels (ROWS, n) that lead from a hollow to a glassy to a vocal to a bright sound."""
    homes = np.stack(
        [
            np.where(n % 2 == 1, n**-1.3, 0.05 / n),
            n**-2.2 + 0.35 * np.exp(-0.5 * (n - 7.0) ** 2) + 0.2 * np.exp(-0.5 * (n - 12.0) ** 2),
            n**-1.2
            * (0.15 + np.exp(-0.5 * ((n - 4.0) / 1.2) ** 2) + 0.6 * np.exp(-0.5 * ((n - 10.0) / 2.0) ** 2)),
            n**-0.8,
        ]
    )
    place = np.linspace(0.0, 2.999, ROWS)
    low = place.astype(int)
    blend = (place - low)[:, None]
    return np.asarray(homes[low] * (1.0 - blend) + homes[low + 1] * blend)


def _path(patch: AnalogPatch, pitch: int, velocity: float, time: Points, luck: np.random.Generator) -> Points:
    """The row at the control points: filter cutoff, sync ratio or colour, with envelope and slow
    oscillator."""
    lfo = patch.lfo_depth * _slow(patch, time, luck)
    moved = patch.sweep * _swept(patch, time) + lfo + 2.5 * patch.velocity_tone * (velocity - 0.85)
    moved = moved + 0.06 * wander(luck, time, 0.8)
    if patch.wave in ("sync", "morph"):
        return np.asarray(np.clip((patch.colour + moved / 4.0) * (ROWS - 1), 0.0, ROWS - 1.001))
    home = np.log2(patch.cutoff / _LOW) + patch.track * (pitch - 60) / 12.0
    return np.asarray(np.clip((home + moved) * (ROWS - 1) / _SPAN, 0.0, ROWS - 1.001))


def _swept(patch: AnalogPatch, time: Points) -> Points:
    """The filter's envelope: falls with `sweep_decay`, or rises when the patch opens slowly."""
    fall = np.exp(-time / max(0.004, patch.sweep_decay))
    return np.asarray(1.0 - fall if patch.opens else fall)


def _slow(patch: AnalogPatch, time: Points, luck: np.random.Generator) -> Points:
    """The low-frequency oscillator, -1 to 1; notes of a song start it anew."""
    turns = patch.lfo_hz * time + (luck.random() if patch.lfo_free else 0.25)
    if patch.lfo == "random":
        return np.asarray(np.clip(wander(luck, time, patch.lfo_hz), -1.5, 1.5))
    if patch.lfo == "saw":
        return np.asarray(1.0 - 2.0 * np.mod(turns, 1.0) ** 0.7)
    if patch.lfo == "square":
        return np.asarray(np.tanh(6.0 * np.sin(2.0 * np.pi * turns)))
    return np.asarray(np.sin(2.0 * np.pi * turns))


def _voices(patch: AnalogPatch, detune_cents: float, luck: np.random.Generator) -> list[tuple[float, float]]:
    """Cents and place (-1 to 1) of the unison voices: outer ones apart as in a supersaw, never quite the
    same."""
    if patch.voices == 1:
        return [(float(luck.normal(0.0, 0.4 * patch.drift)), 0.0)]
    places = np.linspace(-1.0, 1.0, patch.voices)
    spread = np.sign(places) * np.abs(places) ** 1.4 * detune_cents * patch.detune
    spread = spread + luck.normal(0.0, 0.5 * patch.drift, patch.voices)
    spread = spread - spread.mean()
    turn = np.arange(patch.voices)
    sides = patch.stereo * places * np.where(np.minimum(turn, turn[::-1]) % 2, -1.0, 1.0)
    return [(float(c), float(s)) for c, s in zip(spread, sides, strict=True)]


def _oscillator(
    patch: AnalogPatch,
    table: Curve,
    row: Curve,
    base: float,
    cents: float,
    time: Points,
    count: int,
    luck: np.random.Generator,
) -> Curve:
    pitch = cents + patch.drift * wander(luck, time, 0.6)
    if patch.vibrato:
        pitch = pitch + patch.vibrato * vibrato(luck, time, patch.vibrato_hz, 0.25)
    pitch = pitch + _falling(patch, time)
    index = positions(base * 2.0 ** (pitch / 1200.0), count, luck.random(), SIZE)
    if patch.growl:
        index = _growling(patch, index, base)
    voice = read(table, row, index)
    if patch.wave != "pwm":
        return voice
    swing = np.sin(2.0 * np.pi * (patch.width_hz * time + luck.random()))
    width = 0.5 + 0.5 * patch.width * (0.45 - 0.55 * swing)
    shift = joined(np.clip(width, 0.06, 0.94) * SIZE, count).astype(np.int32)
    return np.float32(0.8) * (voice - read(table, row, (index + shift) & np.int32(SIZE - 1)))


def _falling(patch: AnalogPatch, time: Points) -> Points:
    """Cents: the glide into the note and the punch that falls on it."""
    glide = -100.0 * patch.glide * np.exp(-time / max(0.004, patch.glide_s)) if patch.glide else 0.0
    punch = 100.0 * patch.punch * np.exp(-time / max(0.002, patch.punch_s)) if patch.punch else 0.0
    return np.asarray(glide + punch + np.zeros_like(time))


def _growling(patch: AnalogPatch, index: NDArray[np.int32], base: float) -> NDArray[np.int32]:
    """Phase modulation by the oscillator's own octave: the snarl of modern bass."""
    depth = patch.growl * min(1.0, 400.0 / base) * SIZE / 6.0
    turn = index.astype(np.float32) * np.float32(4.0 * np.pi / SIZE)
    return np.asarray((index + (depth * np.sin(turn)).astype(np.int32)) & np.int32(SIZE - 1), dtype=np.int32)


def _place(sound: Samples, voice: Curve, pan: float, voices: int) -> None:
    level = 1.0 / np.sqrt(voices)
    if sound.shape[0] == 1:
        sound[0] += np.float32(level) * voice
        return
    sound[0] += np.float32(level * np.sqrt(1.0 - 0.85 * pan)) * voice
    sound[1] += np.float32(level * np.sqrt(1.0 + 0.85 * pan)) * voice


def _add_below(patch: AnalogPatch, sound: Samples, pitch: int, time: Points, count: int, seed: int) -> None:
    """A clean sine below the voices, noise above them."""
    if patch.sub:
        bend = 2.0 ** (_falling(patch, time) / 1200.0)
        index = positions(hertz(pitch + patch.sub_step) * bend, count, 0.0, SIZE)
        sound += np.float32(0.5 * patch.sub) * _sine().take(index)
    if patch.noise:
        for side in range(sound.shape[0]):
            sound[side] += np.float32(0.3 * patch.noise) * _wind(patch, time, count, seed + 7919 * side)


def _wind(patch: AnalogPatch, time: Points, count: int, place: int) -> Curve:
    """Noise; when the patch opens, from its lower to its upper half."""
    if not patch.opens:
        return breath(patch.noise_low, patch.noise_high, count, place)
    middle = np.sqrt(patch.noise_low * patch.noise_high)
    share = joined(_swept(patch, time), count)
    low = breath(patch.noise_low, middle, count, place)
    high = breath(middle, patch.noise_high, count, place + 31)
    return np.asarray(low + share * (high - low), dtype=np.float32)


@lru_cache(maxsize=1)
def _sine() -> Curve:
    cycle: Curve = np.sin(np.arange(SIZE, dtype=np.float32) * np.float32(2.0 * np.pi / SIZE))
    return cycle
