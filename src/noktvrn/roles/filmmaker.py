"""Filmmaker: films that move with the song."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from pydantic import Field

from noktvrn.model.film import Cue, FilmKind
from noktvrn.model.finding import Finding
from noktvrn.model.look import VisualIdentity
from noktvrn.model.noun import Noun
from noktvrn.model.provenance import Provenance
from noktvrn.model.sound import Timeline
from noktvrn.roles.camera import Shot

Progress = Callable[[float], None]


class FilmRequest(Noun):
    """A film of `duration_s` seconds of the song from `start_s`; cue times are on the film's own clock."""

    kind: FilmKind
    audio: Path = Field(description="the mastered song, FLAC or WAV")
    timeline: Timeline
    look: VisualIdentity
    artist_name: str
    title: str
    cues: tuple[Cue, ...] = ()
    start_s: float = 0.0
    duration_s: float
    width: int
    height: int
    fps: int = 30
    seed: int
    comment: str = Field(default="", description="disclosure text for the file's tags")
    shots: tuple[Shot, ...] = Field(default=(), description="footage to cut the film from; none: all drawn")
    folder: Path


class Footage(Noun):
    """The finished film file (MP4, H.264 and AAC where the encoder allows)."""

    path: Path
    width: int
    height: int
    fps: int
    duration_s: float
    start_s: float = Field(default=0.0, description="where in the song it begins")
    encoder: str
    used: tuple[Shot, ...] = Field(default=(), description="the shots that can be seen in it")
    findings: tuple[Finding, ...] = Field(default=(), description="shots that were left out, and why")
    provenance: Provenance


class Filmmaker(Protocol):
    """Plays the role."""

    name: str

    def film(self, request: FilmRequest, progress: Progress) -> Footage:
        """Makes the film, reporting the share done (0..1).

        Raises:
            Unavailable: no usable film encoder on this machine.
        """
