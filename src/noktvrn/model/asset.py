"""A file of the label, addressed by its hash."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from noktvrn.model.noun import Noun

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Asset(Noun):
    """A file in the vault. `name` is what a person would call it; `sha256` is what it is."""

    sha256: Sha256
    size: int = Field(ge=0)
    media_type: str
    name: str


class AudioAsset(Asset):
    """A sound file and the hash of its decoded samples, which a change of tags leaves alone."""

    pcm_sha256: Sha256
    duration_s: float = Field(gt=0)
    sample_rate: int
    channels: int = 2
    bits: int | None = None
