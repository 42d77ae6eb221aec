"""Facade: raw concrete, deep openings, a hard raking light, and a few windows somebody is awake behind."""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Pixels
from noktvrn.picture.noise import fbm
from noktvrn.picture.plane import Band, cut, glow, mix, step
from noktvrn.picture.scene import Scene, Sketch

_OPENINGS = {"grid": (0.16, 0.22), "slots": (0.34, 0.10), "balconies": (0.06, 0.36)}
"""Share of a cell that is wall on each side of its window, and above and below it."""


def facade(scene: Scene) -> Sketch:
    """A tower before the sky, by day or by night."""
    block = _Block(scene)
    return Sketch(block.shade, quiet=("head",), focus=(block.middle, 0.05))


class _Block:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own, rng = scene.artist("block"), scene.release("block")
        self.night = scene.night
        self.kind = str(own.choice(["grid", "slots", "balconies"]))
        self.cells = (float(own.choice([9, 12, 16])), float(own.choice([12, 16, 22])))
        self.shape = str(rng.choice(["tower", "stairs", "twins"]))
        self.middle = float(rng.uniform(-0.08, 0.08))
        if self.shape == "stairs":
            self.cells = (12.0, self.cells[1])  # two windows to a step
        self.roof = self._storey(float(rng.uniform(-0.14, -0.06)))
        self.lights = rng.random((256, 256)).astype(np.float32)
        small = scene.view.shrunk(min(1200, scene.view.width))
        self.stain = fbm(scene.seed, small, 5.0, 5, gain=0.62, stretch=0.35)
        self.air = fbm(scene.seed + 1, scene.view.shrunk(300), 1.4, 3, stretch=2.0)
        self.whole = self._whole()

    def shade(self, band: Band) -> Pixels:
        x, y = band.x - self.middle + 0 * band.y, band.y + 0 * band.x
        edge = self._outline(x, y)
        out = self._sky(band)
        wall = self._wall(band, x, y)
        return mix(out, wall, step(0.0, -edge, 1.6 * band.pixel))

    def _outline(self, x: Pixels, y: Pixels) -> Pixels:
        """Negative inside the building."""
        roof = np.float32(self.roof)
        if self.shape == "stairs":
            stairs = np.floor((x + 0.36) / 0.12) * np.float32(1 / self.cells[1])
            foot = np.float32(self._storey(self.roof + 0.20))
            return np.asarray(np.maximum(np.abs(x) - 0.36, foot - stairs - y), dtype=np.float32)
        if self.shape == "twins":
            left = np.maximum(np.abs(x + 0.21) - 0.145, roof - y)
            lower = np.float32(self._storey(self.roof + 0.12))
            right = np.maximum(np.abs(x - 0.17) - 0.20, lower - y)
            return np.asarray(np.minimum(left, right), dtype=np.float32)
        return np.asarray(np.maximum(np.abs(x) - 0.30, roof - y), dtype=np.float32)

    def _storey(self, y: float) -> float:
        """The floor line nearest to `y`: roofs end where a storey does."""
        rows = self.cells[1]
        return round((y + 0.5) * rows) / rows - 0.5

    def _whole(self) -> Pixels:
        """1 for every cell of the wall, (2 rows, columns), whose whole window lies inside the outline."""
        columns, rows = self.cells
        wide, high = _OPENINGS[self.kind]
        across = np.linspace(wide, 1 - wide, 9)
        x = (np.arange(columns)[None, :, None] + across) * 0.72 / columns - 0.36
        y = (np.arange(2 * rows)[:, None, None] + high) / rows - 0.5
        inside = self._outline((x + 0 * y).astype(np.float32), (y + 0 * x).astype(np.float32)) < -0.004
        return np.asarray(inside.all(axis=-1), dtype=np.float32)

    def _windowed(self, column: Pixels, row: Pixels) -> Pixels:
        """1 where the cell of a place has a window."""
        rows, columns = self.whole.shape
        inside = (column >= 0) & (column < columns) & (row >= 0)
        across = np.clip(column, 0, columns - 1).astype(np.int16)
        return np.asarray(self.whole[np.clip(row, 0, rows - 1).astype(np.int16), across] * inside)

    def _sky(self, band: Band) -> Pixels:
        fall = np.clip((band.y + 0.5) / 1.0, 0, 1) + 0.03 * cut(self.air, band)
        low, high = (0.03, 0.50) if self.night else (0.80, 0.97)
        return self.scene.palette.shade(low + (high - low) * fall)

    def _wall(self, band: Band, x: Pixels, y: Pixels) -> Pixels:
        columns, rows = self.cells
        u, v = (x + 0.36) * columns / 0.72 * 1.0, (y + 0.5) * rows
        column, row = np.floor(u), np.floor(v)
        fx, fy = u - column, v - row
        wide, high = _OPENINGS[self.kind]
        opening = self._box(fx, fy, wide, high, band) * self._windowed(column, row)
        deep = self._reveal(fx, fy, wide, high)
        stain = cut(self.stain, band)
        palette = self.scene.palette
        base = 0.19 if self.night else 0.55
        tone = base + 0.035 * stain + 0.10 * (x * self.scene.light[0] - y * 0.5) + 0.05 * (fy < 0.05)
        wall = palette.shade(np.clip(tone, 0, 1))
        inside = self._rooms(column, row, fx, fy, deep)
        return mix(wall, inside, opening)

    def _box(self, fx: Pixels, fy: Pixels, wide: float, high: float, band: Band) -> Pixels:
        soft_x = 1.5 * band.pixel * self.cells[0] / 0.72
        soft_y = 1.5 * band.pixel * self.cells[1]
        across = step(wide, fx, soft_x) * step(-(1 - wide), -fx, soft_x)
        return np.asarray(across * step(high, fy, soft_y) * step(-(1 - high), -fy, soft_y), dtype=np.float32)

    def _reveal(self, fx: Pixels, fy: Pixels, wide: float, high: float) -> Pixels:
        """1 where the sun does not reach into an opening: the shadow of its head and of one side."""
        side = 1 if self.scene.light[0] > 0 else -1
        along = fx - wide if side < 0 else (1 - wide) - fx
        shadow = np.maximum(1 - along / 0.22, 1 - (fy - high) / 0.30)
        return np.asarray(np.clip(shadow * 4, 0, 1), dtype=np.float32)

    def _rooms(self, column: Pixels, row: Pixels, fx: Pixels, fy: Pixels, deep: Pixels) -> Pixels:
        palette = self.scene.palette
        chance = self.lights[np.mod(row, 256).astype(np.int16), np.mod(column, 256).astype(np.int16)]
        loud = self.scene.curve[np.clip(column / self.cells[0] * 127, 0, 127).astype(np.int16)]
        if not self.night:
            level = 0.46 - 0.40 * deep + 0.10 * chance
            return palette.shade(np.clip(level, 0.02, 1))
        awake = chance > 0.94 - 0.30 * loud * (1 if self.kind != "slots" else 0.7)
        warm = 0.62 + 0.36 * np.mod(chance * 37, 1) - 0.18 * fy
        dark = palette.shade(0.05 + 0.05 * (1 - deep))
        lamp = palette.shade(np.clip(warm, 0, 1))
        lit = mix(dark, lamp, awake)
        accent = np.asarray(awake & (chance > 0.985), dtype=np.float32)
        return np.asarray(
            mix(lit, palette.accent + 0 * lit, accent) + glow(0 * accent, palette.accent), dtype=np.float32
        )
