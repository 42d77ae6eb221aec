"""Repetition: bars that were pasted instead of played."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

_SHIFT, _COPY = 44, 0.9995


def alike_blocks(audio: Samples, rate: int, block_s: float) -> list[float]:
    """Where in seconds a block of `block_s` is followed by its own copy.

    Mastering breaks bit-identity of looped audio, so a copy is what correlates above 0.9995 over the whole
    block (33 dB between the block and the difference) at the best shift within a millisecond.
    """
    mono = audio.mean(axis=0)
    size = round(block_s * rate)
    starts = np.arange(0, mono.size - 2 * size - _SHIFT, size)
    return [float(start / rate) for start in starts if _copied(mono, int(start), size)]


def _copied(mono: Samples, start: int, size: int) -> bool:
    excerpt = min(size, 1 << 15)
    middle = start + (size - excerpt) // 2
    around = mono[middle + size - _SHIFT : middle + size + excerpt + _SHIFT]
    if around.size < excerpt + 2 * _SHIFT:
        return False
    shifted = np.lib.stride_tricks.sliding_window_view(around, excerpt)
    shift = int(np.argmax(shifted @ mono[middle : middle + excerpt])) - _SHIFT
    if _likeness(mono[middle : middle + excerpt], shifted[shift + _SHIFT]) < _COPY:
        return False
    return _likeness(mono[start : start + size], mono[start + size + shift :][:size]) >= _COPY


def _likeness(one: Samples, other: Samples) -> float:
    energy = float(one @ one) * float(other @ other)
    return float(one @ other) / energy**0.5 if energy > 1e-12 else 0.0
