"""Meters for finished pictures: sharpness, blankness, legibility, kinship of colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from noktvrn.model.look import VisualIdentity
from noktvrn.picture.colour import BYTE_TO_LINEAR, contrast, linear_of, linear_to_oklab, luminance
from noktvrn.picture.fingerprint import main_colours
from noktvrn.picture.palette import palette_of

_NEAR = 0.10
"""OKLab distance in the chroma plane at which kinship has fallen to 0.6."""


def grey_levels(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Grey of sRGB bytes, 0..255."""
    return np.asarray(Image.fromarray(pixels).convert("L"), dtype=np.float32)


def sharpness(pixels: NDArray[np.uint8]) -> float:
    """Variance of the Laplacian of the grey levels: below 3 a 3000 px picture is blurred or enlarged."""
    grey = grey_levels(pixels)
    middle = 4 * grey[1:-1, 1:-1]
    edges = middle - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    return float(edges.var())


def spread(pixels: NDArray[np.uint8]) -> float:
    """Standard deviation of the grey levels over a 100 x 100 thumbnail: a blank picture has hardly any."""
    small = Image.fromarray(pixels).convert("L").resize((100, 100), Image.Resampling.BOX)
    return float(np.asarray(small, dtype=np.float32).std())


def type_contrast(pixels: NDArray[np.uint8], box: tuple[int, int, int, int]) -> float:
    """WCAG contrast between type and ground inside a box (x, y, width, height), read from the picture alone.

    The two are told apart by Otsu's threshold over the grey levels; each is taken at its median.
    """
    x, y, width, height = box
    part = pixels[max(0, y) : y + height, max(0, x) : x + width]
    if part.shape[0] < 2 or part.shape[1] < 2:
        return 1.0
    grey = grey_levels(np.ascontiguousarray(part))
    bright = grey > _otsu(grey)
    if not bright.any() or bright.all():
        return 1.0
    light = luminance(BYTE_TO_LINEAR[part])
    return contrast(float(np.median(light[bright])), float(np.median(light[~bright])))


def _otsu(grey: NDArray[np.float32]) -> float:
    """The threshold that parts grey levels best (Otsu 1979)."""
    counts = np.bincount(grey.astype(np.uint8).ravel(), minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    weight = below * (below[-1] - below)
    mass = np.cumsum(counts * np.arange(256))
    apart = (mass[-1] * below - mass * below[-1]) ** 2
    return float(np.argmax(np.divide(apart, weight, out=np.zeros(256), where=weight > 0)))


def kinship(pixels: NDArray[np.uint8], look: VisualIdentity) -> float:
    """How well a picture's colours belong to an identity, 0..1.

    Each main colour counts by its area and its chroma with its nearness (in the a, b plane of OKLab) to the
    identity's ramp, paper, ink or accent at any release's hue shift.
    """
    colours, share = main_colours(pixels, 8)
    own = _own_colours(look)
    apart = ((colours[:, None, 1:] - own[None, :, 1:]) ** 2).sum(axis=-1).min(axis=1)
    weight = share * (0.03 + np.hypot(colours[:, 1], colours[:, 2]))
    return float((weight * np.exp(-apart / (2 * _NEAR**2))).sum() / weight.sum())


def _own_colours(look: VisualIdentity) -> NDArray[np.float64]:
    """The identity's colours in OKLab: the ramp turned by -20, 0, 20 degrees, paper, ink, accent."""
    ramps = [palette_of(look, shift).table[::64] for shift in (-20.0, 0.0, 20.0)]
    flat = np.stack([linear_of(text) for text in (look.paper, look.ink, look.accent)])
    return linear_to_oklab(np.concatenate([*ramps, flat]))
