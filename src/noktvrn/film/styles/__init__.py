"""Visualiser styles, one file each. In comes a stage (where, in which colours, which seed) and, per frame,
a pulse (what the song does); out goes light and ink on the frame's planes.

A style is a function from a stage to an act; an act draws one frame in about two milliseconds at 1080p.
Styles know no files and no encoder.
"""

from __future__ import annotations

from collections.abc import Mapping

from noktvrn.film.styles.base import Act, Style
from noktvrn.film.styles.corona import Corona

STYLES: Mapping[str, Style] = {"corona": Corona}

__all__ = ["STYLES", "Act", "Style"]
