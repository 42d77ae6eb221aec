"""Frames: cycles of one pitch that differ in colour; a note moves through them as it gets brighter.

Everything is band-limited by construction: a frame is the inverse transform of its harmonics, none of them
above `TOP`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.sound.synthesis.spectrum import filtered_noise

SIZE = 8192
"""Samples of a cycle: read without interpolation, a saw is clean to about -50 dB at 60 Hz and -60 dB at
1 kHz."""

TOP = 16_000.0
"""No harmonic lies above this frequency in Hz, not even with a vibrato of a semitone."""

NOISE = 1 << 16

_CHUNK = 1 << 13
"""Samples read at once: what is reckoned on the way stays in the fast cache."""


def harmonics(base: float) -> NDArray[np.float64]:
    """The harmonic numbers of a note at `base` Hz that fit below `TOP`."""
    return np.arange(1, max(1, min(SIZE // 2 - 1, int(TOP / base))) + 1, dtype=np.float64)


def cycles(
    weights: NDArray[np.float64], phases: NDArray[np.float64] | float = -0.5 * np.pi
) -> NDArray[np.float32]:
    """Frames (rows * SIZE,) of RMS 0.3 from the amplitudes (rows, n) of their first n harmonics."""
    rows, count = weights.shape
    level = 0.3 / np.sqrt(0.5 * np.maximum(np.sum(weights**2, axis=1, keepdims=True), 1e-12))
    bins = np.zeros((rows, SIZE // 2 + 1), dtype=np.complex64)
    bins[:, 1 : count + 1] = weights * level * np.exp(1j * phases) * (SIZE / 2)
    return np.asarray(fft.irfft(bins, SIZE, axis=1), dtype=np.float32).ravel()


def read(
    table: NDArray[np.float32], row: NDArray[np.float32], index: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Samples of a table of frames at the moving `row` (from 0 to rows - 1) and cycle position `index`."""
    last = table.size // SIZE - 1
    if last == 0:
        return table.take(index)
    out = np.empty(index.size, dtype=np.float32)
    for start in range(0, index.size, _CHUNK):
        here = slice(start, start + _CHUNK)
        below = row[here].astype(np.int32)
        np.minimum(below, np.int32(last - 1), out=below)
        place = below * np.int32(SIZE)
        place += index[here]
        low = table.take(place)
        place += np.int32(SIZE)
        high = out[here]
        table.take(place, out=high, mode="clip")
        high -= low
        high *= row[here] - below
        high += low
    return out


@lru_cache(maxsize=48)
def hiss(low: float, high: float) -> NDArray[np.float32]:
    """A loop of noise of RMS 1 between `low` and `high` Hz, (NOISE,): notes read it from their own
    places."""
    seed = round(low) * 65_537 + round(high)
    size = NOISE + 4096
    noise = filtered_noise(size, seed, low, high)[0]
    blend = np.linspace(0.0, 1.0, 4096, dtype=np.float32)
    loop: NDArray[np.float32] = noise[:NOISE].copy()
    loop[:4096] = np.sqrt(blend) * noise[:4096] + np.sqrt(1.0 - blend) * noise[NOISE:]
    return loop


def breath(low: float, high: float, count: int, place: int) -> NDArray[np.float32]:
    """`count` samples of `hiss` from `place` on."""
    loop = hiss(low, high)
    start = place % NOISE
    if start + count <= NOISE:
        return loop[start : start + count]
    return loop.take(np.arange(start, start + count, dtype=np.int64) & (NOISE - 1))
