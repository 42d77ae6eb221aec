"""Ink bloom: a drop of ink opening in still water, filaments first, then cloud."""

from __future__ import annotations

import numpy as np

from noktvrn.kernel.seeds import derive_seed
from noktvrn.picture.colour import Field, Pixels
from noktvrn.picture.noise import fbm, generator, sample
from noktvrn.picture.plane import Band, View, cut
from noktvrn.picture.scene import Scene, Sketch

_SHEET = 1500


def inkbloom(scene: Scene) -> Sketch:
    """Dark ink in clear water or bright dye in dark water, falling or rising."""
    water = _Water(scene)
    zones = ("foot", "head") if water.falls else ("head", "foot")
    return Sketch(water.shade, quiet=zones, focus=(water.x, -0.06))


class _Water:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own, rng = scene.artist("water"), scene.release("water")
        self.clear = not scene.night
        self.falls = own.random() < 0.6
        self.curl = float(own.uniform(0.75, 1.25))
        self.x = float(rng.uniform(-0.12, 0.12))
        self.small = scene.view.shrunk(min(_SHEET, scene.view.width))
        self.dye = [self._plume(index) for index in range(2)]

    def _plume(self, index: int) -> Pixels:
        """Density of one dye: a tapered column whose coordinates were stirred three times."""
        view, seed = self.small, derive_seed(self.scene.seed, "plume", index)
        rng = generator(seed, "place")
        x, y = self._stirred(view, seed)
        if not self.falls:
            y = -y - np.float32(0.12)
        cx, top = self.x + (rng.uniform(-0.13, 0.13) if index else 0.0), -0.62
        depth = np.clip((y - np.float32(top)) / np.float32(0.72), 0, 1)
        loud = self.scene.curve[(depth * 127).astype(np.int16)]
        width = np.float32(0.018) + np.float32(0.14) * depth**1.4 * (0.6 + 0.6 * loud)
        core = np.exp(-(((x - np.float32(cx)) / width) ** 2))
        end = 1 / (1 + np.exp((y - np.float32(0.10)) / np.float32(0.022)))
        veins = np.abs(fbm(derive_seed(seed, "veins"), view, 4.5, 4))
        smoke = sample(veins, view, x * 1.5, y * 1.2)
        density = core * end * (0.30 + 1.15 * np.exp(-smoke * 3.2))
        return np.asarray(density, dtype=np.float32)

    def _stirred(self, view: View, seed: int) -> tuple[Pixels, Pixels]:
        x = np.float32(view.left) + (np.arange(view.width, dtype=np.float32) + 0.5) / np.float32(view.scale)
        y = np.float32(view.top) + (np.arange(view.height, dtype=np.float32) + 0.5) / np.float32(view.scale)
        px, py = np.meshgrid(x, y)
        for turn, (frequency, pull) in enumerate(((1.6, 0.075), (3.4, 0.045), (8.0, 0.016))):
            strength = np.float32(pull * self.curl)
            flow = fbm(derive_seed(seed, "flow", turn), view, frequency, 2)
            gy, gx = np.gradient(flow, np.float32(frequency / view.scale))
            px, py = px + strength * gy * 0.6, py - strength * gx * 0.6
            push = fbm(derive_seed(seed, "push", turn), view, frequency, 2)
            px = px + strength * 0.35 * push
        return px.astype(np.float32), py.astype(np.float32)

    def shade(self, band: Band) -> Pixels:
        palette = self.scene.palette
        fall = np.asarray(0.5 + 0.5 * (band.y * 0.9 + band.x * 0.25), dtype=np.float32)
        first, second = (np.maximum(cut(dye, band), 0) for dye in self.dye)
        if self.clear:
            water = palette.paper * (1 - 0.10 * fall)[..., None]
            return _absorbed(water, ((palette.stop(0.22), 2.6 * first), (palette.stop(0.55), 1.4 * second)))
        water = palette.shade(0.05 + 0.17 * (1 - fall))
        light = palette.shade(np.clip(0.35 + 0.6 * first, 0, 1))
        other = palette.shade(np.clip(0.25 + 0.4 * second, 0, 1))
        return np.asarray(
            water + light * (0.95 * first)[..., None] + other * (0.5 * second)[..., None], dtype=np.float32
        )


def _absorbed(light: Field, dyes: tuple[tuple[Pixels, Field], ...]) -> Pixels:
    """Light through dyes (Beer and Lambert): each takes what its own colour does not let pass."""
    for colour, density in dyes:
        loss = -np.log(np.maximum(colour, np.float32(0.004)))
        light = light * np.exp(-density[..., None] * loss)
    return np.asarray(light, dtype=np.float32)
