"""Orbit: a body of points in space that breathes with the spectrum, inside rings on which lights run."""

from __future__ import annotations

import numpy as np

from noktvrn.film.glow import Glow, disc_light
from noktvrn.film.strokes import LightField, even
from noktvrn.film.styles.base import Pulse, Stage, ramp_colour
from noktvrn.film.yuv import Floats, Frame

POINTS = 8600
RINGS, RINGS_FULL = 2, 6
"""Rings about the body, and when the song is at its height."""
RING_POINTS = 900
TRAIL = 0.72


class Orbit:
    """The style on one stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        chance = stage.draw("orbit")
        reach = stage.size * 0.98
        top, bottom = even(stage.cy - reach, stage.height), even(stage.cy + reach, stage.height)
        colours = [ramp_colour(stage.palette, share) for share in (0.45, 0.7, 0.95, 0.7, 0.45)]
        self._field = LightField(stage.width, top, bottom, colours)
        self._build_body(chance)
        self._build_core()
        self._tilt = float(chance.uniform(0.25, 0.6)) * float(chance.choice([-1, 1]))
        self._spin = float(chance.uniform(0.10, 0.20)) * float(chance.choice([-1, 1]))
        count = RINGS_FULL if stage.full else RINGS
        self._rings = np.stack([chance.uniform(0.18, 0.5, count), chance.uniform(-0.7, 0.7, count)], axis=1)
        self._runs = chance.uniform(0.25, 0.6, count)

    def _build_body(self, chance: np.random.Generator) -> None:
        """Points on a sphere by the golden angle, so they are even without being regular."""
        count = round(POINTS * (0.5 + 0.5 * self._stage.density))
        number = np.arange(count)
        z = 1 - 2 * (number + 0.5) / count
        turn = number * np.pi * (3 - np.sqrt(5))
        flat = np.sqrt(1 - z * z)
        self._body = np.stack([flat * np.cos(turn), z, flat * np.sin(turn)]).astype(np.float32)
        self._rough = chance.normal(0, 0.012, count).astype(np.float32)
        self._bright = chance.uniform(0.35, 1.0, count).astype(np.float32) ** 2
        folds = int(chance.integers(2, 5))
        place = np.abs(z) * 38 + 10 * (
            1 + np.sin(turn * 0 + folds * np.arctan2(self._body[2], self._body[0]))
        )
        self._band_of = np.clip(place, 0, 61).astype(np.intp)

    def draw(self, frame: Frame, pulse: Pulse) -> None:
        """Trails fade, the body and its rings are drawn anew."""
        self._draw_core(frame, pulse)
        self._field.clear(keep=TRAIL)
        self._draw_body(pulse)
        self._draw_rings(pulse)
        self._field.lay(frame)

    def _build_core(self) -> None:
        """A soft light inside the body, in steps of brightness."""
        stage = self._stage
        size = even(stage.size * 1.25, 4 * stage.height)
        self._core = Glow(stage, disc_light(size, core=0.02, falloff=0.30), share=0.42)

    def _draw_core(self, frame: Frame, pulse: Pulse) -> None:
        self._core.lay(frame, (0.35 + 0.25 * pulse.level + 0.4 * pulse.bass) * pulse.presence)

    def _draw_body(self, pulse: Pulse) -> None:
        levels = pulse.bands[self._band_of]
        radius = (0.62 + 0.05 * pulse.bass + self._rough) * (1 + 0.55 * levels * pulse.presence)
        x, y, depth = self._seen(self._body * radius, pulse)
        near = 0.5 + 0.5 * depth
        weight = self._bright * (90 + 620 * near**2) * (0.30 + 1.1 * levels) * pulse.presence
        self._field.points(x, y, weight)
        large = slice(None, None, 11)
        self._field.points(x[large], y[large], weight[large] * 0.55, wide=True)

    def _draw_rings(self, pulse: Pulse) -> None:
        angle = np.linspace(0, 2 * np.pi, RING_POINTS, endpoint=False, dtype=np.float32)
        for number, (flatness, roll) in enumerate(self._rings):
            size = np.float32(self._stage.size * (0.58 + 0.085 * number + 0.025 * pulse.bass))
            along, depth = np.cos(angle) * size, np.sin(angle)
            across = depth * size * np.float32(flatness)
            lean = roll + 0.05 * pulse.time_s * self._runs[number]
            x = self._stage.cx + along * np.float32(np.cos(lean)) - across * np.float32(np.sin(lean))
            y = self._stage.cy + along * np.float32(np.sin(lean)) + across * np.float32(np.cos(lean))
            head = pulse.time_s * self._runs[number] * 2 * np.pi
            behind = (head - angle) % (2 * np.pi)
            comet = np.exp(-behind * 1.6) * (0.4 + 0.6 * pulse.level)
            weight = (60 + 420 * comet) * (0.6 + 0.4 * depth) * pulse.presence
            self._field.points(x, y, weight.astype(np.float32))
            first = behind < 0.012
            self._field.points(x[first], y[first], np.full(first.sum(), 330, np.float32), wide=True)

    def _seen(self, body: Floats, pulse: Pulse) -> tuple[Floats, Floats, Floats]:
        """Screen x, y and nearness -1..1 of points in space."""
        turn = self._spin * pulse.time_s + 0.04 * pulse.beat
        cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
        x, z = body[0] * cos + body[2] * sin, body[2] * cos - body[0] * sin
        cos, sin = np.float32(np.cos(self._tilt)), np.float32(np.sin(self._tilt))
        y, z = body[1] * cos - z * sin, z * cos + body[1] * sin
        scale = np.float32(self._stage.size * 0.5) / (1.0 - 0.24 * z)
        return self._stage.cx + x * scale, self._stage.cy - y * scale, np.clip(z, -1, 1)
