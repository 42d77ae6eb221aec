"""Thin lines and points of light, gathered in a buffer and laid on the frame once.

Numpy's `add.at` does about half a million anti-aliased points in a millisecond, which is what makes strand
bundles, ridges and star fields affordable without a compiler.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.film.light import STROKE_LIMIT, add_light, add_tint
from noktvrn.film.styles.base import Rgb
from noktvrn.film.yuv import Floats, Frame, tone

_TINTED = 110  # light above this is white-hot: it tints no further
_SPARE = 4  # rows above and below that catch what falls outside


class LightField:
    """Light for rows `top`..`bottom` (even) of a frame, in `colours` from its left to its right."""

    def __init__(self, width: int, top: int, bottom: int, colours: list[Rgb]) -> None:
        self.width, self.top, self.rows = width, top, bottom - top
        self._field = np.zeros((self.rows + 2 * _SPARE, width), dtype=np.uint16)
        self._flat = self._field.reshape(-1)
        self._light = np.empty((self.rows, width), dtype=np.uint8)
        self._scratch = np.empty_like(self._light)
        # Limits as rows, not numbers: numpy's minimum runs vectorised only on arrays.
        self._full, self._tinted = np.full(width, 255, np.uint16), np.full(width, _TINTED, np.uint8)
        self._pairs = np.empty((self.rows // 2, width), dtype=np.uint8)
        half = (self.rows // 2, width // 2)
        self._half, self._tint = np.empty(half, np.int16), np.empty(half, np.int16)
        self._small = np.empty(half, np.int8)
        tones = [tone(colour) for colour in colours]
        stops = np.linspace(0, 1, len(tones))
        place = np.linspace(0, 1, width // 2)
        lumas = [max(24, each.y - 16) for each in tones]
        self._u = _slope(place, stops, [(each.u - 128) / y for each, y in zip(tones, lumas, strict=True)])
        self._v = _slope(place, stops, [(each.v - 128) / y for each, y in zip(tones, lumas, strict=True)])

    def clear(self, keep: float = 0.0) -> None:
        """Empties the field, or leaves the share `keep` of it as a trail."""
        if keep <= 0:
            self._field.fill(0)
        else:
            np.multiply(self._field, np.uint16(round(keep * 64)), out=self._field)
            np.right_shift(self._field, 6, out=self._field)

    def columns(self, y: Floats, weight: Floats) -> None:
        """Lines with one height per column: `y` (lines, width) in frame rows, `weight` 0..255 alike."""
        local = np.clip(y - self.top + _SPARE, 0.5, self.rows + 2 * _SPARE - 2.5)
        whole = local.astype(np.int32)
        upper = (local - whole) * weight
        index = (whole * self.width + np.arange(self.width, dtype=np.int32)).astype(np.intp).ravel()
        np.add.at(self._flat, index, (weight - upper).astype(np.uint16).ravel())
        np.add.at(self._flat, index + self.width, upper.astype(np.uint16).ravel())

    def points(self, x: Floats, y: Floats, weight: Floats, *, wide: bool = False) -> None:
        """Points anywhere, each spread over 2x2 pixels, or with `wide` over 4x4; `weight` 0..255."""
        inside = (x > 2) & (x < self.width - 4) & (y > self.top + 1) & (y < self.top + self.rows - 3)
        x, y, weight = x[inside], y[inside] - self.top + _SPARE, weight[inside]
        column, row = x.astype(np.intp), y.astype(np.intp)
        right, down = x - column, y - row
        if not wide:
            taps_x, taps_y = np.stack([1 - right, right]), np.stack([1 - down, down])
        else:
            taps_x, taps_y = _wide_taps(right), _wide_taps(down)
            column, row = column - 1, row - 1
        for i, across in enumerate(taps_x):
            for j, along in enumerate(taps_y):
                index = (row + j) * self.width + column + i
                np.add.at(self._flat, index, (weight * across * along).astype(np.uint16))

    def lay(self, frame: Frame) -> None:
        """Adds the gathered light to the frame. Buffers are kept: fresh ones would be page faults."""
        inner = self._field[_SPARE : _SPARE + self.rows]
        np.minimum(inner, self._full, out=inner)
        np.copyto(self._light, inner, casting="unsafe")
        add_light(frame.y[self.top : self.top + self.rows], self._light, self._scratch)
        np.maximum(self._light[::2], self._light[1::2], out=self._pairs)
        np.minimum(self._pairs, self._tinted, out=self._pairs)
        self._half[...] = self._pairs[:, ::2]
        rows = slice(self.top // 2, (self.top + self.rows) // 2)
        for plane, slope in ((frame.u, self._u), (frame.v, self._v)):
            np.multiply(self._half, slope, out=self._tint)
            np.right_shift(self._tint, 7, out=self._tint)
            self._small[...] = self._tint
            add_tint(plane[rows], self._small)


def _slope(place: NDArray[np.float64], stops: NDArray[np.float64], values: list[float]) -> NDArray[np.int16]:
    """Chroma per luma of light, in 1/128, such that full light moves chroma by `STROKE_LIMIT` at most."""
    limit = STROKE_LIMIT * 128 // _TINTED
    return np.clip(np.interp(place, stops, values) * 128, -limit, limit).astype(np.int16)


def _wide_taps(offset: Floats) -> Floats:
    """A soft bump over four pixels."""
    distance = np.abs(np.arange(-1, 3, dtype=np.float32)[:, None] - offset[None, :])
    return np.asarray(np.clip(1.0 - distance / 2.0, 0.0, 1.0) ** 1.5, dtype=np.float32)


def even(value: float, limit: int) -> int:
    """`value` as an even number of pixels within 0..limit."""
    return max(0, min(int(value), limit)) // 2 * 2
