"""Eclipse: one dark body before its light, with a corona that leans towards the artist's light angle."""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Pixels
from noktvrn.picture.noise import warped
from noktvrn.picture.plane import Band, cut, glow, mix, step
from noktvrn.picture.scene import Scene, Sketch

_RAYS = 2048


_KINDS = ("disc", "limb", "crescent", "flank", "pair", "glare")


def eclipse(scene: Scene) -> Sketch:
    """A disc, a crescent, a pair, or a great limb that rises from below or stands at one side."""
    own, rng = scene.artist("kind"), scene.release("body")
    kind = _KINDS[int(own.integers(len(_KINDS)))]
    size, lean = float(own.uniform(0.12, 0.27)), float(own.choice([0.0, 0.0, -0.16, 0.16]))
    if kind == "limb":
        radius, x = float(rng.uniform(0.62, 1.2)), float(rng.uniform(-0.2, 0.2))
        body = _Body(scene, x, float(rng.uniform(0.10, 0.2)) + radius, radius, kind)
        return Sketch(body.shade, quiet=("head",), focus=(x, 0.1))
    if kind == "flank":
        radius, side = float(rng.uniform(0.45, 0.75)), float(rng.choice([-1, 1]))
        body = _Body(scene, side * (0.12 + radius), -0.05, radius, kind)
        return Sketch(body.shade, quiet=("foot", "head"), focus=(side * 0.1, -0.05))
    x, y = lean + float(rng.uniform(-0.05, 0.05)), float(rng.uniform(-0.10, -0.03))
    return Sketch(_Body(scene, x, y, size * float(rng.uniform(0.92, 1.08)), kind).shade, focus=(x, y))


class _Body:
    def __init__(self, scene: Scene, x: float, y: float, radius: float, kind: str) -> None:
        self.scene, self.x, self.y, self.radius, self.kind = scene, x, y, radius, kind
        self.fog = warped(scene.seed, scene.view.shrunk(600), 1.5, 0.9)
        turns = {"limb": 90.0, "flank": 180.0 if x > 0 else 0.0}
        self.key = np.float32(np.deg2rad(turns.get(kind, scene.look.light_angle)))
        self.soft = float(scene.artist("corona").choice([0.55, 1.0, 1.7]))
        self.rays = float(scene.artist("rays").choice([0.25, 1.0, 1.6]))
        self.streaks = self._streaks()

    def _streaks(self) -> Pixels:
        """Smoothed noise on the circle, weighted by the song: louder places reach further."""
        rng = self.scene.release("streaks")
        rough = rng.standard_normal(_RAYS)
        smooth = np.zeros(_RAYS)
        for width in (6, 25, 90):
            kernel = np.hanning(width) / np.hanning(width).sum()
            layer = np.convolve(np.concatenate([rough] * 3), kernel, mode="same")[_RAYS : 2 * _RAYS]
            smooth += layer / layer.std()
        song = np.interp(np.linspace(0, 1, _RAYS), np.linspace(0, 1, 128), self.scene.curve)
        return (1 + 0.16 * self.rays * smooth * (0.4 + song)).astype(np.float32)

    def shade(self, band: Band) -> Pixels:
        dx, dy = band.x - self.x, band.y - self.y
        distance = np.sqrt(dx * dx + dy * dy)
        out = np.maximum(distance - np.float32(self.radius), 0)
        angle = np.arctan2(-dy, dx)
        lean = 0.5 + 0.5 * np.cos(angle - self.key)
        if self.kind == "crescent":
            lean = lean**3
        if self.kind == "glare":
            lean = lean**9 * 1.7 + 0.04
        ray = self.streaks[((angle / np.float32(2 * np.pi) + 0.5) * (_RAYS - 1)).astype(np.int16)]
        fog = cut(self.fog, band)
        sky = self._sky(band, out, lean, fog)
        corona = self._corona(out, lean, ray)
        cover = 1 - step(self.radius, distance, 2.5 * band.pixel)
        if self.kind == "pair":
            cover = np.maximum(cover, self._second(band))
        return mix(sky + corona, self._dark(band, distance, lean), cover)

    def _second(self, band: Band) -> Pixels:
        """A smaller body that has just left the great one."""
        far = np.float32(1.05 * self.radius)
        x, y = self.x + far * np.cos(self.key), self.y - far * np.sin(self.key)
        distance = np.sqrt((band.x - x) ** 2 + (band.y - y) ** 2)
        return 1 - step(0.36 * self.radius, distance, 2.5 * band.pixel)

    def _sky(self, band: Band, out: Pixels, lean: Pixels, fog: Pixels) -> Pixels:
        level = 0.10 + 0.42 * np.exp(-out / 0.20) * (0.35 + 0.65 * lean) + 0.045 * fog
        return self.scene.palette.shade(np.clip(level, 0.02, 0.8))

    def _corona(self, out: Pixels, lean: Pixels, ray: Pixels) -> Pixels:
        ramp = self.scene.palette.ramp
        tight = np.exp(-out / 0.010) * (0.12 + 0.88 * lean)
        wide = np.exp(-out / (0.055 * self.soft)) * (0.10 + 0.90 * lean) * ray
        far = np.exp(-out / (0.16 * self.soft)) * lean * ray**2
        near = glow(1.5 * tight, ramp[4])
        return np.asarray(near + glow(0.6 * wide, ramp[3]) + glow(0.2 * far, ramp[2]), dtype=np.float32)

    def _dark(self, band: Band, distance: Pixels, lean: Pixels) -> Pixels:
        deep = self.scene.palette.stop(0.0) * np.float32(0.35)
        edge = np.exp(np.minimum(distance - self.radius, 0) / np.float32(0.012)) * lean * 0.10
        return np.asarray(deep + edge[..., None] * self.scene.palette.ramp[3], dtype=np.float32)
