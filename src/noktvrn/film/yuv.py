"""Colour for film: gamma-coded sRGB in, limited-range BT.709 Y'CbCr 4:2:0 out, and a reusable frame.

The matrix and ranges are those of ITU-R BT.709-6: Y' 16..235, Cb and Cr 16..240 about 128.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noktvrn.kernel.errors import Invalid

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

BLACK, WHITE = 16, 235
_KR, _KB = 0.2126, 0.0722
_TO_YUV = np.array(
    [
        [219 * _KR, 219 * (1 - _KR - _KB), 219 * _KB],
        [-112 * _KR / (1 - _KB), -112 * (1 - _KR - _KB) / (1 - _KB), 112.0],
        [112.0, -112 * (1 - _KR - _KB) / (1 - _KR), -112 * _KB / (1 - _KR)],
    ],
    dtype=np.float32,
)


@dataclass(frozen=True, slots=True)
class Tone:
    """One colour: `y` 16..235, `u` and `v` 16..240."""

    y: int
    u: int
    v: int


@dataclass(frozen=True, slots=True)
class Planes:
    """A still picture: `y` (H, W), `u` and `v` (H/2, W/2), all uint8."""

    y: Bytes
    u: Bytes
    v: Bytes


class Frame:
    """One I420 picture in one buffer that is reused for every frame; `y`, `u`, `v` are views of it."""

    def __init__(self, width: int, height: int) -> None:
        if width % 2 or height % 2 or min(width, height) < 16:
            raise Invalid(
                f"A film cannot be {width}x{height}.",
                code="film.bad_size",
                hint="Width and height are even and at least 16.",
            )
        size, half = width * height, (height // 2, width // 2)
        self.width, self.height = width, height
        self.buffer: Bytes = np.full(size * 3 // 2, 128, dtype=np.uint8)
        self.y = self.buffer[:size].reshape(height, width)
        self.u = self.buffer[size : size + size // 4].reshape(half)
        self.v = self.buffer[size + size // 4 :].reshape(half)

    @property
    def view(self) -> memoryview:
        """The bytes as the encoder takes them."""
        return self.buffer.data


def tone(rgb: tuple[float, float, float]) -> Tone:
    """The colour of one gamma-coded RGB triple in 0..1."""
    y, u, v = _TO_YUV @ np.asarray(rgb, dtype=np.float32)
    return Tone(round(16 + float(y)), round(128 + float(u)), round(128 + float(v)))


def to_planes(rgb: Bytes, *, seed: int = 0) -> Planes:
    """A gamma-coded RGB picture (H, W, 3) of 8 bits as planes, dithered by half a step against banding."""
    height, width = rgb.shape[0] // 2 * 2, rgb.shape[1] // 2 * 2
    noise = np.random.Generator(np.random.PCG64(seed)).random((height, width), dtype=np.float32)
    y = np.empty((height, width), dtype=np.uint8)
    u, v = np.empty((height // 2, width // 2), np.uint8), np.empty((height // 2, width // 2), np.uint8)
    for top in range(0, height, 128):  # in bands: float copies of a whole plate would be 100 MB
        band = rgb[top : top + 128, :width].astype(np.float32) / 255.0
        band = band[: band.shape[0] // 2 * 2]
        dither = noise[top : top + band.shape[0]]
        y[top : top + band.shape[0]] = 16.0 + band @ _TO_YUV[0] + dither
        small = (band[::2, ::2] + band[1::2, ::2] + band[::2, 1::2] + band[1::2, 1::2]) / 4.0
        rows = slice(top // 2, top // 2 + small.shape[0])
        u[rows] = 128.0 + small @ _TO_YUV[1] + dither[::2, ::2]
        v[rows] = 128.0 + small @ _TO_YUV[2] + dither[1::2, 1::2]
    return Planes(y, u, v)


def to_rgb(frame: Frame | Planes) -> Bytes:
    """The picture a viewer sees, (H, W, 3) of 8 bits. For stills and for looking at."""
    inverse = np.linalg.inv(_TO_YUV.astype(np.float64)).astype(np.float32)
    u = np.repeat(np.repeat(frame.u, 2, axis=0), 2, axis=1).astype(np.float32) - 128
    v = np.repeat(np.repeat(frame.v, 2, axis=0), 2, axis=1).astype(np.float32) - 128
    stack = np.stack([frame.y.astype(np.float32) - 16, u, v], axis=-1)
    return np.asarray(np.clip(stack @ inverse.T * 255.0 + 0.5, 0, 255), dtype=np.uint8)


def halved(mask: Bytes) -> Bytes:
    """A coverage mask at chroma resolution: the mean of each 2x2 block."""
    wide = mask.astype(np.uint16)
    total = wide[::2, ::2] + wide[1::2, ::2] + wide[::2, 1::2] + wide[1::2, 1::2]
    return np.asarray((total + 2) >> 2, dtype=np.uint8)
