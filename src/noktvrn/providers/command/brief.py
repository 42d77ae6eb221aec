"""What the program is told: one JSON object on its standard input (docs/composer_command.md)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from noktvrn.model.noun import Noun
from noktvrn.model.song import Lyrics, SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.providers._kit import in_words
from noktvrn.roles.composer import CompositionRequest
from noktvrn.sound.theory import key_name


class Brief(Noun):
    """The song that is wanted. `version` rises when a field changes its meaning or goes."""

    version: Literal[1] = 1
    title: str
    prompt: str = Field(description="how the artist's songs sound, in words")
    duration_s: float = Field(description="length with the tail that rings out")
    tempo_bpm: float = Field(description="felt beats a minute")
    key: str = Field(description="as people write it: `Eb minor`")
    seed: int = Field(description="the same seed is to be the same song, where the program can")
    plan: SongPlan = Field(description="form, bars, meter, syllables per line")
    lyrics: Lyrics | None = Field(description="the words, by section; null: an instrumental")
    identity: SoundIdentity = Field(description="the artist's signature in figures")


def brief_of(request: CompositionRequest) -> Brief:
    """The brief of a request."""
    plan = request.plan
    return Brief(
        title=request.title,
        prompt=in_words.prompt_of(request),
        duration_s=round(plan.duration_s + plan.tail_s, 3),
        tempo_bpm=plan.tempo_bpm,
        key=key_name(plan.tonic, plan.mode),
        seed=request.seed,
        plan=plan,
        lyrics=None if request.instrumental else request.lyrics,
        identity=request.identity,
    )
