"""Ribbon: a bundle of fine strands that moves as the song's energy moves."""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Pixels
from noktvrn.picture.noise import value_noise
from noktvrn.picture.plane import Band, cut
from noktvrn.picture.scene import Scene, Sketch
from noktvrn.picture.svg import add, blurred, draw, smooth_path, stroke

_POINTS = 34
_BLOOM = 0.022


def ribbon(scene: Scene) -> Sketch:
    """Silk: strands that share their waves, brighter where the light falls on them."""
    return Sketch(_Silk(scene).shade, quiet=("head", "foot"), focus=(0.0, 0.08))


class _Silk:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own = scene.artist("silk")
        self.count = int(own.choice([90, 140, 190]))
        self.tilt = float(np.deg2rad(own.choice([0, 0, -14, 16, 34, -38])))
        body = "".join(self._strands(index) for index in range(int(own.integers(1, 3))))
        turn = f'<g transform="rotate({np.rad2deg(self.tilt):.2f})">{body}</g>'
        self.layer = draw(turn, scene.view)
        self.bloom = blurred(self.layer[..., 3], scene.view, _BLOOM)
        self.fog = value_noise(scene.seed, scene.view.shrunk(160), 1.6)

    def _strands(self, index: int) -> str:
        rng = self.scene.release("strands", index)
        reach = 1.15 * max(abs(self.scene.view.left), abs(self.scene.view.right), 0.75)
        x = np.linspace(-reach, reach, _POINTS)
        song = np.interp(x, np.linspace(-0.55, 0.55, 128), self.scene.curve)
        base = rng.uniform(0.09, 0.16) + 0.10 * index
        waves = [
            (rng.uniform(0.45, 1.25) * (k + 1), rng.uniform(0, 6.28), rng.uniform(0.4, 1.0) / (k + 1))
            for k in range(3)
        ]
        twist = rng.uniform(1.4, 3.4)
        out = []
        for strand in range(self.count):
            share = strand / (self.count - 1)
            lift = sum(
                a * np.sin(6.28 * f * x + p + twist * share * (0.6 + 0.5 * k))
                for k, (f, p, a) in enumerate(waves)
            )
            y = (
                base
                - (0.05 + 0.17 * song) * lift * (0.55 + 0.45 * np.cos(share * 2.2))
                + 0.05 * (share - 0.5)
            )
            level = 0.42 + 0.56 * (0.5 + 0.5 * np.sin(3.0 * share + waves[0][1]))
            colour = self.scene.palette.stop(level)
            out.append(stroke(smooth_path(list(zip(x, y, strict=True))), colour, 0.0012, 0.55))
        return "".join(out)

    def shade(self, band: Band) -> Pixels:
        fog = cut(self.fog, band)
        slope = band.y * np.float32(-0.10) + 0.10 + 0.02 * fog
        ground = self.scene.palette.shade(np.clip(slope + 0 * band.x, 0.0, 0.3))
        glow = self._glow(band)
        return add(np.asarray(ground + glow, dtype=np.float32), self.layer, band, 1.0)

    def _glow(self, band: Band) -> Pixels:
        alpha = cut(self.bloom, band)
        colour = self.scene.palette.shade(np.clip(0.25 + 0.5 * alpha, 0, 1))
        return np.asarray(colour * (0.45 * np.maximum(alpha, 0))[..., None], dtype=np.float32)
