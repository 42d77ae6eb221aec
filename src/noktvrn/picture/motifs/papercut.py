"""Papercut: sheets of coloured paper laid over each other, each cut further open, each with its shadow."""

from __future__ import annotations

import numpy as np
from PIL import Image

from noktvrn.picture.colour import Pixels
from noktvrn.picture.noise import fbm, generator, grain
from noktvrn.picture.plane import Band, View, cut, mix, step
from noktvrn.picture.scene import Scene, Sketch


def papercut(scene: Scene) -> Sketch:
    """A cave, a valley or a corner of nested cuts with a bright heart."""
    kind = ("cave", "valley", "corner")[int(scene.artist("kind").integers(3))]
    quiet = {"cave": ("foot", "head"), "valley": ("foot", "head"), "corner": ("foot", "head")}[kind]
    cuts = _Cuts(scene, kind)
    return Sketch(cuts.shade, quiet=quiet, focus=(cuts.x, cuts.y), grain=0.7)


class _Cuts:
    def __init__(self, scene: Scene, kind: str) -> None:
        self.scene, self.kind = scene, kind
        own, rng = scene.artist("cuts"), scene.release("cuts")
        self.count = int(own.integers(5, 10))
        self.rough = float(own.choice([0.04, 0.07, 0.10]))
        self.frequency = float(own.choice([1.8, 3.0, 5.0]))
        self.tilt = float(own.choice([-0.55, -0.2, 0.0, 0.3, 0.6]))
        self.bright_inside = scene.night
        self.x, self.y = float(rng.uniform(-0.1, 0.1)), float(rng.uniform(-0.12, -0.05))
        if kind == "corner":
            self.x, self.y = float(rng.choice([-0.34, 0.34])), -0.34
        margin = View(
            scene.view.width, scene.view.height, scene.view.scale / 1.15, scene.view.cx, scene.view.cy
        )
        small = margin.shrunk(min(900, scene.view.width))
        self.view = small
        self.field = self._field(small)
        offset = 0.016
        dx, dy = -scene.light[0] * offset * small.scale, -scene.light[1] * offset * small.scale
        self.shadow = np.roll(self.field, (round(dy), round(dx)), axis=(0, 1))
        tooth = scene.view.shrunk(min(1500, scene.view.width))
        self.tooth = grain(generator(scene.look.seed, "tooth"), tooth.width, tooth.height, 2.0)
        self.levels = self._levels()

    def _field(self, view: View) -> Pixels:
        """Height of the cut at every point: rises outwards from the heart."""
        noise = fbm(self.scene.seed, view, self.frequency, 3)
        x = np.float32(view.left) + (np.arange(view.width, dtype=np.float32) + 0.5) / np.float32(view.scale)
        y = np.float32(view.top) + (np.arange(view.height, dtype=np.float32) + 0.5) / np.float32(view.scale)
        if self.kind == "valley":
            base = np.float32(0.32) - y[:, None] - np.float32(self.tilt) * x[None, :]
            return np.asarray(base + self.rough * noise, dtype=np.float32)
        dx, dy = x[None, :] - np.float32(self.x), y[:, None] - np.float32(self.y)
        distance = np.sqrt(dx * dx + dy * dy * 1.1)
        calm = np.exp(-((np.maximum(distance - 0.30, 0) / 0.12) ** 2))
        return np.asarray(distance + self.rough * noise * calm, dtype=np.float32)

    def _levels(self) -> list[float]:
        """Thresholds from the outermost cut inwards; loud parts of the song stand further apart."""
        loud = 0.5 + self.scene.curve[np.linspace(0, 127, self.count).astype(int)]
        steps = np.cumsum(loud) / loud.sum()
        low, high = {"cave": (0.08, 0.40), "valley": (0.12, 0.78), "corner": (0.10, 0.72)}[self.kind]
        return [float(high - (high - low) * share) for share in np.concatenate([[0], steps[:-1]])]

    def shade(self, band: Band) -> Pixels:
        field, shadow = self._cut(self.field, band), self._cut(self.shadow, band)
        tooth = cut(self.tooth, band)
        out = np.broadcast_to(self._colour(0), (*band.shape, 3)).astype(np.float32)
        for index, level in enumerate(self.levels):
            inside = step(-level, -field, 1.6 * band.pixel)
            shade = step(level - 0.012, shadow, 0.05)
            sheet = self._colour(index + 1) * (1 - 0.72 * shade * inside)[..., None]
            out = mix(out, sheet, inside)
        return np.asarray(out * (1 + 0.018 * tooth)[..., None], dtype=np.float32)

    def _cut(self, sheet: Pixels, band: Band) -> Pixels:
        """The field under a band; the field reaches a little beyond the picture."""
        rows, columns = sheet.shape
        share = self.view.scale / band.view.scale
        top = (rows - band.view.height * share) / 2
        left = (columns - band.view.width * share) / 2
        box = (left, top + band.start * share, columns - left, top + band.stop * share)
        return boxed(sheet, band, box)

    def _colour(self, index: int) -> Pixels:
        share = index / self.count
        return self.scene.palette.stop(0.10 + 0.86 * share if self.bright_inside else 0.94 - 0.84 * share)


def boxed(sheet: Pixels, band: Band, box: tuple[float, float, float, float]) -> Pixels:
    """A box of a sheet's cells as the pixels of a band, bicubic."""
    size = (band.view.width, band.stop - band.start)
    picture = Image.fromarray(sheet).resize(size, Image.Resampling.BICUBIC, box=box)
    return np.asarray(picture, dtype=np.float32)
