"""Print stock: paper with fibre, inks that multiply, halftone screens.

Two inks printed over each other multiply, as on a press; ink lies unevenly, paper shows a little through.
"""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Field, Pixels
from noktvrn.picture.noise import fbm, generator, grain
from noktvrn.picture.plane import Band, View, cut

_SHEET = 1200


class Stock:
    """Paper for one view: fibre and mottle that every ink on it shares.

    On black stock the inks are `opaque`, as in screen printing: they cover instead of multiplying.
    """

    def __init__(self, seed: int, view: View, paper: Pixels, *, opaque: bool = False) -> None:
        self.opaque = opaque
        small = view.shrunk(min(view.width, _SHEET))
        fine = grain(generator(seed, "fibre"), small.width, small.height, 1.4)
        self.paper = paper
        self.fibre = np.asarray(0.7 * fine + 0.5 * fbm(seed, small, 14.0, 3, stretch=2.5), dtype=np.float32)
        self.mottle = fbm(seed + 1, small, 90.0, 3, gain=0.8)

    def sheet(self, band: Band) -> Pixels:
        """The bare paper under a band."""
        light = 1 + np.float32(0.012) * cut(self.fibre, band)
        return np.asarray(self.paper * light[..., None], dtype=np.float32)

    def ink(self, under: Field, colour: Field, cover: Field, band: Band, uneven: float = 0.10) -> Pixels:
        """`colour` printed on `under` where `cover` is 1: multiplied, with mottle."""
        laid = np.clip(cover * (1 - np.float32(uneven) * (0.5 + 0.5 * cut(self.mottle, band))), 0, 1)
        if self.opaque:
            return np.asarray(under + laid[..., None] * (colour - under), dtype=np.float32)
        return np.asarray(under * (1 - laid[..., None] * (1 - colour)), dtype=np.float32)


def halftone(tone: Field, band: Band, lines: float, degrees: float) -> Pixels:
    """A dot screen: coverage 0..1 for tones 0..1 at `lines` dots a unit, turned by `degrees`.

    Round dots grow from paper and meet as a lattice of holes, as Euclidean spots do.
    """
    angle = np.deg2rad(degrees)
    cos, sin = np.float32(np.cos(angle) * lines), np.float32(np.sin(angle) * lines)
    u, v = band.x * cos + band.y * sin, band.y * cos - band.x * sin
    spot = np.float32(0.5) + np.float32(0.25) * (np.cos(2 * np.pi * u) + np.cos(2 * np.pi * v))
    soft = np.float32(max(0.05, 3.2 * lines * band.pixel))
    return np.asarray(np.clip((spot - (1 - tone)) / soft + 0.5, 0, 1), dtype=np.float32)
