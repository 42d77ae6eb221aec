"""Crystal: cut stones in studio light, each a convex solid given by its planes.

The front of a convex solid under a straight view is the lowest of its front planes, the back the highest of
its back planes; facets fall out of it exactly, and light seen through the stone is bent by the back facets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from noktvrn.picture.colour import Pixels
from noktvrn.picture.noise import generator, warped
from noktvrn.picture.plane import Band, cut, glow, mix
from noktvrn.picture.scene import Scene, Sketch

Index: TypeAlias = NDArray[np.int8]


@dataclass(frozen=True)
class _Stone:
    x: float
    y: float
    radius: float
    normals: Pixels
    offsets: Pixels


def crystal(scene: Scene) -> Sketch:
    """One large stone, a pair, or a tall shard."""
    stones = _Stones(scene)
    return Sketch(stones.shade, quiet=("foot", "head"), focus=(0.0, -0.07))


_CAGE = np.array(
    [[1, 0.12, 0.4], [-1, -0.12, 0.4], [1, 0, -0.5], [-1, 0, -0.5], [0.1, 1, 0.3], [-0.1, -1, -0.3]]
)
"""Planes every stone has, so that it is closed on all sides."""


def _planes(rng: np.random.Generator, kind: str, radius: float) -> tuple[Pixels, Pixels]:
    """Unit normals (n, 3) and distances (n,) of a stone's facets."""
    count = {"gem": 34, "shard": 18, "rock": 22}[kind]
    normals = np.concatenate([rng.standard_normal((count - len(_CAGE), 3)), _CAGE])
    if kind == "shard":
        normals[: -len(_CAGE), 1] *= 0.16
        normals[:4, 1] = (2.2, 2.6, -2.2, -2.6)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    spread = {"gem": 0.06, "shard": 0.14, "rock": 0.16}[kind]
    offsets = radius * (1 - spread + 2 * spread * rng.random(count))
    if kind == "shard":
        offsets *= np.where(np.abs(normals[:, 1]) > 0.6, 1.75, 0.62)
        lean = rng.uniform(-0.35, 0.35)
        turn = np.array([[np.cos(lean), -np.sin(lean), 0], [np.sin(lean), np.cos(lean), 0], [0, 0, 1]])
        normals = normals @ turn.T
    return normals.astype(np.float32), offsets.astype(np.float32)


