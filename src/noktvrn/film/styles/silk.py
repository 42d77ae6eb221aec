"""Silk: bundles of fine strands that twist about one another; the song travels along them from the middle."""

from __future__ import annotations

import numpy as np

from noktvrn.film.glow import Glow, disc_light
from noktvrn.film.strokes import LightField, even
from noktvrn.film.styles.base import Pulse, Stage, ramp_colour
from noktvrn.film.yuv import Floats, Frame

HISTORY = 54  # frames the song takes from the middle to the edge
BUNDLES = ((0, 12), (12, 30), (30, 56))  # bands that move each bundle


class Silk:
    """The style on one stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._chance = stage.draw("silk")
        reach = stage.size * 0.82
        top, bottom = even(stage.cy - reach, stage.height), even(stage.cy + reach, stage.height)
        start, end = self._chance.uniform(0.35, 0.5), self._chance.uniform(0.8, 0.95)
        colours = [ramp_colour(stage.palette, share) for share in (start, 0.62, end, 0.62, start)]
        self._field = LightField(stage.width, top, bottom, colours)
        self._across = np.linspace(-1, 1, stage.width, dtype=np.float32)
        centre = stage.cx / stage.width * 2 - 1
        away = np.sqrt((self._across - centre) ** 2 + 0.02) - np.float32(
            0.1414
        )  # round, or the middle would crease
        self._delay = away * np.float32((HISTORY - 1) / 2)
        glow = disc_light(even(stage.size * 1.7, 4 * stage.height), core=0.0, falloff=0.34)
        self._glow = Glow(stage, glow, share=0.34)
        self._history: Floats | None = None
        self._bundles = [self._bundle(number) for number in range(len(BUNDLES))]

    def _bundle(self, number: int) -> _Bundle:
        strands = max(8, round((22 + 9 * self._stage.density) * (1.0 if number else 1.25)))
        return _Bundle(self._chance, strands, number)

    def draw(self, frame: Frame, pulse: Pulse) -> None:
        """All strands of this moment."""
        levels = np.array([pulse.bands[low:high].mean() for low, high in BUNDLES], dtype=np.float32)
        history = self._remember(levels)
        self._field.clear()
        edge = 1.0 - np.abs(self._across) ** 3 * 0.75
        for number, bundle in enumerate(self._bundles):
            travelled = np.interp(self._delay, np.arange(HISTORY), history[:, number]).astype(np.float32)
            swell = (0.18 + 0.82 * travelled) * np.float32(0.3 + 0.7 * pulse.presence)
            y = bundle.heights(self._across, pulse.time_s, swell, self._stage)
            bright = (0.35 + 0.80 * swell) * edge * np.float32((0.85 + 0.15 * pulse.beat) * pulse.presence)
            self._field.columns(y, bundle.weights[:, None] * bright[None, :])
        self._glow.lay(frame, (0.3 * pulse.level + 0.7 * pulse.bass) * pulse.presence)
        self._field.lay(frame)

    def _remember(self, levels: Floats) -> Floats:
        if self._history is None:
            self._history = np.repeat(levels[None, :], HISTORY, axis=0)
        else:
            self._history[1:] = self._history[:-1]
            self._history[0] = 0.72 * self._history[1] + 0.28 * levels
        return self._history


class _Bundle:
    """Strands that share two waves; each strand is a fixed phase of them, which makes the twist."""

    def __init__(self, chance: np.random.Generator, strands: int, number: int) -> None:
        self.waves = chance.uniform(0.55, 0.95, 2) * np.array([1.0, 1.9]) * (1 + 0.25 * number)
        self.speeds = chance.uniform(0.5, 0.9, 2) * np.array([1.0, -1.3])
        self.phases = chance.uniform(0, 2 * np.pi, 2)
        self.offset = (number - 1) * chance.uniform(0.08, 0.16)
        share = np.linspace(0, 1, strands)
        twist = share * chance.uniform(1.3, 2.2)
        tilt = share * chance.uniform(2.2, 3.4)
        self.mix = np.stack([np.cos(twist), np.sin(twist), 0.55 * np.cos(tilt), 0.55 * np.sin(tilt)], axis=1)
        self.mix = self.mix.astype(np.float32)
        self.weights = (56 + 120 * np.abs(share * 2 - 1) ** 2.2).astype(np.float32)

    def heights(self, across: Floats, time_s: float, swell: Floats, stage: Stage) -> Floats:
        """Rows of every strand in every column, (strands, width)."""
        angles = [
            across * np.float32(np.pi * wave * stage.width / 1920 * 1080 / stage.size * 0.62)
            + np.float32(phase + speed * time_s)
            for wave, speed, phase in zip(self.waves, self.speeds, self.phases, strict=True)
        ]
        basis = np.stack([np.sin(angles[0]), np.cos(angles[0]), np.sin(angles[1]), np.cos(angles[1])])
        amplitude = np.float32(stage.size * 0.40) * swell
        middle = np.float32(stage.cy + self.offset * stage.size)
        drift = np.float32(0.10 * stage.size) * np.sin(across * 2 + np.float32(time_s * 0.4))
        return np.asarray(middle + drift + (self.mix @ basis) * amplitude, dtype=np.float32)
