"""Short-time spectra in batches: what onsets and pitches are read from, a few hundred frames at a time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Samples = NDArray[np.float32]

_FRAMES_AT_ONCE = 256


def spectra(mono: Samples, rate: int, window_s: float, per_second: int) -> Iterator[Samples]:
    """Magnitudes of Hann windows of about `window_s` (a power of two in samples), centred `per_second` times
    a second on `mono` (n,): batches of (frames, bins)."""
    size = window_size(rate, window_s)
    padded = np.pad(mono, (size // 2, size))
    starts = np.arange(0, mono.size * per_second // rate) * rate // per_second
    window = _hann(size)
    views = np.lib.stride_tricks.sliding_window_view(padded, size)
    for first in range(0, starts.size, _FRAMES_AT_ONCE):
        yield np.abs(fft.rfft(views[starts[first : first + _FRAMES_AT_ONCE]] * window))


def window_size(rate: int, window_s: float) -> int:
    """The power of two nearest to `window_s` at `rate` Hz."""
    return int(1 << round(np.log2(window_s * rate)))


@lru_cache(maxsize=4)
def _hann(size: int) -> Samples:
    return np.asarray(np.hanning(size).astype(np.float32) * np.float32(2 / size))


@lru_cache(maxsize=4)
def log_bands(rate: int, size: int, count: int, low_hz: float = 40.0, high_hz: float = 16_000.0) -> Samples:
    """(bins, count) triangles of a mel-like spacing from `low_hz` to `high_hz`; those above half the rate are
    empty."""
    spread = np.linspace(np.log1p(low_hz / 700), np.log1p(high_hz / 700), count + 2)
    edges = 700 * (np.exp(spread) - 1)
    bins = fft.rfftfreq(size, 1 / rate)[:, None]
    up = (bins - edges[:-2]) / np.diff(edges)[:-1]
    down = (edges[2:] - bins) / np.diff(edges)[1:]
    return np.asarray(np.clip(np.minimum(up, down), 0, None), dtype=np.float32)
