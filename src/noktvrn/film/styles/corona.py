"""Eclipse: a dark body, its corona reaching out as far as the song does, and a fine ring of bars.

Light has a direction: corona and rim are strongest towards the artist's light angle.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from noktvrn.film.light import add_light, add_tint, darken
from noktvrn.film.styles.base import Pulse, Stage, light_table, spread
from noktvrn.film.yuv import BLACK, WHITE, Bytes, Floats, Frame, tone

ANGLES, RINGS = 384, 96
REACH = 1.25  # of the radius: where the corona ends
BARS = 168


class Corona:
    """The style on one stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._radius = stage.size / 2
        self._key = np.deg2rad(stage.palette.light_angle)
        self._table = light_table(stage.palette, start=0.3)
        self._streaks = _circle_noise(stage.draw("streaks"), ANGLES)
        self._build_glow()
        self._build_body()
        self._build_bars()

    def draw(self, frame: Frame, pulse: Pulse) -> None:
        """Corona behind, body, then bars and rim."""
        self._draw_glow(frame, pulse)
        self._draw_body(frame)
        self._draw_bars(frame, pulse)

    def _build_glow(self) -> None:
        reach = self._radius * (1 + REACH)
        self._box, x, y = _half_grid(self._stage, reach)
        distance = np.hypot(x, y)
        turn = np.arctan2(-y, x) / (2 * np.pi) % 1.0
        jitter = self._stage.draw("jitter").random((2, *x.shape), dtype=np.float32) - 0.5
        out = (distance / self._radius - 1.0) / REACH
        ring = np.sqrt(np.clip(out, 0, 1)) * (RINGS - 1) + jitter[0]
        angle = (turn * ANGLES + jitter[1]) % ANGLES
        index = angle.astype(np.intp) * RINGS + np.clip(ring, 0, RINGS - 1).astype(np.intp)
        self._index = np.where((out > -0.04) & (out < 1.0), index, ANGLES * RINGS)
        self._glow = np.empty(x.shape, np.uint8)
        self._tint = np.empty(x.shape, np.int8)
        self._glow_size = (x.shape[0], x.shape[1])
        self._twice = np.empty(x.shape, np.uint16)
        self._scratch = np.empty((x.shape[0], 2 * x.shape[1]), np.uint8)
        self._away = (np.linspace(0, 1, RINGS, dtype=np.float32) ** 2) * REACH
        self._edge = (1.0 - np.clip(self._away / REACH, 0, 1) ** 2)[None, :]
        angles = np.arange(ANGLES) / ANGLES * 2 * np.pi
        self._facing = (0.5 + 0.5 * np.cos(angles - self._key)).astype(np.float32)

    def _draw_glow(self, frame: Frame, pulse: Pulse) -> None:
        """One small polar table a frame, read through the index map at half size."""
        light = self._polar(pulse)
        np.take(self._coloured(light, self._table.y), self._index, out=self._glow, mode="clip")
        rows, columns = self._glow_size
        # Each byte twice by one multiplication, each row twice by adding it to both: four times faster than
        # copying pixels.
        np.multiply(self._glow, np.uint16(257), out=self._twice)
        wide = self._twice.view(np.uint8)
        top, left = self._box
        luma = frame.y[2 * top : 2 * (top + rows), 2 * left : 2 * (left + columns)]
        for row in (0, 1):
            add_light(luma[row::2], wide, self._scratch)
        for plane, colour in ((frame.u, self._table.u), (frame.v, self._table.v)):
            np.take(self._coloured(light, colour), self._index, out=self._tint, mode="clip")
            add_tint(plane[top : top + rows, left : left + columns], self._tint)

    def _polar(self, pulse: Pulse) -> Bytes:
        """Intensity by angle and ring."""
        levels = self._levels(pulse)
        streaks = np.roll(self._streaks, int(pulse.time_s * 4.0))
        reach = (0.05 + 0.34 * levels * (0.55 + 0.45 * self._facing)) * streaks
        light = np.exp(-self._away[None, :] / reach[:, None]) * self._edge
        power = (0.16 + 0.84 * self._facing) * (0.35 + 0.5 * pulse.level + 0.25 * pulse.bass) * pulse.presence
        return np.asarray(np.clip(light * power[:, None] * 255.0, 0, 255).astype(np.uint8))

    def _coloured(self, light: Bytes, colour: NDArray[Any]) -> NDArray[Any]:
        """The table an index map reads: one entry more, without light, for all that lies outside."""
        return np.append(colour[light].ravel(), colour[:1])

    def _levels(self, pulse: Pulse) -> Floats:
        """Band levels round the circle: low notes towards the light, mirrored, high ones away from it."""
        half = spread(pulse.bands[:52], ANGLES // 2)
        circle = np.concatenate([half, half[::-1]])
        return np.roll(circle, round(self._key / (2 * np.pi) * ANGLES))

    def _build_body(self) -> None:
        self._body_box, x, y = _full_grid(self._stage, self._radius + 3)
        distance = np.hypot(x, y)
        cover = np.clip(self._radius - distance + 0.5, 0, 1)
        facing = (x * np.cos(self._key) - y * np.sin(self._key)) / self._radius
        shade = BLACK + 4 + 9 * np.clip(facing, 0, 1) ** 2 * np.clip(distance / self._radius, 0, 1) ** 6
        self._ceiling = (shade * cover + 255 * (1 - cover)).astype(np.uint8)
        self._inside = cover[::2, ::2] > 0.5
        edge = np.abs(distance - self._radius * 1.004)
        bright = np.exp(-edge / (self._radius * 0.011)) + 0.35 * np.exp(-edge / (self._radius * 0.045))
        toward = np.clip(facing / np.maximum(distance / self._radius, 0.3), -1, 1)
        bright *= 0.10 + 0.90 * (0.5 + 0.5 * toward) ** 2.2
        self._rim = np.clip(bright * 175, 0, 230).astype(np.uint8)
        self._rim_scratch = np.empty_like(self._rim)
        self._dark = tone(self._stage.palette.ramp[0])

    def _draw_body(self, frame: Frame) -> None:
        top, left = self._body_box
        rows, columns = self._ceiling.shape
        luma = frame.y[top : top + rows, left : left + columns]
        darken(luma, self._ceiling)
        add_light(luma, self._rim, self._rim_scratch)
        half = (slice(top // 2, (top + rows) // 2), slice(left // 2, (left + columns) // 2))
        frame.u[half][self._inside] = (128 + self._dark.u) // 2
        frame.v[half][self._inside] = (128 + self._dark.v) // 2

    def _build_bars(self) -> None:
        inner, outer = self._radius * 1.075, self._radius * 1.66
        (top, left), x, y = _full_grid(self._stage, outer + 2)
        distance = np.hypot(x, y)
        turn = (np.arctan2(-y, x) - self._key) / (2 * np.pi) % 1.0 * BARS
        across = np.abs(turn % 1.0 - 0.5) * (2 * np.pi * distance / BARS)
        half_width = 0.24 * 2 * np.pi * inner / BARS
        cover = np.clip(half_width - across + 0.5, 0, 1)
        keep = (cover > 0.02) & (distance > inner - 0.5) & (distance < outer)
        rows, columns = np.nonzero(keep)
        self._bar_pixels = (rows + top) * self._stage.width + columns + left
        self._bar_of = turn[keep].astype(np.intp) % BARS
        self._bar_out = (distance[keep] - inner).astype(np.float32)
        self._bar_cover = (cover[keep] * np.clip(distance[keep] - inner + 0.5, 0, 1)).astype(np.float32)
        self._bar_reach = outer - inner

    def _draw_bars(self, frame: Frame, pulse: Pulse) -> None:
        half = spread(pulse.bands[:56], BARS // 2)
        lengths = np.concatenate([half, half[::-1]]) ** 1.2 * self._bar_reach * pulse.presence
        lit = np.clip(lengths[self._bar_of] + 1.5 - self._bar_out, 0, 1) * self._bar_cover
        luma = frame.y.reshape(-1)
        under = luma[self._bar_pixels]
        luma[self._bar_pixels] = under + (lit * (0.72 * pulse.presence) * (WHITE - under)).astype(np.uint8)


def _half_grid(stage: Stage, reach: float) -> tuple[tuple[int, int], Floats, Floats]:
    """The part of the half-size frame within `reach` of the subject: its corner, and offsets in pixels."""
    top, bottom = _clipped(stage.cy - reach, stage.cy + reach, stage.height)
    left, right = _clipped(stage.cx - reach, stage.cx + reach, stage.width)
    y = np.arange(top, bottom, 2, dtype=np.float32)[:, None] + 0.5 - stage.cy
    x = np.arange(left, right, 2, dtype=np.float32)[None, :] + 0.5 - stage.cx
    grid = np.broadcast_arrays(x, y)
    return (top // 2, left // 2), grid[0], grid[1]


def _full_grid(stage: Stage, reach: float) -> tuple[tuple[int, int], Floats, Floats]:
    top, bottom = _clipped(stage.cy - reach, stage.cy + reach, stage.height)
    left, right = _clipped(stage.cx - reach, stage.cx + reach, stage.width)
    y = np.arange(top, bottom, dtype=np.float32)[:, None] - stage.cy
    x = np.arange(left, right, dtype=np.float32)[None, :] - stage.cx
    grid = np.broadcast_arrays(x, y)
    return (top, left), grid[0], grid[1]


def _clipped(low: float, high: float, limit: int) -> tuple[int, int]:
    start, end = int(low) // 2 * 2, (int(high) + 2) // 2 * 2
    return max(0, start), min(limit, end)


def _circle_noise(generator: np.random.Generator, count: int) -> Floats:
    """Smooth noise round a circle, mean 1: what makes streaks of a glow."""
    total = np.zeros(count)
    for waves, weight in ((5, 0.18), (17, 0.16), (43, 0.14), (97, 0.10)):
        phase = generator.random(3) * 2 * np.pi
        turn = np.arange(count) / count * 2 * np.pi
        total += weight * np.sin(waves * turn + phase[0] + 0.9 * np.sin(2 * turn + phase[1]))
    return (1.0 + total).astype(np.float32)
