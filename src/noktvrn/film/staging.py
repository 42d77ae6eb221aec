"""Direction: how each shot is framed and lit, by what part of the song it plays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noktvrn.film.backdrop import Grade
from noktvrn.film.montage import Shot
from noktvrn.film.styles.base import Palette, Stage
from noktvrn.film.yuv import Bytes
from noktvrn.kernel.seeds import derive_seed


@dataclass(frozen=True, slots=True)
class Framing:
    """Centre and size of the subject in shares of width, height and the shorter side."""

    cx: float
    cy: float
    size: float


WIDE: dict[str, tuple[Framing, ...]] = {
    "intro": (Framing(0.69, 0.45, 0.44), Framing(0.66, 0.47, 0.36)),
    "verse": (Framing(0.66, 0.46, 0.34), Framing(0.33, 0.46, 0.36), Framing(0.64, 0.45, 0.31)),
    "prechorus": (Framing(0.5, 0.45, 0.40),),
    "chorus": (Framing(0.5, 0.45, 0.58), Framing(0.5, 0.44, 0.64)),
    "drop": (Framing(0.5, 0.44, 0.60), Framing(0.5, 0.45, 0.66)),
    "bridge": (Framing(0.27, 0.46, 0.72),),
    "breakdown": (Framing(0.73, 0.46, 0.70),),
    "interlude": (Framing(0.40, 0.45, 0.36),),
    "outro": (Framing(0.5, 0.45, 0.34), Framing(0.5, 0.45, 0.28)),
}
TALL: dict[str, tuple[Framing, ...]] = {
    "intro": (Framing(0.5, 0.475, 0.42),),
    "verse": (Framing(0.42, 0.475, 0.38), Framing(0.58, 0.475, 0.42)),
    "chorus": (Framing(0.5, 0.475, 0.58), Framing(0.5, 0.475, 0.64)),
    "drop": (Framing(0.5, 0.475, 0.62),),
    "bridge": (Framing(0.30, 0.475, 0.56),),
    "outro": (Framing(0.5, 0.475, 0.40),),
}
_NEAREST = {"prechorus": "verse", "breakdown": "bridge", "interlude": "intro"}


def framing_of(shot: Shot, *, tall: bool) -> Framing:
    """Framings of one label follow one another, so a second verse is not the first again."""
    table = TALL if tall else WIDE
    label = shot.label if shot.label in table else _NEAREST.get(shot.label, "verse")
    choices = table[label]
    return choices[shot.take % len(choices)]


ZOOM = {"chorus": 1.55, "drop": 1.65, "bridge": 2.3, "breakdown": 2.1, "prechorus": 1.25}
"""How near the camera stands to the world, by part; elsewhere it sees all of it."""


def stage_of(shot: Shot, width: int, height: int, palette: Palette, world: Bytes | None = None) -> Stage:
    """The stage a shot plays on."""
    framing = framing_of(shot, tall=height > width)
    return Stage(
        width=width,
        height=height,
        cx=framing.cx * width,
        cy=framing.cy * height,
        size=framing.size * min(width, height),
        density=0.55 + 0.75 * shot.energy,
        energy=shot.energy,
        label=shot.label,
        palette=palette,
        seed=shot.seed,
        world=world,
    )


def grade_of(shot: Shot, palette: Palette) -> Grade:
    """Quiet parts are darker, paler and wide; loud ones bright, full and near. Hue turns by at most 14."""
    dice = np.random.Generator(np.random.PCG64(derive_seed(shot.seed, "grade")))
    turn = (
        float(dice.uniform(-14, 14))
        if shot.label in ("bridge", "breakdown", "drop")
        else float(dice.uniform(-6, 6))
    )
    mirrored = bool(shot.take % 2)
    if palette.on_paper:
        return Grade(0.95 + 0.03 * shot.energy, 0.9 + 0.2 * shot.energy, turn * 0.4, 1.0, mirrored)
    zoom = ZOOM.get(shot.label, 1.0) * float(dice.uniform(1.0, 1.1))
    return Grade(0.58 + 0.30 * shot.energy, 0.78 + 0.32 * shot.energy, turn, zoom, mirrored)
