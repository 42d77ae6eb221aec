"""Space: one stereo impulse response per bus holds its room, its hall and its echoes, so one convolution
does all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.kernel.seeds import derive_seed
from noktvrn.sound.score import RATE
from noktvrn.sound.style import Space
from noktvrn.sound.synthesis.envelopes import decay, ramp
from noktvrn.sound.synthesis.spectrum import Samples, filtered_noise, frequencies, high_pass, low_pass

_BLOCK = 1 << 18
_LOW_CUT = 190.0
_WARMTH = 2.3


def impulse_response(space: Space, beat_s: float, seed: int) -> Samples:
    """The response of a space, (2, n). Bass is kept out of it, so the low end stays dry and in the middle."""
    longest = min(6.5, max(0.5, 1.05 * space.hall_s if space.hall else 0.5, _echo_length(space, beat_s)))
    count = round(longest * RATE)
    response = np.zeros((2, count), dtype=np.float32)
    if space.room:
        _add(response, space.room * _reverberation(0.38, 0.003, space.tone * 1.3, derive_seed(seed, "room")))
    if space.hall:
        _add(
            response, space.hall * _reverberation(space.hall_s, 0.022, space.tone, derive_seed(seed, "hall"))
        )
    if space.delay:
        _add(response, space.delay * _echoes(space, beat_s, count))
    return _banded(response, space.tone)


def _echo_length(space: Space, beat_s: float) -> float:
    if not space.delay:
        return 0.0
    repeats = np.log(0.02) / np.log(max(space.feedback, 0.05))
    return float((repeats + 1.5) * space.delay_beats * beat_s)


def _reverberation(seconds: float, delay_s: float, tone: float, seed: int) -> Samples:
    """Noise in three bands that fall at their own pace, after early reflections; about as loud as dry."""
    count = round(1.05 * seconds * RATE)
    bands = ((150.0, 900.0, 1.0), (900.0, 3500.0, 0.8), (3500.0, max(4500.0, tone * 1.5), 0.45))
    tail = np.zeros((2, count), dtype=np.float32)
    for low, high, share in bands:
        fall = decay(count, seconds * share) * np.float32(share * np.sqrt(2.0 * (high - low) / RATE))
        tail += filtered_noise(count, derive_seed(seed, low), low, high, 2) * fall
    tail *= np.float32(_WARMTH / np.sqrt(np.sum(decay(count, seconds) ** 2)))
    build = min(count, round(0.012 * RATE + 0.01 * seconds * RATE))
    tail[:, :build] *= ramp(build)
    lead = round(delay_s * RATE)
    whole = np.concatenate([np.zeros((2, lead), dtype=np.float32), tail], axis=1)
    luck = np.random.Generator(np.random.PCG64(derive_seed(seed, "early")))
    for side in range(2):
        for tap in luck.uniform(0.004, 0.045, 7):
            whole[side, round(tap * RATE)] += np.float32(0.16 * luck.choice((-1.0, 1.0)))
    return whole


def _echoes(space: Space, beat_s: float, count: int) -> Samples:
    """Taps that alternate sides, each darker than the one before."""
    sound = np.zeros((2, count), dtype=np.float32)
    size = 4096
    hertz = frequencies(size)
    level, repeat = 1.0, 1
    while level > 0.02:
        place = round(repeat * space.delay_beats * beat_s * RATE) - size // 2
        if place < 0 or place + size >= count:
            break
        colour = high_pass(hertz, 260.0) * low_pass(hertz, space.tone * 0.9**repeat)
        tap = np.roll(fft.irfft(colour, size), size // 2).astype(np.float32)
        near = repeat % 2
        sound[near, place : place + size] += np.float32(level * 0.95) * tap
        sound[1 - near, place : place + size] += np.float32(level * 0.28) * tap
        level *= space.feedback
        repeat += 1
    return sound


def _add(response: Samples, part: Samples) -> None:
    count = min(response.shape[1], part.shape[1])
    response[:, :count] += part[:, :count]


def _banded(response: Samples, tone: float) -> Samples:
    size = fft.next_fast_len(response.shape[1], real=True)
    hertz = frequencies(size)
    bins = fft.rfft(response, size, axis=1) * (high_pass(hertz, _LOW_CUT, 3) * low_pass(hertz, tone * 1.6, 1))
    shaped: Samples = fft.irfft(bins, size, axis=1)[:, : response.shape[1]].astype(np.float32, copy=False)
    shaped[:, -2048:] *= ramp(2048)[::-1]
    return shaped


def add_space(bus: Samples, send: NDArray[np.float32], response: Samples) -> None:
    """Adds the mono `send` heard through `response` to the stereo bus, in place (overlap-add, silent
    blocks skipped)."""
    size = _BLOCK if response.shape[1] < _BLOCK * 0.6 else 2 * _BLOCK
    hop = size - response.shape[1]
    spectrum = fft.rfft(response, size, axis=1)
    for start in range(0, send.size, hop):
        block = send[start : start + hop]
        if not block.any():
            continue
        bins = fft.rfft(block, size)
        for side in range(2):
            heard = fft.irfft(spectrum[side] * bins, size)
            stop = min(start + size, bus.shape[1])
            bus[side, start:stop] += heard[: stop - start]
