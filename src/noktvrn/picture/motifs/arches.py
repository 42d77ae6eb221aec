"""Arches: gates behind gates towards a light, as in a colonnade or a stage set."""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Pixels
from noktvrn.picture.noise import fbm
from noktvrn.picture.plane import Band, cut, glow, mix, step
from noktvrn.picture.scene import Scene, Sketch


def arches(scene: Scene) -> Sketch:
    """Round, square or pointed gates; the light stands inside or outside."""
    gates = _Gates(scene)
    return Sketch(gates.shade, quiet=("head", "foot"), focus=(gates.x, 0.0))


class _Gates:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own, rng = scene.artist("gates"), scene.release("gates")
        self.kind = str(own.choice(["round", "square", "pointed", "circle"]))
        self.count = int(own.integers(4, 8)) + int(rng.integers(-1, 3))
        self.inner_light = scene.night
        self.neon = scene.night and own.random() < 0.4
        self.x = float(rng.uniform(-0.17, 0.17))
        self.floor = float(rng.uniform(0.20, 0.27))
        self.drift = float(rng.choice([-1, 1]) * rng.uniform(0.02, 0.14))
        size = rng.uniform(0.78, 1.22)
        self.wide = float(own.uniform(0.24, 0.38) * size)
        self.tall = float(min(0.68, own.uniform(0.42, 0.62) * size))
        self.pace = float(own.choice([0.6, 0.9, 1.5]))
        self.plaster = fbm(scene.seed, scene.view.shrunk(min(1000, scene.view.width)), 9.0, 4, gain=0.7)

    def shade(self, band: Band) -> Pixels:
        palette = self.scene.palette
        wall = self._wall(0, band)
        out = np.asarray(wall, dtype=np.float32)
        for index in range(self.count):
            share = (index + 1) / self.count
            depth = self._gate(band, share)
            inside = step(0.0, -depth, 1.8 * band.pixel)
            out = mix(out, self._wall(index + 1, band), inside)
            out = self._edge(out, depth, share)
        up = np.float32(self.floor) - band.y
        heart = np.exp(-(((band.x - self.x - self.drift) / 0.07) ** 2 + ((up - 0.05) / 0.10) ** 2))
        if self.kind == "circle":
            heart = np.exp(-((band.x - self.x - self.drift) ** 2 + (band.y + 0.02) ** 2) / np.float32(0.004))
        else:
            heart = heart * np.where(up > 0, 1.0, 0.12 * np.exp(np.minimum(up, 0) / 0.05))
        level = np.asarray(0.55 * heart if self.inner_light else 0 * heart, dtype=np.float32)
        return np.asarray(out + glow(level, palette.ramp[4]), dtype=np.float32)

    def _gate(self, band: Band, share: float) -> Pixels:
        """Signed distance to a gate's outline: negative inside."""
        width = self.wide * (1 - share) ** self.pace + 0.04
        high = max(width if self.kind == "round" else 0.06, self.tall * (1 - share) ** self.pace + 0.08)
        x = np.abs(band.x - self.x - self.drift * share)
        up = self.floor - band.y
        if self.kind == "circle":
            return np.asarray(np.sqrt(x * x + (band.y + 0.02) ** 2) - width * 0.92, dtype=np.float32)
        spring = high - width
        if self.kind == "square":
            head = np.maximum(x - width, up - high)
        elif self.kind == "pointed":
            head = np.where(
                up > spring * 0.8,
                np.sqrt((x + width * 0.9) ** 2 + (up - spring * 0.8) ** 2) - width * 1.9,
                x - width,
            )
        else:
            head = np.where(up > spring, np.sqrt(x * x + (up - spring) ** 2) - width, x - width)
        return np.asarray(np.maximum(head, -up), dtype=np.float32)

    def _wall(self, index: int, band: Band) -> Pixels:
        share = index / self.count
        level = 0.08 + 0.80 * share**1.25 if self.inner_light else 0.90 - 0.80 * share**0.8
        if self.neon:
            level = 0.05 + 0.16 * share
        fall = 0.06 * (band.x * self.scene.light[0] + band.y * self.scene.light[1])
        tone = level + fall + 0.008 * cut(self.plaster, band)
        return self.scene.palette.shade(np.clip(tone, 0, 1))

    def _edge(self, out: Pixels, depth: Pixels, share: float) -> Pixels:
        """The light on a gate's reveal, and the shadow it throws inwards."""
        palette = self.scene.palette
        loud = 0.5 + 0.7 * float(self.scene.curve[int(share * 127)])
        if self.neon:
            tube = (
                np.exp(-((depth / 0.0026) ** 2)) * 1.3 * loud + np.exp(-np.abs(depth) / 0.022) * 0.22 * loud
            )
            colour = palette.stop(0.55 + 0.4 * share)
            return np.asarray(out + glow(tube, colour), dtype=np.float32)
        shade = np.exp(np.minimum(depth, 0) / np.float32(0.035)) * (depth < 0) * 0.45 * loud
        rim = np.exp(-np.abs(depth - 0.003) / 0.003) * 0.10
        return np.asarray(
            out * (1 - shade)[..., None] + glow(rim, palette.ramp[3]),
            dtype=np.float32,
        )
