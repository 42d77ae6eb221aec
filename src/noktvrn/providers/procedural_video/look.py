"""An artist's visual identity in the film craft's terms."""

from __future__ import annotations

from noktvrn.film.styles import ON_PAPER, STYLES
from noktvrn.film.styles.base import Palette, Rgb
from noktvrn.kernel.seeds import dice
from noktvrn.model.look import VisualIdentity

STYLES_OF_MOTIF: dict[str, tuple[str, ...]] = {
    "arches": ("corona", "ridges"),
    "botanical": ("silk", "press"),
    "chrome": ("silk", "corona"),
    "contour": ("ridges", "silk"),
    "crystal": ("orbit",),
    "dunes": ("ridges",),
    "eclipse": ("corona",),
    "facade": ("press",),
    "glass": ("silk", "orbit"),
    "inkbloom": ("orbit", "silk"),
    "opart": ("press", "corona"),
    "orbit": ("orbit", "corona"),
    "papercut": ("press", "ridges"),
    "press": ("press",),
    "profile": ("corona", "orbit"),
    "ribbon": ("silk",),
    "startrails": ("orbit",),
    "weave": ("silk", "press"),
}
"""The visualisers that speak a motif's language; the artist's seed chooses among them, and among all styles
for a motif that is not named here."""


def style_of(look: VisualIdentity) -> str:
    """The id of the visualiser style of an artist: the same for all its films."""
    choices = STYLES_OF_MOTIF.get(look.motif, tuple(sorted(STYLES)))
    return dice(look.seed, "visualiser").choice(choices)


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
        on_paper=look.ground == "day" and style_of(look) in ON_PAPER,
    )


def _rgb(text: str) -> Rgb:
    red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue
