"""Subtractive synthesis without recursion: the filter is a row of band-limited wave frames.

Each pitch gets 32 frames of 4,096 samples, one per cutoff from 60 Hz to 18 kHz, with the filter's slope and
resonance applied to the harmonics and nothing above 0.45 of the sample rate. A filter envelope is a moving
read position.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.sound.patch import WavetablePatch
from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.envelopes import contour, decay
from noktvrn.sound.synthesis.spectrum import Samples, noise
from noktvrn.sound.synthesis.timbre import formants, hertz, partials

FRAMES = 32
SIZE = 4096
_LOW, _HIGH = 60.0, 18_000.0
_CHUNK = 1 << 13
_SPAN = float(np.log2(_HIGH / _LOW))


@lru_cache(maxsize=512)
def _frames(wave: str, vowel: str, resonance: float, pitch: int) -> NDArray[np.float32]:
    """The frames of a pitch, flat: FRAMES * SIZE samples, each frame at the loudness of the open one."""
    base = hertz(pitch)
    count = max(1, min(SIZE // 2 - 1, int(0.45 * RATE / base)))
    numbers = np.arange(1, count + 1, dtype=np.float64)
    weights = partials(wave, count) * formants(vowel, np.asarray(numbers * base, dtype=np.float64))
    cutoffs = _LOW * 2.0 ** (_SPAN * np.arange(FRAMES) / (FRAMES - 1))
    ratio = numbers[None, :] * base / cutoffs[:, None]
    q = 0.7 + 7.0 * resonance**2
    response = 1.0 / np.sqrt((1.0 - ratio**2) ** 2 + (ratio / q) ** 2) / np.sqrt(1.0 + ratio**2)
    bins = np.zeros((FRAMES, SIZE // 2 + 1), dtype=np.complex64)
    bins[:, 1 : count + 1] = -1j * weights * response * (SIZE / 2)
    return np.asarray(fft.irfft(bins, SIZE, axis=1), dtype=np.float32).ravel()


def play(
    patch: WavetablePatch, pitch: int, seconds: float, velocity: float, detune_cents: float, seed: int
) -> Samples:
    """A note, (1, n) for one voice and (2, n) for more: held for `seconds`, with its release behind."""
    loudness = contour(seconds, patch.envelope)
    count = loudness.size
    place = _filter_path(patch, pitch, velocity, count)
    low = np.minimum(place.astype(np.int32), FRAMES - 2)
    blend = place - low
    offset = low * np.int32(SIZE)
    frames = _frames(patch.wave, patch.vowel, round(patch.resonance, 3), pitch)
    luck, bent = np.random.Generator(np.random.PCG64(seed)), _bend(patch, count)
    sound = np.zeros((1 if patch.voices == 1 else 2, count), dtype=np.float32)
    for cents, left, right in _players(patch, detune_cents):
        base = hertz(pitch) * 2.0 ** (cents / 1200.0)
        phase = _phase(base, count, int(luck.integers(0, 2**32)), bent)
        voice = _read(frames, offset, blend, phase)
        if patch.voices == 1:
            sound[0] += voice
        else:
            sound += np.array([[left], [right]], dtype=np.float32) * voice
    _add_body(patch, sound, pitch, seed)
    return sound * loudness


def _filter_path(patch: WavetablePatch, pitch: int, velocity: float, count: int) -> NDArray[np.float32]:
    softness = 2.5 * patch.velocity_tone * (velocity - 0.85)
    home = np.log2(patch.cutoff / _LOW) + patch.track * (pitch - 60) / 12.0 + softness
    path = np.float32(home) + np.float32(patch.sweep) * decay(count, 3.0 * patch.sweep_decay + 1e-3)
    return np.asarray(np.clip(path * np.float32((FRAMES - 1) / _SPAN), 0.0, FRAMES - 1.001), dtype=np.float32)


def _players(patch: WavetablePatch, detune_cents: float) -> list[tuple[float, float, float]]:
    """Cents and left/right gains of the unison voices, spread evenly and alternating sides."""
    if patch.voices == 1:
        return [(0.0, 1.0, 1.0)]
    level = 1.0 / np.sqrt(patch.voices)
    spread = np.linspace(-1.0, 1.0, patch.voices) * detune_cents * patch.detune
    sides = [
        0.85 * (-1.0) ** i * (0.4 + 0.6 * abs(s)) for i, s in enumerate(np.linspace(-1.0, 1.0, patch.voices))
    ]
    return [
        (float(c), level * np.sqrt(1.0 - s), level * np.sqrt(1.0 + s))
        for c, s in zip(spread, sides, strict=True)
    ]


def _bend(patch: WavetablePatch, count: int) -> NDArray[np.float64] | None:
    """Where each sample would be read at an even pitch, counted in samples; None where nothing bends."""
    if not patch.vibrato and not patch.glide:
        return None
    time = np.arange(count, dtype=np.float32) / np.float32(RATE)
    wobble = patch.vibrato * np.sin(2.0 * np.pi * 5.2 * time) * np.clip((time - 0.18) / 0.35, 0.0, 1.0)
    bend = wobble - 100.0 * patch.glide * decay(count, 0.12)
    share = bend * np.float32(np.log(2.0) / 1200.0)
    return np.cumsum(1.0 + share + 0.5 * share * share, dtype=np.float64)


def _phase(base: float, count: int, start: int, bent: NDArray[np.float64] | None) -> NDArray[np.uint32]:
    """The phase as 32-bit turns, which wrap by themselves."""
    turn = 2.0**32 / RATE
    if bent is None:
        return np.arange(count, dtype=np.uint32) * np.uint32(round(base * turn)) + np.uint32(start)
    return (bent * (base * turn) + start).astype(np.int64).astype(np.uint32)


def _read(
    frames: NDArray[np.float32],
    offset: NDArray[np.int32],
    blend: NDArray[np.float32],
    phase: NDArray[np.uint32],
) -> NDArray[np.float32]:
    out = np.empty(phase.size, dtype=np.float32)
    for start in range(0, phase.size, _CHUNK):
        here = slice(start, start + _CHUNK)
        index = (phase[here] >> np.uint32(20)).astype(np.int32)
        index += offset[here]
        low = frames.take(index)
        index += np.int32(SIZE)
        high = out[here]
        frames.take(index, out=high, mode="clip")
        high -= low
        high *= blend[here]
        high += low
    return out


def _add_body(patch: WavetablePatch, sound: Samples, pitch: int, seed: int) -> None:
    count = sound.shape[1]
    if patch.sub:
        turn = np.arange(count, dtype=np.float32) * np.float32(2.0 * np.pi * hertz(pitch - 12) / RATE)
        sound += np.float32(patch.sub) * np.sin(turn)
    if patch.noise:
        sound += np.float32(0.3 * patch.noise) * noise(count, seed, sound.shape[0])
