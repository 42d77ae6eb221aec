"""Space: one stereo impulse response per bus holds its room, its hall and its echoes.

Rooms are dark: everything here runs at half the rate (22.05 kHz), a note is sent in mono, and all buses are
summed behind their responses before one transform brings them back.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import fft

from noktvrn.kernel.seeds import derive_seed
from noktvrn.sound.score import RATE
from noktvrn.sound.style import Space
from noktvrn.sound.synthesis.envelopes import ramp
from noktvrn.sound.synthesis.spectrum import Curve, Samples, high_pass, low_pass, noise

LOW_RATE = RATE // 2
"""Samples per second of all that is sent and of all responses."""

Send = tuple[Curve, Samples]
"""What a bus sends, (n,), and the response (2, m) of its space, both at `LOW_RATE`."""

_SIZE = 1 << 18
_BATCH = 4
"""Blocks convolved at once: the transform works on four rows at a time."""

_LOW_CUT = 190.0
_WARMTH = 2.3
_TOP_HZ = 10_500.0


def impulse_response(space: Space, beat_s: float, seed: int) -> Samples:
    """The response of a space, (2, n). Bass is kept out of it, so the low end stays dry and in the middle."""
    longest = min(6.5, max(0.5, 1.05 * space.hall_s if space.hall else 0.5, _echo_length(space, beat_s)))
    count = round(longest * LOW_RATE)
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


def loudness_of(space: Space) -> float:
    """About how much power comes back from a space for what is sent there."""
    echoes = space.delay**2 / (1.0 - space.feedback**2)
    return float(0.5 * _WARMTH**2 * (space.room**2 + space.hall**2) + 0.5 * echoes)


def _hertz(size: int) -> Curve:
    hertz = np.arange(size // 2 + 1, dtype=np.float32) * np.float32(LOW_RATE / size)
    hertz[0] = 1.0
    return hertz


def _decay(count: int, seconds: float) -> Curve:
    fall: Curve = np.exp(np.arange(count, dtype=np.float32) * np.float32(-6.908 / seconds / LOW_RATE))
    return fall


def _echo_length(space: Space, beat_s: float) -> float:
    if not space.delay:
        return 0.0
    repeats = np.log(0.02) / np.log(max(space.feedback, 0.05))
    return float((repeats + 1.5) * space.delay_beats * beat_s)


def _reverberation(seconds: float, delay_s: float, tone: float, seed: int) -> Samples:
    """Noise in three bands that fall at their own pace, after early reflections; about as loud as dry."""
    count, lead = round(1.05 * seconds * LOW_RATE), round(delay_s * LOW_RATE)
    size = fft.next_fast_len(count, real=True)
    hertz, source = _hertz(size), fft.rfft(noise(size, derive_seed(seed, "tail"), 2), axis=1)
    high = min(_TOP_HZ, max(4500.0, tone * 1.5))
    whole = np.zeros((2, lead + count), dtype=np.float32)
    for low, top, share in ((150.0, 900.0, 1.0), (900.0, 3500.0, 0.8), (3500.0, high, 0.45)):
        band = fft.irfft(source * (high_pass(hertz, low) * low_pass(hertz, top)), size, axis=1)[:, :count]
        band *= _decay(count, seconds * share) * np.float32(share)
        whole[:, lead:] += band
    whole *= np.float32(_WARMTH / np.sqrt(np.sum(_decay(count, seconds) ** 2)))
    build = min(count, round((0.012 + 0.01 * seconds) * LOW_RATE))
    whole[:, lead : lead + build] *= ramp(build)
    luck = np.random.Generator(np.random.PCG64(derive_seed(seed, "early")))
    for side in range(2):
        for tap in luck.uniform(0.004, 0.045, 7):
            whole[side, round(tap * LOW_RATE)] += np.float32(0.16 * luck.choice((-1.0, 1.0)))
    return whole


def _echoes(space: Space, beat_s: float, count: int) -> Samples:
    """Taps that alternate sides, each darker than the one before."""
    sound = np.zeros((2, count), dtype=np.float32)
    size = 2048
    hertz = _hertz(size)
    level, repeat = 1.0, 1
    while level > 0.02:
        place = round(repeat * space.delay_beats * beat_s * LOW_RATE) - size // 2
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
    hertz = _hertz(size)
    bins = fft.rfft(response, size, axis=1) * (high_pass(hertz, _LOW_CUT, 3) * low_pass(hertz, tone * 1.6, 1))
    shaped: Samples = fft.irfft(bins, size, axis=1)[:, : response.shape[1]].astype(np.float32, copy=False)
    shaped[:, -1024:] *= ramp(1024)[::-1]
    return shaped


def heard(sends: Sequence[Send], count: int) -> Samples:
    """What comes back from the spaces, summed: (2, count) at `LOW_RATE` (overlap-add, silent stretches
    skipped)."""
    wet = np.zeros((2, count), dtype=np.float32)
    longest = max((response.shape[1] for _, response in sends), default=0)
    hop = _SIZE - longest
    spectra = [fft.rfft(response, _SIZE, axis=1) for _, response in sends]
    for start in range(0, count if sends else 0, hop * _BATCH):
        blocks = [_blocks(send, start, hop) for send, _ in sends]
        sounding = [place for place, block in enumerate(blocks) if block.any()]
        if not sounding:
            continue
        bins = [fft.rfft(blocks[place], _SIZE, axis=1) for place in sounding]
        for side in range(2):
            mixed = bins[0] * spectra[sounding[0]][side]
            for place, more in zip(sounding[1:], bins[1:], strict=True):
                mixed += more * spectra[place][side]
            _overlap(wet[side], fft.irfft(mixed, _SIZE, axis=1), start, hop)
    return wet


def _blocks(send: Curve, start: int, hop: int) -> Samples:
    """The next blocks of `hop` samples as rows."""
    rows = np.zeros((_BATCH, hop), np.float32)
    here = send[start : start + hop * _BATCH]
    rows.reshape(-1)[: here.size] = here
    return rows


def _overlap(wet: Curve, rows: Samples, start: int, hop: int) -> None:
    for number, row in enumerate(rows):
        place = start + number * hop
        there = wet[place : place + row.size]
        there += row[: there.size]
