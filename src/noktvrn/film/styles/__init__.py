"""Visualiser styles, one file each. In comes a stage (where, in which colours, which seed) and, per frame,
a pulse (what the song does); out goes light and ink on the frame's planes.

A style is a function from a stage to an act; an act draws one frame in about two milliseconds at 1080p.
Styles know no files and no encoder.
"""

from __future__ import annotations

from collections.abc import Mapping

from noktvrn.film.styles.base import Act, Style
from noktvrn.film.styles.corona import Corona
from noktvrn.film.styles.orbit import Orbit
from noktvrn.film.styles.press import Press
from noktvrn.film.styles.ridges import Ridges
from noktvrn.film.styles.silk import Silk

STYLES: Mapping[str, Style] = {
    "corona": Corona,
    "orbit": Orbit,
    "press": Press,
    "ridges": Ridges,
    "silk": Silk,
}

ON_PAPER = frozenset({"press"})
"""Styles that print on the artist's paper; the others shine in the dark."""

__all__ = ["ON_PAPER", "STYLES", "Act", "Style"]
