"""Gestures between the notes: risers, impacts, reverse swells, downlifters, the texture under a song."""

from __future__ import annotations

import numpy as np

from noktvrn.kernel.seeds import derive_seed
from noktvrn.sound.mixing.filters import sweep_band
from noktvrn.sound.score import RATE, Gesture
from noktvrn.sound.synthesis.envelopes import decay, faded, ramp
from noktvrn.sound.synthesis.spectrum import Samples, filtered_noise, noise

_LOOP = 1 << 18


def sound_of(gesture: Gesture, seconds: float, seed: int) -> Samples:
    """The gesture's sound (2, n), peaking at its end for `riser` and `reverse`, at its start for the rest."""
    seed = derive_seed(seed, gesture.kind, gesture.start)
    count = max(2048, round(seconds * RATE))
    sound = {
        "riser": _riser,
        "reverse": _reverse,
        "impact": _impact,
        "downlifter": _downlifter,
        "passing": _passing,
    }[gesture.kind](count, seed)
    return faded(sound * np.float32(gesture.level), attack=64, release=512)


def _riser(count: int, seed: int) -> Samples:
    place = np.linspace(0.0, 1.0, count, dtype=np.float32)
    swept = swept_noise(count, seed, 400.0, 7000.0)
    return np.float32(0.16) * swept * place**2.2


def _downlifter(count: int, seed: int) -> Samples:
    place = np.linspace(1.0, 0.0, count, dtype=np.float32)
    return np.float32(0.13) * swept_noise(count, seed, 6000.0, 250.0) * place**1.8


def _passing(count: int, seed: int) -> Samples:
    """A breath of air that crosses the room from one side to the other."""
    place = np.linspace(0.0, 1.0, count, dtype=np.float32)
    air = filtered_noise(count, seed, 2800.0, 13_000.0)[0] * np.sin(np.pi * place) ** 2
    turn = (place if seed % 2 else place[::-1]) * np.float32(np.pi / 2)
    return np.asarray(np.float32(0.1) * np.stack([air * np.cos(turn), air * np.sin(turn)]), dtype=np.float32)


def _reverse(count: int, seed: int) -> Samples:
    return (
        np.float32(0.12)
        * filtered_noise(count, seed, 2500.0, 12_000.0, 2)
        * decay(count, 1.2 * count / RATE)[::-1]
    )


def _impact(count: int, seed: int) -> Samples:
    time = np.arange(count, dtype=np.float32) / np.float32(RATE)
    boom = np.sin(2.0 * np.pi * (38.0 * time + 1.6 * (1.0 - np.exp(-12.0 * time)))) * decay(count, 1.9)
    wash = filtered_noise(count, seed, 300.0, 5000.0, 2) * decay(count, 1.4)
    return np.asarray(np.float32(0.4) * boom + np.float32(0.1) * wash, dtype=np.float32)


def add_texture(bus: Samples, level: float, seed: int) -> None:
    """Adds room tone with dust under the whole song, in place: soft hiss and a couple of crackles a
    second, faint."""
    loop = fade_loop(filtered_noise(_LOOP, derive_seed(seed, "hiss"), 400.0, 13_000.0, 2)) * np.float32(
        0.0022 * level
    )
    for start in range(0, bus.shape[1], loop.shape[1]):
        stop = min(bus.shape[1], start + loop.shape[1])
        bus[:, start:stop] += loop[:, : stop - start]
    luck = np.random.Generator(np.random.PCG64(derive_seed(seed, "dust")))
    shape = decay(90, 0.004) * np.float32(level)
    for place in luck.integers(0, bus.shape[1] - 400, int(2.2 * bus.shape[1] / RATE)):
        grain = noise(90, int(place), 1)[0] * shape * np.float32(luck.uniform(0.004, 0.022))
        side = luck.uniform(0.3, 1.0)
        bus[0, place : place + 90] += grain * np.float32(side)
        bus[1, place : place + 90] += grain * np.float32(1.3 - side)


def fade_loop(samples: Samples) -> Samples:
    """`samples` shortened by an eighth, which is folded over its start, so that it loops without a seam."""
    fold = samples.shape[1] // 8
    loop = samples[:, :-fold].copy()
    rise = np.sqrt(ramp(fold))
    loop[:, :fold] = loop[:, :fold] * rise + samples[:, -fold:] * rise[::-1]
    return loop


def swept_noise(count: int, seed: int, first_hz: float, last_hz: float) -> Samples:
    """Stereo noise through a band that glides from `first_hz` to `last_hz`; RMS about 1."""
    source = noise(count, seed, 2)
    sweep_band(source, first_hz, last_hz)
    source *= np.float32(2.0)
    return source
