"""The drawing plane: an endless plane in stage units, seen through a view of so many pixels.

The stage is the square [-0.5, 0.5] x [-0.5, 0.5], x to the right, y downwards. A cover shows exactly the
stage; an avatar looks closer, a banner sees more of the plane. A motif draws for any view.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from noktvrn.picture.colour import Field, Pixels

BAND_ROWS = 200


@dataclass(frozen=True)
class View:
    """A window on the plane: `width` x `height` pixels, `scale` pixels a unit, centred on (cx, cy)."""

    width: int
    height: int
    scale: float
    cx: float = 0.0
    cy: float = 0.0

    @property
    def left(self) -> float:
        """x of the left edge, units."""
        return self.cx - self.width / 2 / self.scale

    @property
    def top(self) -> float:
        """y of the upper edge, units."""
        return self.cy - self.height / 2 / self.scale

    @property
    def right(self) -> float:
        """x of the right edge, units."""
        return self.left + self.width / self.scale

    @property
    def bottom(self) -> float:
        """y of the lower edge, units."""
        return self.top + self.height / self.scale

    def shrunk(self, width: int) -> View:
        """The same window in fewer pixels."""
        share = width / self.width
        return View(width, max(1, round(self.height * share)), self.scale * share, self.cx, self.cy)

    def bands(self, rows: int = BAND_ROWS) -> Iterator[Band]:
        """The window from top to bottom in bands of at most `rows` rows."""
        for start in range(0, self.height, rows):
            yield Band(self, start, min(self.height, start + rows))


@dataclass(frozen=True)
class Band:
    """Rows `start` to `stop` of a view."""

    view: View
    start: int
    stop: int

    @property
    def x(self) -> Pixels:
        """x of the pixel centres, shape (1, width)."""
        steps = np.arange(self.view.width, dtype=np.float32) + np.float32(0.5)
        return (np.float32(self.view.left) + steps / np.float32(self.view.scale))[None, :]

    @property
    def y(self) -> Pixels:
        """y of the pixel centres, shape (rows, 1)."""
        steps = np.arange(self.start, self.stop, dtype=np.float32) + np.float32(0.5)
        return (np.float32(self.view.top) + steps / np.float32(self.view.scale))[:, None]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, columns."""
        return self.stop - self.start, self.view.width

    @property
    def pixel(self) -> float:
        """Size of a pixel in units."""
        return 1.0 / self.view.scale


def cut(sheet: Pixels, band: Band) -> Pixels:
    """The part of `sheet` (any resolution, covers the view) that lies under `band`, bicubic."""
    rows, columns = sheet.shape
    if sheet.shape == (band.view.height, band.view.width):
        return sheet[band.start : band.stop]
    share = rows / band.view.height
    box = (0.0, band.start * share, float(columns), band.stop * share)
    size = (band.view.width, band.stop - band.start)
    resized = Image.fromarray(sheet).resize(size, Image.Resampling.BICUBIC, box=box)
    return np.asarray(resized, dtype=np.float32)


def step(edge: float | Field, value: Field, width: float) -> Pixels:
    """0 below `edge`, 1 above, smooth over `width` units: an anti-aliased edge."""
    t = np.clip((value - edge) / np.float32(width) + np.float32(0.5), 0.0, 1.0)
    return np.asarray(t * t * (np.float32(3.0) - np.float32(2.0) * t), dtype=np.float32)


def mix(under: Field, over: Field, cover: Field) -> Pixels:
    """`over` laid on `under` where `cover` (rows, columns) is 1."""
    return np.asarray(under + (over - under) * cover[..., None], dtype=np.float32)


def glow(level: Field, colour: Field) -> Pixels:
    """Light of one colour, `level` (rows, columns) strong."""
    return np.asarray(level[..., None] * colour, dtype=np.float32)
