"""Ridges: the song as a land of light lines. Every line is a moment's spectrum; it comes towards us and goes.

Nearer ridges hide farther ones, as in the plotted pulsar records and in any range of hills.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.film.glow import Glow, disc_light
from noktvrn.film.light import darken
from noktvrn.film.strokes import LightField, even
from noktvrn.film.styles.base import Pulse, Stage, ramp_colour
from noktvrn.film.yuv import Bytes, Floats, Frame, tone

LINES = 30
PER_SECOND = 2.6


class Ridges:
    """The style on one stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._horizon = stage.cy + 0.04 * stage.height
        self._bottom = stage.height * 1.04
        self._height = stage.size * (0.34 if stage.width >= stage.height else 0.42)
        top = even(self._horizon - self._height * 1.25, stage.height)
        colours = [ramp_colour(stage.palette, share) for share in (0.45, 0.85, 0.95, 0.85, 0.45)]
        self._field = LightField(stage.width, top, even(self._bottom, stage.height), colours)
        self._land: dict[int, Floats] = {}
        self._place_bands()
        self._build_sun()
        self._shade = self._build_shade()

    def draw(self, frame: Frame, pulse: Pulse) -> None:
        """Sun, then the land in front of it."""
        self._sun.lay(frame, 0.38 + (0.37 * pulse.level + 0.25 * pulse.bass) * pulse.presence)
        y, depth = self._lines(pulse)
        nearest = np.minimum.accumulate(y, axis=0)
        seen = np.ones(y.shape, dtype=np.float32)
        seen[1:] = y[1:] < nearest[:-1] - 0.5
        self._darken_land(frame, nearest[-1])
        bright = (34 + 165 * depth**1.2) * np.clip(depth * 9, 0, 1) * np.clip((1.0 - depth) * 7, 0, 1)
        bright = bright * (0.55 + 0.35 * pulse.level + 0.10 * pulse.beat) * pulse.presence
        self._field.clear()
        weight = seen * bright.astype(np.float32)[:, None]
        self._field.columns(y, weight)
        near = LINES // 2  # the nearer half is drawn two pixels strong
        self._field.columns(y[:near] + 1, weight[:near] * np.float32(0.6))
        self._field.lay(frame)

    def _place_bands(self) -> None:
        away = np.abs(np.arange(self._stage.width) - self._stage.cx) / (self._stage.width * 0.62)
        self._band_at = np.clip(away * 52, 0, 62.0).astype(np.float32)
        self._envelope = (np.exp(-((away / 0.5) ** 2)) * 0.92 + 0.08).astype(np.float32)

    def _lines(self, pulse: Pulse) -> tuple[Floats, Floats]:
        """Rows of the lines from near to far, (LINES, width), and their nearness 0..1."""
        newest = int(np.floor(pulse.time_s * PER_SECOND))
        part = pulse.time_s * PER_SECOND - newest
        wanted = range(newest - LINES + 1, newest + 1)  # oldest is nearest
        for number in wanted:
            if number not in self._land:
                self._land[number] = self._profile(number, pulse)
        self._land = {number: self._land[number] for number in wanted}
        profiles = np.stack([self._land[number] for number in wanted])
        age = (newest - np.arange(newest - LINES + 1, newest + 1) + part) / LINES
        depth = np.clip(age, 0.0, 1.0).astype(np.float32)
        rows = self._horizon + (self._bottom - self._horizon) * depth**1.7
        rise = self._height * (0.30 + 0.85 * depth) * (0.6 + 0.4 * pulse.presence)
        return (rows[:, None] - profiles * rise[:, None]).astype(np.float32), depth

    def _profile(self, number: int, pulse: Pulse) -> Floats:
        """The height of one line, 0..1 per column: the spectrum at its birth on rough ground."""
        chance = self._stage.draw("line", number)
        levels = np.interp(self._band_at, np.arange(len(pulse.bands)), pulse.bands)
        rough = np.zeros(self._stage.width)
        for cells, share in ((14, 0.5), (44, 0.32), (120, 0.18)):
            knots = chance.random(cells + 1)
            rough += share * _smooth(knots, self._stage.width)
        land = self._envelope * (0.10 + levels**1.25) * (0.25 + 0.95 * rough) + 0.03 * rough
        return np.asarray(land, dtype=np.float32)

    def _build_shade(self) -> Bytes:
        """How bright the land may be, per row: dark at our feet, a little haze at the horizon."""
        dark = tone(self._stage.palette.ramp[0])
        self._dark = dark
        self._rows = np.arange(self._field.rows, dtype=np.int16)[:, None]
        self._under = np.empty((self._field.rows, self._stage.width), dtype=np.bool_)
        self._ceiling = np.empty(self._under.shape, dtype=np.uint8)
        away = np.linspace(1, 0, self._field.rows) ** 2
        return (dark.y + 2 + 22 * away).astype(np.uint8)[:, None]

    def _darken_land(self, frame: Frame, ridge: Floats) -> None:
        """Below the farthest ridge nothing shines but the lines: sky and sun are behind."""
        first = (ridge - self._field.top).astype(np.int16)[None, :]
        np.greater_equal(self._rows, first, out=self._under)
        np.subtract(self._under.view(np.uint8), 1, out=self._ceiling)  # 255 in the sky, 0 on land
        np.bitwise_or(self._ceiling, self._shade, out=self._ceiling)
        top, rows = self._field.top, self._field.rows
        darken(frame.y[top : top + rows], self._ceiling)
        land = self._under[::2, ::2]
        half = slice(top // 2, (top + rows) // 2)
        np.copyto(frame.u[half], np.uint8(self._dark.u), where=land)
        np.copyto(frame.v[half], np.uint8(self._dark.v), where=land)

    def _build_sun(self) -> None:
        stage = self._stage
        light = disc_light(even(stage.size * 1.5, 4 * stage.height), core=0.36, falloff=0.16)
        side = stage.cx + stage.draw("sun").uniform(-0.12, 0.12) * stage.width
        self._sun = Glow(stage, light, share=0.88, cx=side, cy=self._horizon - self._height * 0.55)


def _smooth(knots: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Knots joined by cosine steps."""
    place = np.linspace(0, len(knots) - 1.001, count)
    whole = place.astype(np.intp)
    share = (1 - np.cos((place - whole) * np.pi)) / 2
    return np.asarray(knots[whole] * (1 - share) + knots[whole + 1] * share)
