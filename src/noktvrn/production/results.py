"""What stages come to that no noun of the label covers by itself."""

from __future__ import annotations

from pydantic import Field

from noktvrn.model.noun import Noun
from noktvrn.model.song import Lyrics
from noktvrn.roles.writer import Captions


class Words(Noun):
    """Title, lyrics and captions of a song."""

    title: str
    lyrics: Lyrics
    captions: Captions


class Desked(Noun):
    """What was laid on the desk: the approval hash, the preview's page and who was told."""

    approval_hash: str
    page: str
    told: tuple[str, ...] = ()


class Delivered(Noun):
    """Where a release was delivered, one place per courier."""

    places: tuple[str, ...] = Field(min_length=1)