class _Stones:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own, rng = scene.artist("stones"), scene.release("stones")
        self.kind = str(own.choice(["gem", "shard", "rock"]))
        self.pale = not scene.night
        count = int(rng.choice([1, 1, 2, 3])) if self.kind != "shard" else int(rng.choice([1, 3, 4]))
        self.stones = [self._stone(index, count) for index in range(count)]
        self.fog = warped(scene.seed, scene.view.shrunk(400), 1.3, 0.8)
        self.studio = generator(scene.seed, "studio").uniform(0, 6.28, 4).astype(np.float32)

    def _stone(self, index: int, count: int) -> _Stone:
        rng = generator(self.scene.seed, "stone", index)
        radius = (0.25, 0.155, 0.125, 0.10)[min(count - 1, 3)] * rng.uniform(0.92, 1.1)
        spread = 0.0 if count == 1 else 0.54 / count
        x = (index - (count - 1) / 2) * spread * 1.15 + rng.uniform(-0.02, 0.02)
        y = -0.07 + (rng.uniform(-0.08, 0.08) if count > 1 else 0)
        normals, offsets = _planes(rng, self.kind, radius)
        return _Stone(float(x), float(y), float(radius), normals, offsets)

    def shade(self, band: Band) -> Pixels:
        out = self._ground(band)
        for stone in self.stones:
            out = self._set(out, stone, band)
        return out

    def _ground(self, band: Band) -> Pixels:
        palette = self.scene.palette
        dx, dy = band.x - 0.35 * self.scene.light[0], band.y + 0.05 - 0.35 * self.scene.light[1]
        fall = np.exp(-(dx * dx + dy * dy) / np.float32(0.22)) + 0.05 * cut(self.fog, band)
        low, high = (0.80, 0.96) if self.pale else (0.03, 0.34)
        shades = palette.shade(low + (high - low) * fall)
        for stone in self.stones:
            ex, ey = (
                (band.x - stone.x) / (stone.radius * 0.95),
                (band.y - stone.y - stone.radius * 1.16) / 0.03,
            )
            shades = shades * (1 - 0.35 * np.exp(-(ex * ex + ey * ey)))[..., None]
        return np.asarray(shades, dtype=np.float32)

    def _set(self, out: Pixels, stone: _Stone, band: Band) -> Pixels:
        reach = 2.6 * stone.radius
        columns = np.flatnonzero(np.abs(band.x[0] - stone.x) < reach)
        rows = np.flatnonzero(np.abs(band.y[:, 0] - stone.y) < reach)
        if not len(columns) or not len(rows):
            return out
        part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        x = band.x[:, part[1]] - np.float32(stone.x)
        y = band.y[part[0]] - np.float32(stone.y)
        out[part] = self._cast(out[part], stone, x, y, band.pixel)
        return out

    def _cast(self, under: Pixels, stone: _Stone, x: Pixels, y: Pixels, pixel: float) -> Pixels:
        shape = np.broadcast_shapes(x.shape, y.shape)
        front, back = np.full(shape, 9.0, np.float32), np.full(shape, -9.0, np.float32)
        fore: Index = np.zeros(shape, np.int8)
        aft: Index = np.zeros(shape, np.int8)
        for index, (normal, offset) in enumerate(zip(stone.normals, stone.offsets, strict=True)):
            depth = (offset - normal[0] * x - normal[1] * y) / normal[2]
            if normal[2] > 0:
                nearer = depth < front
                front, fore = np.where(nearer, depth, front), np.where(nearer, np.int8(index), fore)
            else:
                nearer = depth > back
                back, aft = np.where(nearer, depth, back), np.where(nearer, np.int8(index), aft)
        cover = np.clip((front - back) / np.float32(pixel * 4) + 0.5, 0, 1)
        return mix(under, self._light(stone, fore, aft, front - back), cover)

    def _light(self, stone: _Stone, fore: Index, aft: Index, thick: Pixels) -> Pixels:
        """Each pair of front and back facet has one tone; thickness and the rim vary it."""
        key = np.array([self.scene.light[0] * 0.6, self.scene.light[1] * 0.6, 0.55], dtype=np.float32)
        one, other = stone.normals[fore], stone.normals[aft]
        bent = one * np.float32(0.45) + other
        inner = self._room(bent)
        mirrored = 2 * one[..., 2:3] * one - np.array([0, 0, 1], dtype=np.float32)
        shine = np.clip(mirrored @ (key / np.linalg.norm(key)), 0, 1) ** 9
        level = 0.10 + 0.62 * inner + 0.16 * np.clip(one @ key, -0.3, 1) + 0.10 * (thick / stone.radius - 1)
        body = self.scene.palette.shade(np.clip(level, 0.02, 1))
        rim = (1 - np.clip(one[..., 2], 0, 1)) ** 3
        palette = self.scene.palette
        spark = glow(1.1 * shine, palette.ramp[4])
        fire = glow(0.30 * (inner > 0.72) * rim, palette.accent)
        return np.asarray(body * (1 + 0.3 * rim)[..., None] + spark + fire, dtype=np.float32)

    def _room(self, direction: Pixels) -> Pixels:
        """Light of the studio from a direction: a few soft boxes, 0..1."""
        a, b, c, d = self.studio
        wave = np.sin(3.1 * direction[..., 0] + a) + np.sin(2.7 * direction[..., 1] + b)
        wave = (
            wave
            + np.sin(4.3 * (direction[..., 0] + direction[..., 1]) + c)
            + 0.6 * np.sin(5.0 * direction[..., 2] + d)
        )
        return np.asarray(np.clip(0.5 + 0.30 * wave, 0, 1) ** 1.5, dtype=np.float32)
