"""Drums without samples: every voice is a membrane, a burst of noise and a sheet of metal in its own
proportions.

`kits.toml` holds the proportions; a musician builds a kit there.
"""

from __future__ import annotations

import numpy as np

from noktvrn.model.noun import Noun
from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.envelopes import decay, faded, ramp
from noktvrn.sound.synthesis.modal import ringing
from noktvrn.sound.synthesis.spectrum import Samples, filtered_noise


class DrumVoice(Noun):
    """One voice of a kit. Levels 0..1.5, times are seconds to fall by 60 dB."""

    gain: float = 0.0
    """Level against the kick in dB."""
    pan: float = 0.0
    wet: float = 0.1

    tone: float = 0.0
    tone_hz: float = 180.0
    drop: float = 0.0
    """Semitones the membrane falls from at the stroke."""
    drop_s: float = 0.04
    tone_decay: float = 0.4
    second: float = 0.0
    """Level of the membrane's (1,1) mode, 1.59 times its pitch."""
    click: float = 0.0

    noise: float = 0.0
    noise_low: float = 400.0
    noise_high: float = 12_000.0
    noise_decay: float = 0.25
    noise_attack: float = 0.0
    bursts: int = 1

    metal: float = 0.0
    metal_hz: float = 420.0
    metal_decay: float = 0.3
    metal_count: int = 28

    drive: float = 0.0


def strike(voice: DrumVoice, velocity: float, seed: int) -> Samples:
    """One stroke, (1, n); noise differs by `seed`, the rest by velocity: softer is darker and shorter."""
    seconds = (
        1.05
        * max(
            voice.tone and voice.tone_decay,
            voice.noise and voice.noise_decay,
            voice.metal and voice.metal_decay,
            0.05,
        )
        + 0.03 * voice.bursts
    )
    count = round(seconds * RATE)
    sound = np.zeros((1, count), dtype=np.float32)
    if voice.tone:
        sound += _membrane(voice, count, velocity)
    if voice.noise:
        sound += _burst(voice, count, velocity, seed)
    if voice.metal:
        sound += _metal(voice, count)
    if voice.drive:
        amount = np.float32(1.0 + voice.drive)
        sound = np.tanh(sound * amount) / np.tanh(amount)
    return faded(sound, attack=12, release=min(2048, count // 4))


def _membrane(voice: DrumVoice, count: int, velocity: float) -> Samples:
    bend = voice.drop * (0.7 + 0.3 * velocity) * decay(count, 3.0 * voice.drop_s)
    step = 2.0 * np.pi * voice.tone_hz / RATE * 2.0 ** (bend.astype(np.float64) / 12.0)
    turn = np.cumsum(step) - step[0]
    sound = np.sin(turn) * decay(count, voice.tone_decay)
    if voice.second:
        sound += voice.second * np.sin(1.59 * turn + 0.4) * decay(count, 0.6 * voice.tone_decay)
    if voice.click:
        length = min(count, 360)
        sound[:length] += voice.click * filtered_noise(length, 11, 1800.0, 9000.0)[0] * decay(length, 0.012)
    return np.asarray(voice.tone * sound, dtype=np.float32)[None, :]


def _burst(voice: DrumVoice, count: int, velocity: float, seed: int) -> Samples:
    high = voice.noise_high * (0.55 + 0.45 * velocity)
    hiss = filtered_noise(count, seed, voice.noise_low, max(high, 1.5 * voice.noise_low))
    shape = np.zeros(count, dtype=np.float32)
    for burst in range(voice.bursts):
        start = round(burst * 0.0115 * RATE)
        final = burst == voice.bursts - 1
        shape[start:] = np.maximum(shape[start:], decay(count - start, voice.noise_decay if final else 0.02))
    if voice.noise_attack:
        rise = min(count, round(voice.noise_attack * RATE))
        shape[:rise] *= ramp(rise)
    return np.float32(0.5 * voice.noise) * hiss * shape


def _metal(voice: DrumVoice, count: int) -> Samples:
    """Inharmonic partials packed from `metal_hz` upwards, the higher the shorter: a plate's modes."""
    luck = np.random.Generator(np.random.PCG64(round(voice.metal_hz * 7)))
    n = np.arange(1, voice.metal_count + 1)
    frequencies = np.minimum(voice.metal_hz * (n + 0.35 * luck.random(n.size)) ** 1.12, 17_500.0)
    gains = luck.uniform(0.4, 1.0, n.size) * np.minimum(1.0, frequencies / 5000.0)
    falls = voice.metal_decay * luck.uniform(0.5, 1.0, n.size)
    sound = ringing(
        frequencies, gains / np.sqrt(np.sum(gains**2)), falls, luck.uniform(0, 6.28, n.size), count
    )
    return np.float32(voice.metal) * sound[None, :]
