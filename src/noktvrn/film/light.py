"""Light, shade and ink on planes of 8 bits, with saturation and without floats: every call runs per frame.

Adding light in gamma-coded Y'CbCr is adding it in gamma-coded R'G'B', because the matrix is linear.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.film.yuv import BLACK, WHITE, Bytes

BASE_LIMIT = 46
"""How far a backdrop's chroma may lie from grey."""
TINT_LIMIT = 80
"""How far all light together may move it: 46 + 80 stays within a byte, so sums never wrap."""
GLOW_LIMIT, STROKE_LIMIT = 42, 38
"""The shares of that for soft lights and for strokes, which lie over one another."""


def add_light(luma: Bytes, light: Bytes, scratch: Bytes) -> None:
    """`luma += light`, stopping at white. All three of one shape; `scratch` is overwritten."""
    np.subtract(WHITE, luma, out=scratch)
    np.minimum(scratch, light, out=scratch)
    np.add(luma, scratch, out=luma)


def add_tint(chroma: Bytes, tint: NDArray[np.int8]) -> None:
    """Moves chroma by a signed amount. Two's complement makes the unsigned sum right."""
    np.add(chroma, tint.view(np.uint8), out=chroma)


def darken(luma: Bytes, ceiling: Bytes) -> None:
    """Nothing brighter than `ceiling`: a dark body in front of whatever is there."""
    np.minimum(luma, ceiling, out=luma)


def blend(plane: Bytes, mask: Bytes, value: int, alpha: float) -> None:
    """Paints `value` through a coverage mask at `alpha` 0..1 (7 bits of coverage, so int16 is enough)."""
    cover = (mask * np.uint16(round(alpha * 128)) >> 8).astype(np.int16)
    shift = (value - plane.astype(np.int16)) * cover
    np.add(plane, (shift >> 7).astype(np.uint8), out=plane, casting="unsafe")


def dim(luma: Bytes, share: float) -> None:
    """The whole plane towards black: 0 leaves it, 1 blacks it out."""
    keep = np.arange(256, dtype=np.float32) - BLACK
    table = np.clip(BLACK + keep * (1.0 - share), 0, 255).astype(np.uint8)
    luma[...] = table[luma]


def neutral(chroma: Bytes, share: float) -> None:
    """Chroma towards grey by `share`."""
    table = (128 + (np.arange(256) - 128) * (1.0 - share)).round().astype(np.uint8)
    chroma[...] = table[chroma]
