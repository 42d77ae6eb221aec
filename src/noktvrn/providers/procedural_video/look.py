"""An artist's visual identity in the film craft's terms."""

from __future__ import annotations

from noktvrn.film.styles import ON_PAPER, STYLES
from noktvrn.film.styles.base import Palette, Rgb
from noktvrn.kernel.seeds import dice
from noktvrn.model.look import VisualIdentity

STYLE_OF_MOTIF = {
    "eclipse": "corona",
    "ribbon": "silk",
    "contour": "ridges",
    "dunes": "ridges",
    "press": "press",
    "papercut": "press",
}
"""The visualiser that speaks the motif's language; other motifs draw one by the artist's seed."""


def style_of(look: VisualIdentity) -> str:
    """The id of the visualiser style of an artist: the same for all its films."""
    known = STYLE_OF_MOTIF.get(look.motif)
    return known or dice(look.seed, "visualiser").choice(sorted(STYLES))


def palette_of(look: VisualIdentity) -> Palette:
    """The identity's colours for film."""
    dark, low, middle, high, light = (_rgb(stop) for stop in look.ramp)
    return Palette(
        ramp=(dark, low, middle, high, light),
        paper=_rgb(look.paper),
        ink=_rgb(look.ink),
        accent=_rgb(look.accent),
        light_angle=look.light_angle,
        grain=look.grain,
        on_paper=style_of(look) in ON_PAPER,
    )


def _rgb(text: str) -> Rgb:
    red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue
