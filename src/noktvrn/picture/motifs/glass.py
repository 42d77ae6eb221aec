"""Reeded glass: soft bodies of colour seen through fluted panes."""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Pixels
from noktvrn.picture.plane import Band
from noktvrn.picture.scene import Scene, Sketch


def glass(scene: Scene) -> Sketch:
    """Two or three glowing bodies behind flutes that bend what they show."""
    return Sketch(_Pane(scene).shade, quiet=("head", "foot"), focus=(0.0, 0.0), grain=1.2)


class _Pane:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own, rng = scene.artist("pane"), scene.release("bodies")
        self.flutes = float(own.choice([9, 14, 22, 34]))
        self.turn = float(np.deg2rad(own.choice([0, 0, 90, 24, -32])))
        self.bend = float(own.uniform(0.9, 1.7))
        count = int(rng.integers(2, 4))
        low, high = (0.02, 0.24) if rng.random() < 0.5 else (-0.12, 0.1)
        self.bodies = [
            (
                float(rng.uniform(-0.28, 0.28)),
                float(rng.uniform(low, high)),
                float(rng.uniform(0.12, 0.26)),
                float(rng.uniform(0.55, 1.0)) if index else 0.95,
            )
            for index in range(count)
        ]

    def shade(self, band: Band) -> Pixels:
        cos, sin = np.float32(np.cos(self.turn)), np.float32(np.sin(self.turn))
        across, along = band.x * cos + band.y * sin, band.y * cos - band.x * sin
        phase = across * np.float32(self.flutes)
        place = phase - np.floor(phase) - np.float32(0.5)
        lens = place * np.float32(self.bend / self.flutes) * (1 + 3.0 * place * place)
        seen = across - place / np.float32(self.flutes) - lens * 2.2
        x, y = seen * cos - along * sin, along * cos + seen * sin
        level = self._glow(x, y)
        sheen = 0.86 + 0.22 * (place + 0.5) ** 2 - 0.35 * np.exp(-(((np.abs(place) - 0.5) / 0.035) ** 2))
        return np.asarray(self.scene.palette.shade(level) * sheen[..., None], dtype=np.float32)

    def _glow(self, x: Pixels, y: Pixels) -> Pixels:
        total = np.full(np.broadcast_shapes(x.shape, y.shape), 0.06, dtype=np.float32)
        for bx, by, radius, power in self.bodies:
            square = ((x - np.float32(bx)) ** 2 + (y - np.float32(by)) ** 2) / np.float32(radius**2)
            body = np.float32(power) * np.exp(-(square**1.5))
            total = total + body * (1 - 0.75 * total)
        return np.asarray(np.clip(total, 0, 1))
