"""Contour: a relief drawn by lines of equal height, as on a map, with a calm shore for the type."""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Pixels
from noktvrn.picture.noise import fbm, warped
from noktvrn.picture.plane import Band, cut, glow, step
from noktvrn.picture.scene import Scene, Sketch
from noktvrn.picture.stock import Stock


def contour(scene: Scene) -> Sketch:
    """Lines on paper or glowing lines in the dark."""
    relief = _Relief(scene)
    return Sketch(
        relief.shade, quiet=("foot",) if relief.peak_y < 0 else ("head",), focus=(relief.peak_x, -0.08)
    )


class _Relief:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own, rng = scene.artist("relief"), scene.release("relief")
        self.manner = "glow" if scene.night else "paper"
        self.lines = float(own.choice([9, 14, 22, 30]))
        self.width = float(own.choice([0.0011, 0.0018, 0.0034]))
        frequency = float(own.choice([2.0, 2.9, 4.2]))
        self.rough = float(own.choice([0.20, 0.28]))
        self.peak_x, self.peak_y = float(rng.uniform(-0.2, 0.2)), float(rng.choice([-0.14, -0.10]))
        small = scene.view.shrunk(min(1000, scene.view.width))
        make = (
            warped(scene.seed, small, frequency, 0.5, 3)
            if own.random() < 0.5
            else fbm(scene.seed, small, frequency, 3)
        )
        x = np.float32(small.left) + np.arange(small.width, dtype=np.float32) / np.float32(small.scale)
        y = np.float32(small.top) + np.arange(small.height, dtype=np.float32) / np.float32(small.scale)
        square = ((x[None, :] - self.peak_x) / 0.42) ** 2 + ((y[:, None] - self.peak_y) / 0.36) ** 2
        self.height = np.asarray(
            0.95 * np.exp(-square) + self.rough * make * np.exp(-0.40 * square), dtype=np.float32
        )
        gy, gx = np.gradient(self.height, np.float32(1 / small.scale))
        self.slope = np.sqrt(gx * gx + gy * gy).astype(np.float32)
        self.stock = Stock(scene.look.seed, scene.view, scene.palette.paper)

    def shade(self, band: Band) -> Pixels:
        height, slope = cut(self.height, band), cut(self.slope, band)
        line = self._lines(height, slope, band)
        if self.manner == "paper":
            return self._paper(band, height, line)
        return self._glow(band, height, line)

    def _lines(self, height: Pixels, slope: Pixels, band: Band) -> Pixels:
        """Coverage of the isolines, of even width: distance is height difference over slope."""
        place = height * np.float32(self.lines)
        off = np.abs(place - np.round(place)) / (np.float32(self.lines) * np.maximum(slope, np.float32(0.05)))
        loud = self.scene.curve[np.clip(height * 100, 0, 127).astype(np.int16)]
        half = np.float32(self.width / 2) * (0.55 + 0.9 * loud)
        inside = np.clip((half - off) / np.float32(band.pixel * 1.2) + 0.5, 0, 1)
        return np.asarray(inside * step(0.06, height, 0.08) * step(-0.21, -band.y, 0.10), dtype=np.float32)

    def _paper(self, band: Band, height: Pixels, line: Pixels) -> Pixels:
        palette = self.scene.palette
        sheet = self.stock.sheet(band)
        tint = np.asarray(step(0.5, height, 0.01) * 0.9, dtype=np.float32)
        sheet = self.stock.ink(sheet, palette.stop(0.78), tint, band)
        return self.stock.ink(sheet, palette.ink, line, band, 0.06)

    def _glow(self, band: Band, height: Pixels, line: Pixels) -> Pixels:
        palette = self.scene.palette
        ground = palette.shade(0.03 + 0.16 * np.clip(height, 0, 1))
        colour = palette.shade(np.clip(0.38 + 0.62 * height, 0, 1))
        haze = glow(0.10 * np.clip(height, 0, 1) ** 2, palette.ramp[3])
        return np.asarray(ground + haze + colour * (1.15 * line)[..., None], dtype=np.float32)
