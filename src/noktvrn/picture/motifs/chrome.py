"""Chrome: liquid metal that mirrors a studio in the artist's colours."""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Pixels
from noktvrn.picture.noise import fbm
from noktvrn.picture.plane import Band, cut, mix, step
from noktvrn.picture.scene import Scene, Sketch


def chrome(scene: Scene) -> Sketch:
    """A pool, drops, or a ring of metal."""
    metal = _Metal(scene)
    return Sketch(metal.shade, quiet=("foot", "head"), focus=(0.0, metal.y))


class _Metal:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own, rng = scene.artist("metal"), scene.release("metal")
        self.kind = str(own.choice(["drops", "ring", "star", "drops"]))
        self.pale = not scene.night
        self.y = float(rng.uniform(-0.10, -0.06))
        small = scene.view.shrunk(min(1200, scene.view.width))
        self.mirror = float(own.uniform(2.0, 3.6))
        body = self._body(small.left, small.top, small.scale, small.width, small.height, rng)
        body = body + 0.10 * fbm(scene.seed, small, 2.4, 2) * np.clip(body * 2, 0, 1)
        self.edge = np.asarray(body - 0.42, dtype=np.float32)
        height = np.sqrt(np.maximum(self.edge, 0) * 0.55) + 0.02 * fbm(scene.seed + 1, small, 3.4, 2)
        gy, gx = np.gradient(height.astype(np.float32), np.float32(1 / small.scale))
        size = np.sqrt(gx * gx + gy * gy + 1.3)
        self.nx, self.ny = (np.asarray(part / size, dtype=np.float32) for part in (-gx, -gy))

    def _body(
        self, left: float, top: float, scale: float, width: int, height: int, rng: np.random.Generator
    ) -> Pixels:
        """A field that is 1 inside the metal and falls off smoothly."""
        x = np.float32(left) + np.arange(width, dtype=np.float32)[None, :] / np.float32(scale)
        y = (
            np.float32(top)
            + np.arange(height, dtype=np.float32)[:, None] / np.float32(scale)
            - np.float32(self.y)
        )
        if self.kind == "ring":
            a, b = rng.uniform(0.22, 0.29), rng.uniform(0.16, 0.26)
            distance = np.abs(np.sqrt((x / a) ** 2 + (y / b) ** 2) - 1) * min(a, b)
            return np.asarray(np.exp(-((distance / 0.072) ** 2)), dtype=np.float32)
        if self.kind == "star":
            points, turn = int(rng.choice([4, 5, 6, 8])), rng.uniform(0, 1)
            angle = np.arctan2(y, x)
            reach = 0.13 + 0.19 * np.abs(np.cos(angle * points / 2 + turn)) ** 3
            return np.asarray(np.exp(-((np.sqrt(x * x + y * y) / reach) ** 2) * 0.87), dtype=np.float32)
        total = np.zeros((height, width), dtype=np.float32)
        for index in range(int(rng.integers(3, 7))):
            cx, cy = rng.uniform(-0.2, 0.2), rng.uniform(-0.19, 0.19)
            loud = float(self.scene.curve[(index * 23) % 128])
            radius = 0.05 + 0.10 * loud * rng.uniform(0.6, 1.0) + (0.05 if index == 0 else 0)
            total += np.exp(-((x - np.float32(cx)) ** 2 + (y - np.float32(cy)) ** 2) / np.float32(radius**2))
        return total

    def shade(self, band: Band) -> Pixels:
        palette = self.scene.palette
        edge, nx, ny = (cut(sheet, band) for sheet in (self.edge, self.nx, self.ny))
        fall = np.asarray(0.5 - band.y * 0.7 + 0.25 * band.x, dtype=np.float32)
        low, high = (0.84, 0.95) if self.pale else (0.02, 0.20)
        ground = palette.shade(low + (high - low) * fall)
        shadow = np.exp(-np.maximum(-cut(self.edge, band), 0) / np.float32(0.10)) * 0.35
        ground = np.asarray(ground * (1 - (shadow if self.pale else 0 * shadow))[..., None], dtype=np.float32)
        return mix(ground, self._mirrored(nx, ny), step(0.0, edge, 6 * band.pixel))

    def _mirrored(self, nx: Pixels, ny: Pixels) -> Pixels:
        """The studio in the metal: sky, a dark horizon, floor, and two lamps."""
        key = self.scene.light
        up = -ny * self.mirror + 0.35 * np.sin(nx * self.mirror * 2.0)
        sky = 0.55 + 0.42 * np.tanh(2.2 * up)
        band = np.exp(-(((up + 0.10) / 0.16) ** 2))
        second = 0.5 + 0.5 * np.sin(7.0 * up + 3.5 * nx)
        level = np.clip(sky * (1 - 0.92 * band) * (0.72 + 0.28 * second), 0.0, 1)
        lamp = np.clip(nx * key[0] + ny * key[1], 0, 1) ** 6 * 1.6
        body = self.scene.palette.shade(level)
        return np.asarray(body + lamp[..., None] * self.scene.palette.ramp[4], dtype=np.float32)
