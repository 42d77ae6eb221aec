"""Composer: turns a song plan into a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pydantic import Field

from noktvrn.model.noun import Noun
from noktvrn.model.provenance import Provenance
from noktvrn.model.song import Lyrics, SongPlan
from noktvrn.model.sound import SoundIdentity, Timeline


class CompositionRequest(Noun):
    """What every engine gets. `prompt` is for engines that read words."""

    plan: SongPlan
    identity: SoundIdentity
    lyrics: Lyrics | None
    title: str
    prompt: str
    seed: int
    folder: Path = Field(description="existing working folder; everything made is written here")


class StemFile(Noun):
    """One stem as 32-bit float WAV, 44.1 kHz stereo, all stems of one length; gain is already in it."""

    name: str
    path: Path


class Recording(Noun):
    """Stems (or one stem called `mix`), the score where there is one, and where everything is."""

    stems: tuple[StemFile, ...] = Field(min_length=1)
    score: Path | None = None
    timeline: Timeline
    sung: bool = False
    provenance: Provenance


class Composer(Protocol):
    """Plays the role."""

    name: str

    def compose(self, request: CompositionRequest) -> Recording:
        """Composes and renders."""
