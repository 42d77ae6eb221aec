"""Weave: a woven cloth seen close, its pattern set by the song."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.picture.colour import Field, Pixels
from noktvrn.picture.noise import fbm, generator
from noktvrn.picture.plane import Band, cut, step
from noktvrn.picture.scene import Scene, Sketch


def weave(scene: Scene) -> Sketch:
    """Bands, diamonds or blocks in two sets of threads; plain cloth is left for the type."""
    return Sketch(_Cloth(scene).shade, quiet=("foot", "head"), focus=(0.0, -0.05), grain=0.6)


class _Cloth:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own, rng = scene.artist("cloth"), scene.release("cloth")
        self.kind = str(own.choice(["ikat", "blocks", "diamonds", "stripes"]))
        self.threads = float(own.choice([110, 150, 200]))
        self.dark = scene.night
        self.turn = float(np.deg2rad(own.choice([0, 0, 45])))
        self.rng_seed = scene.seed
        self.cells = rng.random((64, 64)).astype(np.float32)
        small = scene.view.shrunk(min(900, scene.view.width))
        self.folds = fbm(scene.seed, small, 1.7, 2, stretch=0.6)
        self.slub = generator(scene.seed, "slub").normal(0, 1, (2, 2048)).astype(np.float32)

    def shade(self, band: Band) -> Pixels:
        cos, sin = np.float32(np.cos(self.turn)), np.float32(np.sin(self.turn))
        u, v = band.x * cos + band.y * sin, band.y * cos - band.x * sin
        warp, weft = u * np.float32(self.threads), v * np.float32(self.threads)
        column, row = np.floor(warp), np.floor(weft)
        over = np.mod(column + row, 2) < 0.5
        level = self._pattern(column / np.float32(self.threads), row / np.float32(self.threads), over)
        across = np.where(over, warp - column, weft - row) - 0.5
        along = np.where(over, weft - row, warp - column) - 0.5
        fine = min(1.0, 0.065 / max(self.threads * band.pixel, 1e-6)) ** 2
        round_ = 1 - np.float32(fine) * (0.95 * across * across * 2 + 0.7 * along * along)
        slub = np.where(over, self._uneven(0, column), self._uneven(1, row))
        colour = self._dye(level, band)
        shine = round_ * (1 + np.float32(0.05 * fine) * slub) * (1 + 0.07 * cut(self.folds, band))
        return np.asarray(colour * shine[..., None], dtype=np.float32)

    def _uneven(self, side: int, index: Field) -> Pixels:
        return np.asarray(self.slub[side][np.mod(index, 2048).astype(np.int16)])

    def _pattern(self, u: Field, v: Field, over: NDArray[np.bool_]) -> Pixels:
        """Dye level of a thread crossing, 0 is the ground; the figure stays inside a panel."""
        if self.kind == "ikat":
            wobble = 0.012 * np.where(over, self._uneven(0, np.floor(u * self.threads)), 0)
            value = self._loud(v + wobble) * (0.5 + 0.5 * np.cos((np.abs(u) + np.abs(v + 0.08)) * 44))
        elif self.kind == "diamonds":
            cell = 0.085
            value = np.abs(np.mod(u / cell, 1) - 0.5) + np.abs(np.mod(v / cell, 1) - 0.5)
            value = np.where(
                value < 0.2 + 0.3 * self._loud(v), self._hash(np.floor(u / cell), np.floor(v / cell)), 0
            )
        elif self.kind == "blocks":
            a, b = np.floor(u * 11), np.floor(v * 15)
            value = self._hash(a, b) * (self._hash(b, a) < 0.3 + 0.55 * self._loud(v))
        else:
            value = self._hash(np.floor(v * 40), 0 * u + 3) * np.where(over, 1.0, 0.72) + 0 * u
        panel = step(-0.20, -v, 0.004) * step(-0.30, v, 0.004)
        return np.asarray(np.clip(value, 0, 1) * panel, dtype=np.float32)

    def _loud(self, v: Field) -> Pixels:
        return np.asarray(self.scene.curve[np.clip((v + 0.45) / 0.7 * 127, 0, 127).astype(np.int16)])

    def _hash(self, a: Field, b: Field) -> Pixels:
        return np.asarray(self.cells[np.mod(a, 64).astype(np.int16), np.mod(b, 64).astype(np.int16)])

    def _dye(self, level: Pixels, band: Band) -> Pixels:
        palette = self.scene.palette
        ground = 0.06 if self.dark else 0.95
        reach = 0.92 if self.dark else -0.82
        colour = palette.shade(np.clip(ground + reach * np.round(level * 5) / 5, 0, 1))
        accent = (np.round(level * 5) == 4)[..., None]
        return np.where(accent, palette.accent, colour).astype(np.float32)
