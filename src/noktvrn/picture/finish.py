"""The last step of every picture: soft shoulder, grain, dither, eight bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.picture.colour import Pixels, to_encoded

_REFERENCE = 1500.0
_GRAIN_PX = 1.5


def shoulder(linear: Pixels) -> Pixels:
    """Highlights bent softly instead of clipped: x * 1.15 / (1 + 0.15 x), which keeps 0 and 1."""
    light = np.maximum(linear, 0.0)
    return np.asarray(light * np.float32(1.15) / (1 + np.float32(0.15) * light))


def grain_size(width: int) -> float:
    """Grain size in pixels: 1.5 px at 1500 px, never below one pixel."""
    return max(1.0, _GRAIN_PX * width / _REFERENCE * 0.8)


def eight_bits(linear: Pixels, grain: Pixels, amount: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Linear RGB (rows, columns, 3) as sRGB bytes, with grain strongest in mid-tones and dither of +-0.5."""
    encoded = to_encoded(shoulder(linear))
    level = encoded.mean(axis=-1)
    weight = np.sqrt(np.clip(level * (1 - level), 0.012, 0.25)) * np.float32(2 * amount)
    dither = rng.random(encoded.shape, dtype=np.float32)
    noisy = (encoded + (grain * weight)[..., None]) * np.float32(255) + dither
    return np.asarray(np.clip(noisy, 0, 255), dtype=np.uint8)
