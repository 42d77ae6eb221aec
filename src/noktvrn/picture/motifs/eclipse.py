"""Eclipse: one dark body before its light, with a corona that leans towards the artist's light angle."""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Pixels
from noktvrn.picture.noise import warped
from noktvrn.picture.plane import Band, cut, glow, mix, step
from noktvrn.picture.scene import Scene, Sketch

_RAYS = 2048


def eclipse(scene: Scene) -> Sketch:
    """A disc, a crescent or a great limb that rises from below."""
    rng = scene.release("body")
    kind = ("disc", "limb", "crescent")[int(scene.artist("kind").integers(3))]
    if kind == "limb":
        radius, x, y = rng.uniform(0.75, 1.1), rng.uniform(-0.2, 0.2), 0.0
        y = rng.uniform(0.12, 0.2) + radius
    else:
        radius, x, y = rng.uniform(0.19, 0.25), rng.uniform(-0.05, 0.05), rng.uniform(-0.08, -0.03)
    body = _Body(scene, float(x), float(y), float(radius), kind)
    quiet = ("head",) if kind == "limb" else ("foot", "head")
    return Sketch(body.shade, quiet=quiet, focus=(float(x), float(y) if kind != "limb" else 0.1))


class _Body:
    def __init__(self, scene: Scene, x: float, y: float, radius: float, kind: str) -> None:
        self.scene, self.x, self.y, self.radius, self.kind = scene, x, y, radius, kind
        self.fog = warped(scene.seed, scene.view.shrunk(600), 1.5, 0.9)
        self.streaks = self._streaks()
        self.key = np.float32(np.deg2rad(90 if kind == "limb" else scene.look.light_angle))

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
        return (1 + 0.16 * smooth * (0.4 + song)).astype(np.float32)

    def shade(self, band: Band) -> Pixels:
        dx, dy = band.x - self.x, band.y - self.y
        distance = np.sqrt(dx * dx + dy * dy)
        out = np.maximum(distance - np.float32(self.radius), 0)
        angle = np.arctan2(-dy, dx)
        lean = 0.5 + 0.5 * np.cos(angle - self.key)
        if self.kind == "crescent":
            lean = lean**3
        ray = self.streaks[((angle / np.float32(2 * np.pi) + 0.5) * (_RAYS - 1)).astype(np.int16)]
        fog = cut(self.fog, band)
        sky = self._sky(band, out, lean, fog)
        corona = self._corona(out, lean, ray)
        cover = 1 - step(self.radius, distance, 2.5 * band.pixel)
        return mix(np.asarray(sky + corona, dtype=np.float32), self._dark(band, distance, lean), cover)

    def _sky(self, band: Band, out: Pixels, lean: Pixels, fog: Pixels) -> Pixels:
        level = 0.10 + 0.42 * np.exp(-out / 0.20) * (0.35 + 0.65 * lean) + 0.045 * fog
        return self.scene.palette.shade(np.asarray(np.clip(level, 0.02, 0.8), dtype=np.float32))

    def _corona(self, out: Pixels, lean: Pixels, ray: Pixels) -> Pixels:
        ramp = self.scene.palette.ramp
        tight = np.exp(-out / 0.010) * (0.12 + 0.88 * lean)
        wide = np.exp(-out / 0.055) * (0.10 + 0.90 * lean) * ray
        far = np.exp(-out / 0.16) * lean * ray**2
        near = glow(1.5 * tight, ramp[4])
        return np.asarray(near + glow(0.6 * wide, ramp[3]) + glow(0.2 * far, ramp[2]), dtype=np.float32)

    def _dark(self, band: Band, distance: Pixels, lean: Pixels) -> Pixels:
        deep = self.scene.palette.stop(0.0) * np.float32(0.35)
        edge = np.exp((distance - self.radius) / np.float32(0.012)) * lean * 0.10
        return np.asarray(deep + edge[..., None] * self.scene.palette.ramp[3], dtype=np.float32)
