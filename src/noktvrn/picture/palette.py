"""The palette of one picture: an identity's colours, turned a little for one release."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noktvrn.model.look import VisualIdentity
from noktvrn.picture.colour import (
    Field,
    Pixels,
    linear_of,
    linear_to_oklab,
    oklab_to_linear,
    oklch,
    to_oklch,
)

MAX_SHIFT = 20.0
"""Degrees a release may turn the hues of its artist."""

MAX_LIFT = 0.05

_STEPS = 1024


@dataclass(frozen=True)
class Palette:
    """Linear RGB colours. `ramp` has 5 rows dark to light; `table` is the same ramp in 1024 fine steps."""

    ramp: Pixels
    paper: Pixels
    ink: Pixels
    accent: Pixels
    table: Pixels

    def shade(self, level: Field) -> Pixels:
        """Colours (last axis of 3) for levels in 0..1 along the ramp, dark to light."""
        index = np.clip(level * np.float32(_STEPS - 1), 0, _STEPS - 1).astype(np.int16)
        return np.asarray(self.table[index])

    def stop(self, level: float) -> Pixels:
        """One colour of the ramp."""
        return np.asarray(self.table[min(_STEPS - 1, max(0, round(level * (_STEPS - 1))))])


def palette_of(look: VisualIdentity, shift: float = 0.0, lift: float = 0.0) -> Palette:
    """The palette of `look`, all hues turned by `shift` degrees (clipped to +-20).

    `lift` in -1..1 darkens or lightens the middle of the ramp by at most a twentieth; its ends stay.
    """
    turn = float(np.clip(shift, -MAX_SHIFT, MAX_SHIFT))
    gains = 1.0 + MAX_LIFT * float(np.clip(lift, -1, 1)) * np.array([0.0, 1.0, 1.0, 0.6, 0.0])
    ramp = np.stack(
        [turned(linear_of(stop), turn, gain) for stop, gain in zip(look.ramp, gains, strict=True)]
    )
    paper, ink, accent = (turned(linear_of(text), turn) for text in (look.paper, look.ink, look.accent))
    return Palette(ramp=ramp, paper=paper, ink=ink, accent=accent, table=fine_ramp(ramp))


def turned(linear: Pixels, degrees: float, gain: float = 1.0) -> Pixels:
    """A colour with its hue turned and its lightness multiplied."""
    lightness, chroma, hue = to_oklch(linear)
    return oklch(lightness * gain, chroma, (hue + degrees) % 360)


def fine_ramp(stops: Pixels) -> Pixels:
    """(n, 3) stops as a (1024, 3) table, interpolated in OKLab so that the middle never greys out."""
    lab = linear_to_oklab(stops)
    place = np.linspace(0, len(stops) - 1, _STEPS)
    fine = np.stack([np.interp(place, np.arange(len(stops)), lab[:, axis]) for axis in range(3)], axis=-1)
    return np.clip(oklab_to_linear(fine), 0.0, 1.0)
