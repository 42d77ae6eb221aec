"""Dunes: ridges behind ridges, paler with distance, under a low light."""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Field, Pixels
from noktvrn.picture.noise import fbm, generator
from noktvrn.picture.plane import Band, cut, glow, mix, step
from noktvrn.picture.scene import Scene, Sketch

_FINE = 1024


def dunes(scene: Scene) -> Sketch:
    """Mountains, dunes or swell, with or without a disc in the sky; the sky is left for the type."""
    land = _Land(scene)
    return Sketch(land.shade, quiet=("head", "foot"), focus=(0.0, 0.06))


class _Land:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own, rng = scene.artist("land"), scene.release("land")
        self.kind = ("mountain", "dune", "swell")[int(own.integers(3))]
        self.count = int(own.integers(4, 9))
        self.day = not scene.night
        self.disc = own.random() < 0.65
        self.sun = (
            float(rng.uniform(-0.22, 0.22)),
            float(rng.uniform(-0.03, 0.05)),
            float(rng.uniform(0.07, 0.15)),
        )
        self.reach = 1.05 * max(abs(scene.view.left), abs(scene.view.right))
        self.ridges = [self._ridge(index) for index in range(self.count)]
        small = scene.view.shrunk(min(scene.view.width, 1100))
        self.sand = fbm(scene.seed, small, 42.0, 3, gain=0.7, stretch=3.0)
        self.haze = fbm(scene.seed + 1, scene.view.shrunk(300), 1.6, 3, stretch=3.0)

    def _ridge(self, index: int) -> Pixels:
        """Heights of a ridge line over 1024 places: the song's energy and noise, rougher for mountains."""
        share = index / max(1, self.count - 1)
        rng = generator(self.scene.seed, "ridge", index)
        x = np.linspace(-self.reach, self.reach, _FINE)
        total = np.zeros(_FINE)
        octaves = {"mountain": 7, "dune": 2, "swell": 3}[self.kind]
        for octave in range(octaves):
            frequency = (1.1 + 0.9 * share) * 2.0**octave
            knots = rng.standard_normal(int(2 * self.reach * frequency) + 6)
            wave = _curve(knots, (x + self.reach) * frequency + rng.uniform(0, 1))
            rough = np.abs(wave) - 0.6 if self.kind == "mountain" and octave > 1 else wave
            total += rough * 0.47**octave
        song = np.interp(x, np.linspace(-0.5, 0.5, 128), np.roll(self.scene.curve, index * 17))
        amount = {"mountain": 0.062, "dune": 0.045, "swell": 0.024}[self.kind] * (0.75 + 0.6 * share)
        base = 0.03 + 0.42 * share**1.25
        return np.asarray(base - amount * total - 0.07 * (song - 0.5) * (1 - 0.5 * share), dtype=np.float32)

    def shade(self, band: Band) -> Pixels:
        out = self._sky(band)
        sand = cut(self.sand, band)
        place = np.linspace(-self.reach, self.reach, _FINE, dtype=np.float32)
        for index, ridge in enumerate(self.ridges):
            line = np.interp(band.x[0], place, ridge).astype(np.float32)[None, :]
            depth = band.y - line
            if float(depth.max()) < -0.01:
                continue
            out = mix(out, self._slope(index, depth, band, sand), step(0.0, depth, 1.6 * band.pixel))
        return out

    def _sky(self, band: Band) -> Pixels:
        palette = self.scene.palette
        fall = np.clip((0.42 - band.y) / 0.9, 0, 1) ** 1.3 + 0.02 * cut(self.haze, band)
        low, high = (0.96, 0.66) if self.day else (0.66, 0.05)
        sky = palette.shade(low + (high - low) * fall)
        if not self.disc:
            return sky
        x, y, radius = self.sun
        distance = np.sqrt((band.x - x) ** 2 + (band.y - y) ** 2)
        halo = glow(
            0.22 * np.exp(-np.maximum(distance - radius, 0) / 0.09),
            palette.ramp[4],
        )
        colour = palette.accent if self.day else palette.stop(0.99)
        return mix(
            sky + halo,
            colour + 0 * sky,
            1 - step(radius, distance, 1.8 * band.pixel),
        )

    def _slope(self, index: int, depth: Pixels, band: Band, sand: Pixels) -> Pixels:
        """A ridge's face: lit where it turns to the light, sinking into haze or dark further down."""
        share = (index + 1) / self.count
        far, near = (0.86, 0.16) if self.day else (0.50, 0.015)
        level = far + (near - far) * share**0.8
        lit = self._face(index, depth, band, sand)
        rim = 0.11 * lit * np.exp(-np.maximum(depth, 0) / 0.12)
        mist = (0.13 if self.day else 0.07) * np.clip(depth / 0.20, 0, 1) * (1 - share)
        texture = 0.010 * sand * (0.3 + share)
        return self.scene.palette.shade(np.clip(level + rim + mist + texture, 0, 1))

    def _face(self, index: int, depth: Pixels, band: Band, sand: Pixels) -> Pixels:
        """How far a face turns to the light, -0.6..1: the ridge's slope, carried down aslant as a spur is."""
        slope = np.gradient(self.ridges[index]) * np.float32(_FINE / 2 / self.reach)
        kernel = np.hanning(9 if self.kind == "mountain" else 61)
        smooth = np.convolve(slope, kernel / kernel.sum(), mode="same").astype(np.float32)
        lean = np.float32(0.9 if self.kind == "mountain" else 0.35) * (1 if index % 2 else -1)
        place = (band.x + lean * np.maximum(depth, 0) + 0.004 * sand + self.reach) / np.float32(
            2 * self.reach
        )
        turned = smooth[np.clip(place * _FINE, 0, _FINE - 1).astype(np.int16)]
        return np.asarray(np.clip(-turned * np.sign(self.scene.light[0]) * 1.3, -0.6, 1.0), dtype=np.float32)


def _curve(knots: Field, place: Field) -> Field:
    """A Catmull-Rom curve through `knots` (one a unit) read at `place`."""
    index = np.clip(place.astype(int), 0, len(knots) - 4)
    t = place - index
    a, b, c, d = (knots[index + shift] for shift in range(4))
    return np.asarray(
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    )
