"""Profile: a person against the light, in outline only.

No features are ever drawn; there is nobody to know.
"""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Pixels
from noktvrn.picture.noise import warped
from noktvrn.picture.plane import Band, cut, glow, mix
from noktvrn.picture.scene import Scene, Sketch
from noktvrn.picture.svg import Bytes, blurred, cover_of, mask, smooth_path

# Head and shoulders in profile to the right, from the chest up the face, over the skull, down the back.
_FACE = (
    (0.165, 0.56), (0.150, 0.40), (0.100, 0.322), (0.062, 0.285), (0.050, 0.250), (0.058, 0.222),
    (0.088, 0.212), (0.118, 0.208), (0.138, 0.194), (0.142, 0.172), (0.133, 0.156), (0.144, 0.142),
    (0.148, 0.129), (0.138, 0.119), (0.149, 0.107), (0.150, 0.094), (0.140, 0.079), (0.152, 0.069),
    (0.174, 0.058), (0.177, 0.046), (0.160, 0.018), (0.143, -0.016), (0.138, -0.036),
    (0.146, -0.060), (0.142, -0.100), (0.120, -0.150), (0.072, -0.196), (0.005, -0.216),
    (-0.070, -0.204), (-0.130, -0.158), (-0.160, -0.090), (-0.158, -0.015), (-0.132, 0.055),
    (-0.108, 0.110), (-0.100, 0.170), (-0.112, 0.228), (-0.165, 0.270), (-0.255, 0.306),
    (-0.335, 0.356), (-0.375, 0.440), (-0.392, 0.56),
)  # fmt: skip
_BELOW = '<path d="M-0.39 0.55H0.164V3H-0.39Z"/>'
"""The body goes on below the frame, for views that see further down."""

_CROWNS = {
    "bare": "",
    "bun": (
        '<ellipse cx="-0.135" cy="-0.165" rx="0.072" ry="0.068"/>'
        '<ellipse cx="-0.03" cy="-0.13" rx="0.125" ry="0.098"/>'
    ),
    "cap": (
        '<path d="M-0.168 -0.07C-0.18 -0.24 0.03 -0.262 0.105 -0.185C0.15 -0.14 0.152 -0.10 0.148 -0.082'
        'L0.235 -0.072C0.25 -0.068 0.25 -0.054 0.235 -0.052L0.05 -0.060Z"/>'
    ),
    "long": (
        '<path d="M0.10 -0.165C0.02 -0.262 -0.17 -0.23 -0.192 -0.07C-0.205 0.08 -0.20 0.22 -0.262 0.40'
        'L-0.06 0.40C-0.03 0.28 -0.035 0.12 -0.01 0.04C0.03 -0.03 0.10 -0.07 0.10 -0.165Z"/>'
    ),
    "bob": (
        '<path d="M0.128 -0.14C0.06 -0.258 -0.14 -0.252 -0.186 -0.11C-0.212 -0.01 -0.20 0.10 -0.176 0.172'
        "C-0.11 0.196 -0.045 0.19 -0.005 0.165C0.02 0.09 0.03 0.01 0.06 -0.04"
        'C0.09 -0.075 0.13 -0.09 0.128 -0.14Z"/>'
    ),
}


def profile(scene: Scene) -> Sketch:
    """A back-lit figure facing left or right; what it wears on its head stays with the artist."""
    figure = _Figure(scene)
    return Sketch(figure.shade, quiet=("head", "foot"), focus=(0.0, 0.0), grain=1.3)


