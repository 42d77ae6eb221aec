"""Star trails: an hour of sky turning around its pole above a dark ground."""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Pixels
from noktvrn.picture.noise import fbm, generator
from noktvrn.picture.plane import Band, cut, mix, step
from noktvrn.picture.scene import Scene, Sketch
from noktvrn.picture.svg import add, arc, draw, stroke


def startrails(scene: Scene) -> Sketch:
    """Arcs of many stars; the ground below is left dark for the type."""
    sky = _Sky(scene)
    return Sketch(sky.shade, quiet=("foot",), focus=(sky.x, sky.y + 0.1))


class _Sky:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own, rng = scene.artist("sky"), scene.release("sky")
        self.x, self.y = float(rng.uniform(-0.36, 0.36)), float(rng.uniform(-0.26, 0.10))
        self.sweep = float(own.choice([16.0, 34.0, 60.0, 96.0]) * rng.choice([0.6, 1.0, 1.5]))
        self.count = int(own.choice([260, 420, 700]))
        self.trees = own.random() < 0.5
        self.land = float(rng.uniform(0.19, 0.25))
        self.trails = draw(self._trails(), scene.view)
        rough = generator(scene.seed, "land").standard_normal(4096)
        kernel = np.hanning(5 if self.trees else 180)
        line = np.convolve(rough, kernel / np.sqrt((kernel**2).sum()), mode="same")
        slow = np.convolve(rough[::-1], np.hanning(700) / np.sqrt((np.hanning(700) ** 2).sum()), mode="same")
        self.ridge = np.asarray(
            0.018 * slow + (0.008 * np.abs(line) if self.trees else 0.012 * line), dtype=np.float32
        )
        self.cloud = fbm(scene.seed, scene.view.shrunk(300), 1.5, 4)

    def _trails(self) -> str:
        rng = generator(self.scene.seed, "stars")
        palette = self.scene.palette
        reach = max(self.scene.view.right - self.scene.view.left, 1.0)
        out = []
        for _ in range(self.count):
            r = reach * rng.random() ** 0.75
            start = rng.uniform(0, 360)
            loud = float(self.scene.curve[min(127, int(r / 0.8 * 127))])
            sweep = self.sweep * rng.uniform(0.9, 1.05)
            a, b = np.deg2rad(start), np.deg2rad(start + sweep)
            data = arc(self.x, self.y, r, float(a), float(b))
            bright = rng.random() ** 2.2
            colour = palette.accent if rng.random() < 0.06 else palette.stop(0.55 + 0.45 * rng.random())
            out.append(stroke(data, colour, 0.0007 + 0.0022 * bright * (0.4 + loud), 0.20 + 0.75 * bright))
        return "".join(out)

    def shade(self, band: Band) -> Pixels:
        palette = self.scene.palette
        fall = np.clip((band.y + 0.5) / 0.75, 0, 1) ** 2.2
        level = 0.05 + 0.50 * fall + 0.018 * cut(self.cloud, band)
        sky = palette.shade(level)
        out = add(sky, self.trails, band, 0.95)
        place = np.clip((band.x[0] + 2.6) / 5.2 * 4095, 0, 4095)
        ridge = np.interp(place, np.arange(4096), self.ridge).astype(np.float32)[None, :]
        depth = band.y - (np.float32(self.land) - ridge)
        ground = palette.shade(0.015 + 0.02 * np.exp(-np.maximum(depth, 0) / 0.1))
        return mix(out, ground * np.float32(0.8), step(0.0, depth, 1.6 * band.pixel))
