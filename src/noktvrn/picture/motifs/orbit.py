"""Orbit: rings around bodies, drawn as fine as an old star chart."""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Pixels
from noktvrn.picture.noise import fbm, generator
from noktvrn.picture.plane import Band, cut, glow, mix, step
from noktvrn.picture.scene import Scene, Sketch
from noktvrn.picture.stock import Stock
from noktvrn.picture.svg import disc, draw, fill, lay, stroke


def orbit(scene: Scene) -> Sketch:
    """A ringed planet, a system from above, or crossing orbits."""
    chart = _Chart(scene)
    return Sketch(chart.shade, quiet=("foot", "head"), focus=(chart.x, chart.y))


class _Chart:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own, rng = scene.artist("chart"), scene.release("chart")
        self.kind = str(own.choice(["planet", "system", "cross"]))
        self.pale = not scene.night
        self.x, self.y = float(rng.uniform(-0.07, 0.07)), float(rng.uniform(-0.11, -0.06))
        self.radius = {"planet": 0.155, "system": 0.042, "cross": 0.09}[self.kind] * float(
            rng.uniform(0.85, 1.15)
        )
        self.tilt = float(rng.uniform(-32, 32))
        self.flat = {"planet": 0.28, "system": 0.97, "cross": 0.5}[self.kind]
        self.weight = float(own.choice([0.0010, 0.0016, 0.0026]))
        palette = scene.palette
        self.line = palette.ink if self.pale else palette.stop(0.86)
        self.stock = Stock(scene.look.seed, scene.view, palette.paper)
        self.back = draw(self._rings(front=False), scene.view)
        self.front = draw(self._rings(front=True) + self._moons(), scene.view)
        self.clouds = fbm(scene.seed, scene.view.shrunk(min(900, scene.view.width)), 9.0, 4, stretch=4.0)
        self.stars = self._dust()

    def _rings(self, *, front: bool) -> str:
        """Half of every ring: those behind the body or those before it."""
        rng = generator(self.scene.seed, "rings")
        count = {"planet": int(rng.integers(16, 34)), "system": int(rng.integers(6, 11)), "cross": 12}[
            self.kind
        ]
        low, high = {"planet": (1.35, 2.45), "system": (2.2, 9.6), "cross": (1.7, 4.3)}[self.kind]
        out = []
        for index in range(count):
            share = index / max(1, count - 1)
            loud = float(self.scene.curve[int(share * 127)])
            r = self.radius * (low + (high - low) * share)
            turn = self.tilt + (index * 180 / count if self.kind == "cross" else 0)
            width = self.weight * (0.5 + (2.2 * loud if self.kind == "planet" else 0.8 * loud))
            dash = f'stroke-dasharray="{0.002:.4f} {0.010:.4f}"' if rng.random() < 0.22 else ""
            sweep = 0 if front else 1
            arc = f"M{-r:.5f} 0A{r:.5f} {r * self.flat:.5f} 0 0 {sweep} {r:.5f} 0"
            line = stroke(arc, self.line, width, 0.35 + 0.6 * loud, dash)
            out.append(f'<g transform="translate({self.x:.5f} {self.y:.5f}) rotate({turn:.3f})">{line}</g>')
        return "".join(out)

    def _moons(self) -> str:
        rng = generator(self.scene.seed, "moons")
        out = []
        for _ in range(int(rng.integers(2, 6))):
            r, angle = self.radius * rng.uniform(1.5, 4.2), rng.uniform(0, 6.28)
            size = rng.uniform(0.006, 0.020)
            x, y = r * np.cos(angle), r * self.flat * np.sin(angle)
            colour = self.scene.palette.accent if rng.random() < 0.4 else self.line
            out.append(fill(disc(float(x), float(y), float(size)), colour))
        return (
            f'<g transform="translate({self.x:.5f} {self.y:.5f}) rotate({self.tilt:.3f})">{"".join(out)}</g>'
        )

    def _dust(self) -> Pixels:
        small = self.scene.view.shrunk(min(1500, self.scene.view.width))
        rng = generator(self.scene.seed, "dust")
        field = (rng.random((small.height, small.width), dtype=np.float32) > 0.9993).astype(np.float32)
        return np.asarray(field * rng.random(field.shape, dtype=np.float32) ** 3, dtype=np.float32)

    def shade(self, band: Band) -> Pixels:
        out = self._ground(band)
        out = lay(out, self.back, band)
        out = self._body(out, band)
        return lay(out, self.front, band)

    def _ground(self, band: Band) -> Pixels:
        if self.pale:
            return self.stock.sheet(band)
        palette = self.scene.palette
        dx, dy = band.x - self.x, band.y - self.y
        level = 0.03 + 0.20 * np.exp(-(dx * dx + dy * dy) / np.float32(0.16))
        stars = np.maximum(cut(self.stars, band), 0)
        ground = palette.shade(level)
        return np.asarray(ground + glow(0.9 * stars, palette.ramp[4]), dtype=np.float32)

    def _body(self, out: Pixels, band: Band) -> Pixels:
        """A sphere by Lambert's law with bands of cloud and a thin lit air."""
        palette = self.scene.palette
        x, y = (band.x - self.x) / self.radius, (band.y - self.y) / self.radius
        square = x * x + y * y
        z = np.sqrt(np.maximum(1 - square, 0))
        key = self.scene.light
        lit = np.clip(0.75 * (x * key[0] + y * key[1]) + 0.55 * z, -0.1, 1)
        bands = 0.07 * cut(self.clouds, band)
        level = np.clip(0.06 + 0.86 * np.maximum(lit, 0) ** 0.9 + bands * np.maximum(lit, 0.1), 0, 1)
        body = palette.shade(level)
        air = np.exp(-np.maximum(np.sqrt(square) - 1, 0) / 0.06) * np.clip(
            x * key[0] + y * key[1] + 0.2, 0, 1
        )
        if not self.pale:
            out = np.asarray(out + glow(0.5 * air, palette.ramp[3]), dtype=np.float32)
        cover = 1 - step(1.0, np.sqrt(square), 2.0 * band.pixel / self.radius)
        return mix(out, body, cover)