class _Figure:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own, rng = scene.artist("figure"), scene.release("figure")
        self.crown = str(own.choice(sorted(_CROWNS)))
        self.side = float(rng.choice([-1, 1]))
        frame = str(own.choice(["bust", "close", "small"]))
        self.size = {"bust": 0.80, "close": 1.22, "small": 0.50}[frame] * float(rng.uniform(0.95, 1.05))
        self.x = {"bust": 0.0, "close": -0.17, "small": 0.0}[frame] * self.side + float(
            rng.uniform(-0.05, 0.05)
        )
        self.y = {"bust": 0.075, "close": 0.15, "small": 0.24}[frame]
        jitter = own.normal(0, 0.0016, (len(_FACE), 2))
        line = [(px + jx, py + jy) for (px, py), (jx, jy) in zip(_FACE, jitter, strict=True)]
        body = f'<path d="{smooth_path(line, closed=True)}"/>{_CROWNS[self.crown]}{_BELOW}'
        place = f"translate({self.x:.4f} {self.y:.4f}) scale({self.side * self.size:.4f} {self.size:.4f})"
        shape = f'<g transform="{place}">{body}</g>'
        self.shape: Bytes = mask(shape, scene.view)
        small = scene.view.shrunk(min(750, scene.view.width))
        soft = blurred(self.shape, scene.view, 0.016)
        self.rim_x, self.rim_y = self._slope(soft, soft.shape[1] / scene.view.width * scene.view.scale)
        self.fog = warped(scene.seed, small.shrunk(min(500, small.width)), 1.4, 0.9)
        self.lamp = (
            self.x + self.side * float(rng.uniform(0.06, 0.16)),
            float(rng.uniform(-0.06, 0.06)),
            float(rng.uniform(0.20, 0.30)),
        )
        self.lamp = (self.lamp[0], self.lamp[1] + 0.6 * (self.y - 0.075), self.lamp[2])
        self.light = str(own.choice(["haze", "disc", "window", "ring"]))

    def _slope(self, soft: Pixels, scale: float) -> tuple[Pixels, Pixels]:
        gy, gx = np.gradient(soft)
        size = np.maximum(np.sqrt(gx * gx + gy * gy), 1e-6)
        edge = np.clip(size * np.float32(scale * 0.03), 0, 1)
        return np.asarray(-gx / size * edge, dtype=np.float32), np.asarray(
            -gy / size * edge, dtype=np.float32
        )

    def shade(self, band: Band) -> Pixels:
        palette = self.scene.palette
        x, y, radius = self.lamp
        distance = np.sqrt((band.x - x) ** 2 + (band.y - y) ** 2)
        fog = cut(self.fog, band)
        level = 0.07 + 0.74 * np.exp(-((distance / np.float32(radius * 1.45)) ** 2)) + 0.035 * fog
        ground = palette.shade(np.clip(level, 0.02, 0.97))
        if self.light != "haze":
            edge = self._lamp(band, distance)
            sun = palette.shade(np.clip(0.95 - 0.5 * (band.y - y + radius) / (2 * radius) + 0 * band.x, 0, 1))
            ground = mix(ground, sun, 0.92 * edge)
        return mix(ground, self._body(band), cover_of(self.shape, band))

    def _lamp(self, band: Band, distance: Pixels) -> Pixels:
        """Coverage of the lamp: a disc, a ring, or a tall window with its bars."""
        x, y, radius = self.lamp
        soft = np.float32(1.6 * band.pixel)
        if self.light == "window":
            pane = np.minimum(radius * 0.9 - np.abs(band.x - x), radius * 1.25 - np.abs(band.y - y))
            bars = np.minimum(np.abs(band.x - x), np.abs(np.abs(band.y - y) - radius * 0.42)) - 0.006
            return np.asarray(np.clip(np.minimum(pane, bars) / soft + 0.5, 0, 1), dtype=np.float32)
        inside = radius - distance if self.light == "disc" else 0.012 - np.abs(distance - radius * 1.1)
        return np.asarray(np.clip(inside / soft + 0.5, 0, 1), dtype=np.float32)

    def _body(self, band: Band) -> Pixels:
        palette = self.scene.palette
        x, y, _ = self.lamp
        dx, dy = x - band.x, y - band.y
        far = np.sqrt(dx * dx + dy * dy) + np.float32(0.05)
        rx, ry = cut(self.rim_x, band), cut(self.rim_y, band)
        edge = np.sqrt(rx * rx + ry * ry)
        facing = 0.30 * edge + 0.70 * np.clip((rx * dx + ry * dy) / far, 0, 1)
        rim = facing**1.5 * np.exp(-far / 0.30)
        deep = palette.stop(0.0) * np.float32(0.45)
        light = glow(0.75 * rim, palette.stop(0.72))
        return np.asarray(deep + light, dtype=np.float32)
