"""Colour: OKLCH <-> linear sRGB <-> sRGB bytes, luminance and contrast.

Matrices: Björn Ottosson, "A perceptual color space for image processing" (2020). Transfer curve: IEC
61966-2-1. Contrast: WCAG 2.2, relative luminance.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.float32]
"""Linear RGB, last axis of 3, or any plane of float32 values."""
Field: TypeAlias = NDArray[np.floating[Any]]
"""A plane of values of any precision, on its way to pixels."""

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LMS = np.linalg.inv(_TO_LMS)
_FROM_LAB = np.linalg.inv(_TO_LAB)
_LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)


def to_linear(encoded: Pixels) -> Pixels:
    """sRGB values in 0..1 as linear light."""
    low = encoded / 12.92
    high = ((np.maximum(encoded, 0.0) + 0.055) / 1.055) ** 2.4
    return np.where(encoded <= 0.04045, low, high).astype(np.float32)


def to_encoded(linear: Pixels) -> Pixels:
    """Linear light as sRGB values in 0..1; what lies outside is clipped."""
    clipped = np.clip(linear, 0.0, 1.0).astype(np.float32)
    high = np.float32(1.055) * clipped ** np.float32(1 / 2.4) - np.float32(0.055)
    return np.where(clipped <= 0.0031308, clipped * np.float32(12.92), high)


BYTE_TO_LINEAR: Pixels = to_linear(np.arange(256, dtype=np.float32) / 255.0)
"""Linear light of every sRGB byte."""


def oklab_to_linear(lab: Field) -> Pixels:
    """OKLab (last axis L, a, b) as linear RGB, not clipped."""
    cones = (lab @ _FROM_LAB.T) ** 3
    return (cones @ _FROM_LMS.T).astype(np.float32)


def linear_to_oklab(linear: Field) -> NDArray[np.float64]:
    """Linear RGB (last axis of 3) as OKLab."""
    cones = np.cbrt(np.maximum(linear.astype(np.float64), 0.0) @ _TO_LMS.T)
    return np.asarray(cones @ _TO_LAB.T)


def oklch(lightness: float, chroma: float, hue: float) -> Pixels:
    """The linear RGB of an OKLCH colour (hue in degrees); chroma gives way until sRGB can show it."""
    angle = math.radians(hue)
    for step in range(25):
        strength = chroma * (1.0 - step / 24)
        lab = np.array([lightness, strength * math.cos(angle), strength * math.sin(angle)])
        linear = oklab_to_linear(lab)
        if linear.min() >= -5e-4 and linear.max() <= 1.0005:
            break
    return np.clip(linear, 0.0, 1.0)


def to_oklch(linear: Field) -> tuple[float, float, float]:
    """Lightness, chroma and hue (degrees in 0..360) of one linear RGB colour."""
    lightness, a, b = linear_to_oklab(linear)
    return float(lightness), math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def hex_of(linear: Field) -> str:
    """`#rrggbb` of one linear RGB colour."""
    encoded = to_encoded(linear.astype(np.float32))
    return "#" + "".join(f"{round(float(value) * 255):02x}" for value in encoded)


def linear_of(text: str) -> Pixels:
    """The linear RGB of `#rrggbb`."""
    encoded = [int(text[place : place + 2], 16) for place in (1, 3, 5)]
    return BYTE_TO_LINEAR[encoded]


def luminance(linear: Field) -> Pixels:
    """Relative luminance (WCAG) of linear RGB, last axis of 3."""
    return np.asarray(linear @ _LUMA, dtype=np.float32)


def contrast(one: float, other: float) -> float:
    """WCAG contrast ratio of two relative luminances, 1..21."""
    high, low = max(one, other), min(one, other)
    return (high + 0.05) / (low + 0.05)
