"""Drums without samples: a membrane over its shell, snare wires, a burst of noise, a metal plate.

`drums.toml` holds drums, `kits.toml` the kits that are put together from them; a musician builds both there.
The voices stand in files of their own: this one has the parameters and puts a stroke together.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from noktvrn.model.noun import Noun
from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.cymbals import Plate, hum, plate
from noktvrn.sound.synthesis.envelopes import decay, faded, ramp
from noktvrn.sound.synthesis.membranes import Body, Membrane, click, membrane
from noktvrn.sound.synthesis.modal import ringing
from noktvrn.sound.synthesis.spectrum import Samples, filtered_noise


class DrumVoice(Noun):
    """One voice of a kit. Levels 0..1.5, times are seconds to fall by 60 dB."""

    gain: float = 0.0
    """Level against the kick in dB."""
    pan: float = 0.0
    wet: float = 0.1
    wide: float = 0.0
    """How far the sides differ: 0 mono, 1 two microphones."""

    tone: float = 0.0
    tone_hz: float = 180.0
    drop: float = 0.0
    """Semitones the membrane falls from at the stroke."""
    drop_s: float = 0.04
    tone_decay: float = 0.4
    second: float = 0.0
    """Level of the membrane's (1,1) mode, 1.59 times its pitch."""
    body: Body = "membrane"
    """What rings above the second mode: an ideal membrane, a tabla's loaded skin, wood, a box."""
    shell: float = 0.0
    """Level of the body's other modes."""
    click: float = 0.0
    """Beater, stick or nail: its attack."""
    click_hz: float = 4000.0
    click_s: float = 0.012

    wires: float = 0.0
    """Snare wires under the lower head."""
    wires_low: float = 1800.0
    wires_decay: float = 0.22

    noise: float = 0.0
    noise_low: float = 400.0
    noise_high: float = 12_000.0
    noise_decay: float = 0.25
    noise_attack: float = 0.0
    bursts: int = 1
    """Strokes of a clap, teeth of a scraper."""
    burst_s: float = 0.0115
    gate: float = 0.0
    """Seconds the noise stands before it is cut: the gated room of the eighties."""

    metal: float = 0.0
    """A few loud partials: bells, cowbells, old rhythm boxes."""
    metal_hz: float = 420.0
    metal_decay: float = 0.3
    metal_count: int = 28

    plate: float = 0.0
    """A cymbal: many modes of a thin plate with the wash that builds up behind them."""
    plate_low: float = 300.0
    plate_high: float = 14_000.0
    plate_peak: float = 6000.0
    plate_count: int = 90
    plate_decay: float = 0.5
    wash: float = 0.4
    wash_attack: float = 0.002

    hum: float = 0.0
    """Six square waves through a high-pass: the metal of early drum machines."""
    hum_hz: float = 3500.0
    hum_decay: float = 0.08

    drive: float = 0.0
    crush: float = 0.0
    """How coarse the sampler is: 0 clean, 1 eight bits at 11 kHz."""
    humour: Literal[0, 1] = 1
    """Whether strokes differ as a player's do; 0 for a machine."""


