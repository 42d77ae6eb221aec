"""What a motif is given (a scene) and what it gives back (a sketch)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from noktvrn.model.look import VisualIdentity
from noktvrn.picture.colour import Pixels
from noktvrn.picture.noise import generator
from noktvrn.picture.palette import Palette
from noktvrn.picture.plane import Band, View

CURVE_POINTS = 128


@dataclass(frozen=True)
class Scene:
    """One picture to be made: the window, the colours, the artist's look, the release's seed and energy.

    `variety` (0..1) is how far the release may go from the artist's usual composition.
    """

    view: View
    palette: Palette
    look: VisualIdentity
    seed: int
    energy: tuple[float, ...] = ()
    variety: float = 0.0

    def release(self, *labels: object) -> np.random.Generator:
        """Chance that differs from release to release."""
        return generator(self.seed, "release", self.look.motif, *labels)

    def artist(self, *labels: object) -> np.random.Generator:
        """Chance that stays the same for all pictures of the artist."""
        return generator(self.look.seed, "artist", self.look.motif, *labels)

    @cached_property
    def curve(self) -> Pixels:
        """The song's energy as 128 smooth values in 0..1; without a song a plausible one by seed."""
        return curve_of(self.energy, self.release("curve"))

    @property
    def night(self) -> bool:
        """Whether the artist's pictures are lit in the dark; otherwise they stand on paper or a light sky."""
        return self.look.ground == "night"

    @property
    def light(self) -> tuple[float, float]:
        """Unit vector towards the light, y downwards."""
        angle = np.deg2rad(self.look.light_angle)
        return float(np.cos(angle)), float(-np.sin(angle))


def curve_of(energy: tuple[float, ...], rng: np.random.Generator) -> Pixels:
    """Any energy curve as 128 values in 0..1, smoothed over a twentieth of the song."""
    values = np.asarray(energy if len(energy) >= 4 else rng.uniform(0.15, 1.0, 14), dtype=np.float32)
    values = np.nan_to_num(values)
    fine = np.interp(np.linspace(0, 1, CURVE_POINTS), np.linspace(0, 1, len(values)), values)
    kernel = np.hanning(15)
    smooth = np.convolve(np.pad(fine, 7, mode="edge"), kernel / kernel.sum(), mode="valid")
    low, high = float(smooth.min()), float(smooth.max())
    return ((smooth - low) / max(high - low, 1e-6)).astype(np.float32)


@dataclass(frozen=True)
class Sketch:
    """A motif ready to be drawn band by band.

    `shade` gives linear RGB of a band; `quiet` names the zones that were left for type (head, foot, middle),
    best first; `focus` is the optical centre; `grain` multiplies the look's grain.
    """

    shade: Callable[[Band], Pixels]
    quiet: tuple[str, ...] = ("foot", "head")
    focus: tuple[float, float] = (0.0, -0.045)
    grain: float = 1.0


Motif = Callable[[Scene], Sketch]
