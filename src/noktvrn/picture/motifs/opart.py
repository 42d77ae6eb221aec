"""Op art: two tones of stripes bent by one hidden body."""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Pixels
from noktvrn.picture.plane import Band, mix, step
from noktvrn.picture.scene import Scene, Sketch
from noktvrn.picture.stock import Stock

_EDGE, _WIDE, _HIGH = -0.425, 0.85, 0.615
"""Upper left corner and size of the field where it fills its place, units."""


def opart(scene: Scene) -> Sketch:
    """Stripes, rings or squares in a framed field above the type."""
    return Sketch(_Field(scene).shade, quiet=("foot",), focus=(0.0, -0.12), grain=0.7)


def _frame(scene: Scene) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the field: the whole place above the type or a part of it."""
    rng, room = scene.release("frame"), scene.variety
    wide = _WIDE * (1 - room * float(rng.choice([0.0, 0.25, 0.4])))
    high = _HIGH * (1 - room * float(rng.choice([0.0, 0.2, 0.35])))
    left = _EDGE + float(rng.choice([0.0, 0.5, 1.0])) * (_WIDE - wide)
    top = _EDGE + float(rng.choice([0.0, 1.0])) * (_HIGH - high)
    return left, top, left + wide, top + high


class _Field:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own, rng = scene.artist("field"), scene.release("field")
        self.kind = str(own.choice(["stripes", "rings", "checks", "fan"]))
        self.count = float(own.choice([18, 26, 36]))
        self.turn = float(np.deg2rad(rng.choice([0, 90, 45, -30])))
        self.dark = scene.night
        self.colourful = own.random() < 0.5
        self.balls = [
            (float(rng.uniform(-0.22, 0.22)), float(rng.uniform(-0.30, 0.0)), float(rng.uniform(0.12, 0.26)))
            for _ in range(int(rng.integers(1, 3 + round(2 * scene.variety))))
        ]
        self.left, self.top, self.right, self.bottom = _frame(scene)
        share, aside = (self.right - self.left) / _WIDE, (self.left + self.right) / 2
        self.balls = [(x * share + aside, y, radius) for x, y, radius in self.balls]
        self.push = float(rng.choice([-0.62, 0.5, 0.8]))
        self.wave = float(rng.uniform(0.0, 0.05))
        palette = scene.palette
        self.stock = Stock(scene.look.seed, scene.view, palette.stop(0.06) if self.dark else palette.paper)

    def shade(self, band: Band) -> Pixels:
        palette = self.scene.palette
        x, y, lift = self._bent(band)
        phase = self._phase(x, y)
        slope = np.maximum(np.abs(np.gradient(phase, axis=1)) + np.abs(np.gradient(phase, axis=0)), 1e-5)
        wave = np.abs(phase - np.floor(phase) - 0.5) - 0.25
        stripe = np.clip(wave / slope + 0.5, 0, 1) if slope.shape[0] > 1 else wave
        fore = palette.paper if self.dark else palette.ink
        if self.colourful:
            tint = palette.shade(np.clip(0.45 + 0.5 * lift, 0, 1))
            fore = tint if self.dark else tint * 0.75
        soft = 2 * band.pixel
        frame = step(self.left, band.x, soft) * step(-self.right, -band.x, soft)
        frame = frame * step(self.top, band.y, soft) * step(-self.bottom, -band.y, soft)
        sheet = self.stock.sheet(band)
        return mix(
            sheet,
            fore + 0 * sheet,
            stripe * frame,
        )

    def _bent(self, band: Band) -> tuple[Pixels, Pixels, Pixels]:
        x, y = band.x + 0 * band.y, band.y + 0 * band.x
        song = np.interp(band.x[0], np.linspace(-0.45, 0.45, 128), self.scene.curve).astype(np.float32)
        y = y + np.float32(self.wave) * song[None, :]
        lift = np.zeros_like(x)
        for cx, cy, radius in self.balls:
            dx, dy = x - np.float32(cx), y - np.float32(cy)
            inside = np.clip(1 - (dx * dx + dy * dy) / np.float32(radius**2), 0, 1)
            pull = np.float32(self.push) * inside * inside
            x, y = x - dx * pull, y - dy * pull
            lift = np.maximum(lift, inside)
        return x, y, lift

    def _phase(self, x: Pixels, y: Pixels) -> Pixels:
        cos, sin = np.float32(np.cos(self.turn)), np.float32(np.sin(self.turn))
        u, v = x * cos + y * sin, y * cos - x * sin
        if self.kind == "rings":
            return np.asarray(np.sqrt(x * x + (y + 0.12) ** 2) * self.count * 1.4, dtype=np.float32)
        if self.kind == "fan":
            cx, cy, _ = self.balls[0]
            return np.asarray(
                np.arctan2(y - cy, x - cx + 1e-4) / np.pi * round(self.count * 1.2), dtype=np.float32
            )
        if self.kind == "checks":
            square = np.sign(np.sin(u * np.pi * self.count)) * 0.25
            return np.asarray(v * self.count * 0.5 + square + 0.25, dtype=np.float32)
        return np.asarray(u * self.count, dtype=np.float32)
