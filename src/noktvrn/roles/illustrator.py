"""Illustrator: covers, avatars and banners in an artist's identity."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pydantic import Field

from noktvrn.model.look import VisualIdentity
from noktvrn.model.noun import Noun
from noktvrn.model.picture import PictureKind
from noktvrn.model.provenance import Provenance
from noktvrn.roles.errand import Errand


class PictureRequest(Noun):
    """A picture wanted. `energy` is the song's energy curve, so that a cover belongs to its song.

    `variety` rises where covers were refused for looking like others of the catalogue: how far, 0..1, this
    one may go from the artist's usual composition.
    """

    kind: PictureKind
    look: VisualIdentity
    artist_name: str
    title: str = ""
    mood: str = ""
    prompt: str = ""
    energy: tuple[float, ...] = ()
    width: int = 3000
    height: int = 3000
    variety: float = Field(default=0.0, ge=0, le=1)
    seed: int
    folder: Path
    errand: Errand = Errand()


class Painting(Noun):
    """A painted file (JPEG or PNG), with the words that can be read on it and how they were spelt."""

    path: Path
    width: int
    height: int
    media_type: str
    shown_text: tuple[str, ...] = ()
    romanised: bool = False
    notes: tuple[str, ...] = ()
    title_box: tuple[int, int, int, int] | None = Field(
        default=None, description="x, y, width, height in pixels"
    )
    title_contrast: float | None = None
    provenance: Provenance


class Illustrator(Protocol):
    """Plays the role."""

    name: str

    def paint(self, request: PictureRequest) -> Painting:
        """Paints one picture."""
