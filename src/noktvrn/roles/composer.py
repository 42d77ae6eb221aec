"""Composer: turns a song plan into a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pydantic import Field

from noktvrn.model.noun import Noun
from noktvrn.model.provenance import Provenance
from noktvrn.model.song import Lyrics, SongPlan
from noktvrn.model.sound import MelodyNote, ScoreFigures, SoundIdentity, Timeline
from noktvrn.roles.errand import Errand


class CompositionRequest(Noun):
    """What every engine gets. `prompt` is for engines that read words."""

    plan: SongPlan
    identity: SoundIdentity
    lyrics: Lyrics | None
    title: str
    prompt: str
    seed: int
    folder: Path = Field(description="existing working folder; everything made is written here")
    singer: bool = Field(default=False, description="a Singer will sing the tune: leave room for a voice")
    instrumental: bool = Field(
        default=False, description="nobody is to sing in it, whatever words there are for people to read"
    )
    want_stems: bool = Field(default=False, description="stems are wanted; else one file, the mix, will do")
    errand: Errand = Errand()


class StemFile(Noun):
    """One stem as 32-bit float WAV, 44.1 kHz stereo, all stems of one length; gain is already in it."""

    name: str
    path: Path


class Recording(Noun):
    """Stems (or one stem called `mix`), the score where there is one, and where everything is."""

    stems: tuple[StemFile, ...] = Field(min_length=1)
    score: Path | None = None
    timeline: Timeline
    sung: bool = Field(default=False, description="words are sung in it already")
    melody: tuple[MelodyNote, ...] = Field(default=(), description="the tune, where the engine knows it")
    score_figures: ScoreFigures | None = Field(default=None, description="where the engine has a score")
    provenance: Provenance


class Composer(Protocol):
    """Plays the role."""

    name: str

    def compose(self, request: CompositionRequest) -> Recording:
        """Composes and renders."""
