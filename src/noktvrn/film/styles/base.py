"""What every style is given, and what it must be able to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from noktvrn.film.light import TINT_LIMIT
from noktvrn.film.yuv import Bytes, Floats, Frame, tone
from noktvrn.kernel.seeds import derive_seed

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Palette:
    """The artist's colours as gamma-coded RGB 0..1. `ramp` runs dark to light; `light_angle` in degrees,
    0 is east, counter-clockwise; `on_paper` says the world is light, so subjects are printed, not lit."""

    ramp: tuple[Rgb, Rgb, Rgb, Rgb, Rgb]
    paper: Rgb
    ink: Rgb
    accent: Rgb
    light_angle: float
    grain: float
    on_paper: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a shot plays: centre (`cx`, `cy`) and `size` of the subject in pixels, `density` 0..1.5.

    `world` is the film's still (H, W, 3) for styles that print on it; `full` says that the song is at its
    height, so the picture is as well.
    """

    width: int
    height: int
    cx: float
    cy: float
    size: float
    density: float
    energy: float
    label: str
    palette: Palette
    seed: int
    world: Bytes | None = None

    @property
    def full(self) -> bool:
        """Whether this is a chorus or a drop."""
        return self.label in ("chorus", "drop")

    def draw(self, *labels: object) -> np.random.Generator:
        """A generator of its own for each named layer."""
        return np.random.Generator(np.random.PCG64(derive_seed(self.seed, *labels)))


@dataclass(frozen=True, slots=True)
class Pulse:
    """The song at one frame: `bands` (BANDS,) and the rest 0..1. `beat` is 1 on a beat and falls, `bar` runs
    0..1 through the bar, `shot` 0..1 through the shot; `presence` fades the subject in and out."""

    time_s: float
    bands: Floats
    bass: float
    level: float
    air: float
    beat: float
    bar: float
    shot: float
    presence: float


class Act(Protocol):
    """A style on a stage."""

    def draw(self, frame: Frame, pulse: Pulse) -> None:
        """Draws over the backdrop that lies in the frame."""


Style = Callable[[Stage], Act]


@dataclass(frozen=True, slots=True)
class LightTable:
    """Light to add for an intensity of 8 bits, (256,) each: `y` unsigned, `u` and `v` signed."""

    y: Bytes
    u: NDArray[np.int8]
    v: NDArray[np.int8]


def ramp_colour(palette: Palette, position: float) -> Rgb:
    """The ramp at `position` 0..1."""
    stops = np.asarray(palette.ramp, dtype=np.float64)
    red, green, blue = (float(np.interp(position, np.linspace(0, 1, 5), stops[:, c])) for c in range(3))
    return red, green, blue


def light_table(palette: Palette, *, start: float = 0.25, limit: int = TINT_LIMIT) -> LightTable:
    """Light that turns through the ramp as it brightens, from its `start` to its lightest stop.

    It moves chroma by `limit` at most.
    """
    y, u, v = np.zeros(256), np.zeros(256), np.zeros(256)
    for step in range(256):
        share = step / 255
        colour = tone(ramp_colour(palette, start + (1 - start) * share))
        y[step], u[step], v[step] = colour.y - 16, colour.u - 128, colour.v - 128
    shares = np.linspace(0, 1, 256) ** 0.8
    return LightTable(
        y=(y * shares).astype(np.uint8),
        u=np.clip(np.round(u * shares), -limit, limit).astype(np.int8),
        v=np.clip(np.round(v * shares), -limit, limit).astype(np.int8),
    )


def spread(bands: Floats, count: int) -> Floats:
    """The bands as `count` levels, linearly between neighbours."""
    return np.interp(np.linspace(0, len(bands) - 1, count), np.arange(len(bands)), bands).astype(np.float32)
