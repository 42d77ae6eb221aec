"""Camera: short moving pictures made to a description, cut into films by whoever makes the film."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pydantic import Field

from noktvrn.model.look import VisualIdentity
from noktvrn.model.noun import Noun
from noktvrn.model.provenance import Provenance
from noktvrn.roles.errand import Errand


class ShotRequest(Noun):
    """One shot wanted: silent, without lettering."""

    prompt: str
    look: VisualIdentity
    duration_s: float = Field(gt=0)
    width: int
    height: int
    seed: int
    errand: Errand = Errand()
    folder: Path = Field(description="existing working folder; everything made is written here")


class Shot(Noun):
    """A shot as a film file ffmpeg can read; its sound, if any, is not used."""

    path: Path
    width: int
    height: int
    duration_s: float
    fps: float
    page: str = Field(default="", description="where the source shows it, for its credit")
    author: str = Field(default="", description="who is credited for it")
    provenance: Provenance


class Camera(Protocol):
    """Plays the role."""

    name: str

    def shoot(self, request: ShotRequest) -> Shot:
        """Makes one shot.

        Raises:
            Outside: the service failed, refused, or its outcome is unknown.
        """
