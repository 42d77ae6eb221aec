"""Photosensitivity: the general flash threshold of WCAG 2.2, success criterion 2.3.1.

A flash is a pair of opposing changes in relative luminance of 10 % of the maximum or more, where the darker
of the two is below 0.80; more than three within one second over a quarter of the picture are dangerous.
https://www.w3.org/TR/WCAG22/#dfn-general-flash-and-red-flash-thresholds
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from noktvrn.film.yuv import Bytes, Floats

LIMIT = 3.0
STEP = 0.10
DARK = 0.80
AREA = 0.25


def relative_luminance(luma: Bytes) -> Floats:
    """Full-range luma of 8 bits as relative luminance 0..1 (the sRGB curve of WCAG)."""
    value = np.arange(256) / 255.0
    table = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.asarray(table.astype(np.float32)[luma])


def worst_flashing(luminance: Floats, fps: float) -> tuple[float, int]:
    """The most flashes that a quarter of the picture shows within one second, and the frame where.

    `luminance` is (frames, ...) of relative luminance 0..1.
    """
    if not luminance.size:
        return 0.0, 0
    window, area = max(1, round(fps)), luminance[0].size
    recent = np.zeros((window, area), dtype=np.uint8)
    total = np.zeros(area, dtype=np.int32)
    rank = min(area - 1, int(np.ceil(area * (1 - AREA))))
    worst, place = 0, 0
    for index, changed in enumerate(_changes(luminance.reshape(len(luminance), -1))):
        total += changed.astype(np.int32) - recent[index % window]
        recent[index % window] = changed
        if changed.any():
            count = int(np.partition(total, rank)[rank])
            worst, place = (count, index) if count > worst else (worst, place)
    return worst / 2, place


def _changes(luminance: Floats) -> Iterator[NDArray[np.bool_]]:
    """Per frame, which points have just completed a change of `STEP` against the one before it."""
    low = high = luminance[0]
    rising = np.zeros(low.shape, np.int8)
    for now in luminance:
        low, high = np.minimum(low, now), np.maximum(high, now)
        up = (now - low >= STEP) & (low < DARK) & (rising <= 0)
        down = (high - now >= STEP) & (now < DARK) & (rising >= 0) & ~up
        rising = np.where(up, 1, np.where(down, -1, rising)).astype(np.int8)
        # A new extreme in the going direction is where the next opposing change is measured from.
        low = np.where(up | down | (rising < 0), np.where(rising < 0, np.minimum(low, now), now), low)
        high = np.where(up | down | (rising > 0), np.where(rising > 0, np.maximum(high, now), now), high)
        yield up | down
