"""The visual identity of an artist: everything its pictures and films share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from noktvrn.model.noun import Noun

Hex = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class VisualIdentity(Noun):
    """Deterministic from the artist's seed, genre and moods.

    A release varies only the composition seed and a hue shift of at most 20 degrees.
    """

    seed: int
    hue: float = Field(ge=0, lt=360, description="OKLCH hue of the anchor colour, degrees")
    ramp: tuple[Hex, Hex, Hex, Hex, Hex] = Field(description="dark to light, hue turning as lightness rises")
    paper: Hex
    ink: Hex
    accent: Hex
    motif: str = Field(description="motif family: eclipse, ribbon, print, ...")
    ground: Literal["night", "day"] = Field(
        default="night", description="whether pictures are lit in the dark or stand on light paper and sky"
    )
    display_face: str = Field(description="id of a bundled face for titles")
    text_face: str = Field(description="id of a bundled face for small lines")
    tracking: float = Field(description="letter-spacing of small lines, em")
    uppercase: bool = False
    grain: float = Field(ge=0.0, le=0.06)
    light_angle: float = Field(ge=0, lt=360, description="degrees, 0 is east, counter-clockwise")
    glyph: str = Field(description="one or two letters of the monogram")
    keywords: tuple[str, ...] = ()
