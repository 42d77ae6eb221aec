"""Films: the music video and the teaser, with their captions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from noktvrn.model.asset import Asset
from noktvrn.model.noun import Noun
from noktvrn.model.provenance import Provenance

FilmKind = Literal["video", "teaser"]


def _none(value: tuple[Provenance, ...]) -> bool:
    """A film that is all drawn has no field of shots in its data."""
    return not value


class Cue(Noun):
    """A caption: one or two short lines between two moments, in seconds."""

    start_s: float = Field(ge=0)
    end_s: float
    text: str


class Film(Noun):
    """A finished film in the vault."""

    kind: FilmKind
    asset: Asset
    width: int
    height: int
    fps: int
    duration_s: float
    start_s: float = Field(default=0.0, description="where in the song it begins")
    cues: tuple[Cue, ...] = ()
    srt: Asset | None = None
    vtt: Asset | None = None
    seed: int
    provenance: Provenance
    shots: tuple[Provenance, ...] = Field(
        default=(), exclude_if=_none, description="where the footage that is seen in it comes from"
    )