def strike(voice: DrumVoice, velocity: float, seed: int) -> Samples:
    """One stroke, (1, n), or (2, n) for a wide voice.

    The seed moves what a player never repeats: pitch, place on the skin, shares of the parts. Softer is
    darker and shorter.
    """
    played = _as_played(voice, np.random.Generator(np.random.PCG64(seed)))
    count = round(_seconds(voice, velocity) * RATE)
    near = _struck(played, count, velocity, seed)
    if voice.wide:
        far = _struck(played, count, velocity, seed + 1)
        cross = np.float32(0.5 * (1.0 - voice.wide))
        sound = np.stack([near + cross * far, far + cross * near]) * np.float32(1.0 / (1.0 + cross))
    else:
        sound = near[None, :]
    if voice.drive:
        amount = np.float32(1.0 + voice.drive)
        sound = np.tanh(sound * amount) / np.tanh(amount)
    if voice.crush:
        sound = _coarse(sound, voice.crush)
    return faded(sound, attack=12, release=min(2048, count // 4))


def _as_played(voice: DrumVoice, luck: np.random.Generator) -> DrumVoice:
    if not voice.humour:
        return voice
    share = np.exp(luck.normal(0.0, 0.09, 6))
    return voice.model_copy(
        update={
            "tone_hz": voice.tone_hz * float(np.exp(luck.normal(0.0, 0.004))),
            "second": voice.second * float(share[0]),
            "shell": voice.shell * float(share[1]),
            "click": voice.click * float(share[2]),
            "wires": voice.wires * float(share[3]),
            "plate_peak": voice.plate_peak * float(share[4]) ** 0.5,
            "plate_decay": voice.plate_decay * float(share[5]),
        }
    )


def _seconds(voice: DrumVoice, velocity: float) -> float:
    longest = max(
        voice.tone and voice.tone_decay,
        voice.wires and voice.wires_decay,
        voice.noise and voice.noise_decay + voice.gate,
        voice.metal and voice.metal_decay,
        voice.plate and voice.plate_decay * (0.6 + 0.4 * velocity),
        voice.hum and voice.hum_decay,
        0.05,
    )
    return 1.05 * longest + (voice.bursts - 1) * voice.burst_s + 0.02


def _struck(voice: DrumVoice, count: int, velocity: float, seed: int) -> Samples:
    """The sum of the parts, (count,)."""
    sound = np.zeros(count, dtype=np.float32)
    if voice.tone:
        sound += _skin(voice, count, velocity, seed)
    if voice.noise:
        sound += _burst(voice, count, velocity, seed)
    if voice.metal:
        sound += _metal(voice, count, velocity, seed)
    if voice.plate:
        sheet = Plate(
            voice.plate_low, voice.plate_high, voice.plate_peak, voice.plate_count, voice.plate_decay
        )
        sound += np.float32(voice.plate) * plate(sheet, count, velocity, voice.wash, voice.wash_attack, seed)
    if voice.hum:
        sound += np.float32(voice.hum) * hum(voice.hum_hz, voice.hum_decay, count)
    if voice.click and not voice.tone:
        sound += click(voice.click, voice.click_hz, voice.click_s, count, velocity, seed)
    return sound


def _skin(voice: DrumVoice, count: int, velocity: float, seed: int) -> Samples:
    drum = Membrane(
        voice.tone_hz, voice.drop, voice.drop_s, voice.tone_decay, voice.second, voice.shell, voice.body
    )
    sound = membrane(drum, count, velocity)
    if voice.wires:
        _add_wires(voice, sound, velocity, seed)
    if voice.click:
        sound += click(voice.click, voice.click_hz, voice.click_s, count, velocity, seed)
    return np.asarray(np.float32(voice.tone) * sound, dtype=np.float32)


def _add_wires(voice: DrumVoice, sound: Samples, velocity: float, seed: int) -> None:
    """Wires bounce on the lower head: noise that the skin's swings open and close, a millisecond late.

    A soft stroke has more wire than skin, a hard one the reverse (Rossing, Bork, Zhao and Fystrom 1992).
    """
    count = sound.size
    top = 4000.0 + 9000.0 * velocity
    hiss = filtered_noise(count, seed, voice.wires_low, top)[0]
    swing = np.abs(sound) / np.float32(max(1e-6, float(np.abs(sound).max())))
    fall = decay(count, voice.wires_decay * (0.65 + 0.35 * velocity))
    late = min(count, 44)
    shape = fall * (np.float32(0.55) + np.float32(0.9) * swing)
    shape[:late] *= ramp(late)
    sound += np.float32(0.62 * voice.wires * (1.05 - 0.1 * velocity)) * hiss * shape


def _burst(voice: DrumVoice, count: int, velocity: float, seed: int) -> Samples:
    high = voice.noise_high * (0.5 + 0.5 * velocity)
    hiss = filtered_noise(count, seed + 5, voice.noise_low, max(high, 1.5 * voice.noise_low))[0]
    luck = np.random.Generator(np.random.PCG64(seed + 6))
    shape = np.zeros(count, dtype=np.float32)
    for burst in range(voice.bursts):
        uneven = luck.uniform(0.8, 1.2) if voice.humour and burst else 1.0
        start = min(count - 1, round(burst * uneven * voice.burst_s * RATE))
        final = burst == voice.bursts - 1
        level = np.float32(luck.uniform(0.7, 1.0) if not final else 1.0)
        fall = decay(count - start, voice.noise_decay if final else 1.7 * voice.burst_s)
        shape[start:] = np.maximum(shape[start:], level * fall)
    if voice.gate:
        stand = min(count, round(voice.gate * RATE))
        shape[:stand] = np.maximum(shape[:stand], np.float32(0.5))
        shape[stand:] = 0.5 * decay(count - stand, 0.06)
    if voice.noise_attack:
        rise = min(count, round(voice.noise_attack * RATE))
        shape[:rise] *= ramp(rise)
    return np.asarray(np.float32(0.5 * voice.noise) * hiss * shape, dtype=np.float32)


def _metal(voice: DrumVoice, count: int, velocity: float, seed: int) -> Samples:
    """Inharmonic partials packed from `metal_hz` upwards, the higher the shorter: a bar's or bell's modes."""
    luck = np.random.Generator(np.random.PCG64(voice.metal_count * 7919 + 13))
    n = np.arange(1, voice.metal_count + 1)
    frequencies = np.minimum(voice.metal_hz * (n + 0.35 * luck.random(n.size)) ** 1.12, 17_500.0)
    gains = luck.uniform(0.4, 1.0, n.size) * np.minimum(1.0, frequencies / 5000.0)
    gains = gains * (frequencies / voice.metal_hz) ** (-1.2 * (1.0 - velocity))
    if voice.humour:
        stick = np.random.Generator(np.random.PCG64(seed + 4))
        gains = gains * np.exp(stick.normal(0.0, 0.15, n.size))
    falls = voice.metal_decay * luck.uniform(0.5, 1.0, n.size)
    phases = luck.uniform(0.0, 6.28, n.size)
    sound = ringing(frequencies, gains / np.sqrt(np.sum(gains**2)), falls, phases, count)
    return np.float32(voice.metal) * sound


def _coarse(sound: Samples, amount: float) -> Samples:
    """The stroke from an early sampler: fewer bits, a slower clock."""
    steps = np.float32(2.0 ** (12.0 - 4.0 * amount))
    hold = 1 + round(3.0 * amount)
    count = sound.shape[1]
    held = np.repeat(sound[:, ::hold], hold, axis=1)[:, :count]
    return np.asarray(np.round(held * steps) / steps, dtype=np.float32)
