"""Layers: a picture taken apart into masks in which whatever was drawn in one tone stands alone.

Two ways: brighter or darker than its surroundings, by three sizes of surroundings (after Niblack, "An
Introduction to Digital Image Processing", 1986), and by colour, each pixel to the nearest of a few main ones.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Grey = NDArray[np.float32]

AROUND = (0.03, 0.09, 0.25)
"""Sides of the surroundings in parts of the longer side."""
LEAST_STEP = 7.0
"""Grey levels something stands off its surroundings at least."""
COLOURS = 12
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def layers_of(pixels: Bytes) -> Iterator[Mask]:
    """The masks of sRGB bytes (rows, columns, 3): by tone first, then by colour."""
    grey = pixels @ _LUMA
    for part in AROUND:
        window = round(part * max(grey.shape)) | 1
        middle = mean_around(grey, window)
        spread = np.sqrt(np.maximum(mean_around(grey * grey, window) - middle * middle, 0))
        step = np.maximum(np.float32(LEAST_STEP), np.float32(0.5) * spread)
        yield grey > middle + step
        yield grey < middle - step
    labels = _by_colour(pixels)
    for colour in range(COLOURS):
        yield labels == colour


def mean_around(plane: Grey, window: int) -> Grey:
    """The mean over a square of `window` (odd) pixels around each pixel, edges repeated."""
    half = window // 2
    padded = np.pad(plane.astype(np.float64), ((half + 1, half), (half + 1, half)), mode="edge")
    total = padded.cumsum(axis=0).cumsum(axis=1)
    inside = total[window:, window:] - total[:-window, window:] - total[window:, :-window]
    return np.asarray((inside + total[:-window, :-window]) / window**2, dtype=np.float32)


def _by_colour(pixels: Bytes) -> NDArray[np.int8]:
    """Which main colour each pixel is nearest to."""
    rgb = pixels.astype(np.float32)
    nearest = np.full(rgb.shape[:2], np.inf, dtype=np.float32)
    label = np.zeros(rgb.shape[:2], dtype=np.int8)
    for index, colour in enumerate(_main_colours(pixels)):
        apart = ((rgb - colour) ** 2).sum(axis=-1)
        closer = apart < nearest
        nearest[closer] = apart[closer]
        label[closer] = index
    return label


def _main_colours(pixels: Bytes) -> Grey:
    """Lloyd's k-means over 64 x 64 picked pixels (not averaged: thin strokes keep their colour), begun at
    even steps of brightness, so that there is no chance in it."""
    small = Image.fromarray(pixels).resize((64, 64), Image.Resampling.NEAREST)
    points = np.asarray(small, dtype=np.float32).reshape(-1, 3)
    even = np.linspace(0, len(points) - 1, COLOURS).astype(int)
    centres = points[np.argsort(points.sum(axis=1), kind="stable")][even]
    for _ in range(8):
        nearest = ((points[:, None] - centres[None]) ** 2).sum(axis=-1).argmin(axis=1)
        for index in range(COLOURS):
            if (nearest == index).any():
                centres[index] = points[nearest == index].mean(axis=0)
    return np.asarray(centres)
