"""A brief: what is wanted, before anything is made."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from noktvrn.kernel.ids import ArtistId, BriefId
from noktvrn.model.asset import Asset
from noktvrn.model.noun import Noun
from noktvrn.model.record import SongPlace

ContentType = Literal["single", "teaser", "video", "post", "ep", "album"]


def _unset(value: object) -> bool:
    """Fields of records are left out of the data of everything else."""
    return not value


class Brief(Noun):
    """One piece of work for one artist at one version of its profile."""

    id: BriefId
    artist_id: ArtistId
    artist_version: int = Field(ge=1)
    seed: int
    content_type: ContentType = "single"
    title: str | None = Field(default=None, max_length=120, description="wanted by a person; else written")
    theme: str = ""
    mood: str = ""
    duration_s: int = Field(default=174, ge=30, le=720)
    with_video: bool = True
    teaser_s: int = Field(default=20, ge=15, le=60)
    due_on: date | None = None
    human_lines: tuple[str, ...] = ()
    takes: int = Field(default=1, ge=1, le=8, description="how many takes are recorded and ranked")
    own_track: Asset | None = Field(
        default=None, description="a person's recording in place of a composed one"
    )
    own_cover: Asset | None = Field(default=None, description="a person's picture in place of a painted one")
    own_lyrics: Asset | None = Field(default=None, description="a person's words in place of written ones")
    own_by: str = Field(default="", max_length=120, description="first and last name of whose own work it is")
    lossy_source: bool = Field(default=False, description="own_track was decoded from a lossy file")
    stems: bool = Field(default=False, description="keep the stems beside the master")
    instrumental: bool = Field(default=False, description="master the song without its singer as well")
    note: str = Field(default="", description="why this brief exists: a place in a plan, a progression")
    variant: str = Field(
        default="", max_length=32, exclude_if=_unset, description="what a batch tried with it, by name"
    )
    songs: tuple[BriefId, ...] = Field(
        default=(), exclude_if=_unset, description="of an EP or album: the briefs of its songs in their order"
    )
    song_s: int | None = Field(
        default=None, ge=30, le=720, exclude_if=_unset, description="of a record: how long each song lasts"
    )
    album: BriefId | None = Field(
        default=None, exclude_if=_unset, description="of a song: the brief of its record"
    )
    remarks: tuple[str, ...] = Field(
        default=(), exclude_if=_unset, description="why people turned down the artist's last songs: data"
    )
    place: int = Field(default=0, ge=0, exclude_if=_unset, description="of a song: its number in its record")
    part: SongPlace | None = Field(
        default=None, exclude_if=_unset, description="of a song: what the arc of its record asks of it"
    )

    @property
    def is_record(self) -> bool:
        """Whether several songs are asked for, which are released as one."""
        return bool(self.songs)
