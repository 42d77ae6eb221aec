"""A remake: a person's word that a part of a run shall be made anew."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from noktvrn.kernel.ids import ArtistId, RunId
from noktvrn.model.noun import Noun
from noktvrn.model.run import StageName


class Part(StrEnum):
    """What can be made anew by itself."""

    COVER = "cover"
    TITLE = "title"
    LYRICS = "lyrics"
    TAKE = "take"
    TEASER = "teaser"


class Remake(Noun):
    """One remake of a run. Rows are only ever added.

    `anew` are the stages that get new seeds, `follow` those that only show what they changed and keep theirs;
    all others stand by their records. A record one of whose songs is another has a row of its own: nothing of
    it is made anew, and some of it follows.
    """

    run_id: RunId
    artist_id: ArtistId
    number: int = Field(ge=1, description="of the remakes of this run")
    part: Part | None = Field(default=None, description="None: everything from a stage on")
    anew: tuple[StageName, ...] = ()
    follow: tuple[StageName, ...] = ()
    song: RunId | None = Field(default=None, description="of a record: the run of the song that is another")
    title: str | None = Field(default=None, max_length=120, description="wished by the person, used exactly")
    buy: bool = Field(default=False, description="players from outside may be paid once more")
    first_take: int = Field(default=0, ge=0, description="number of the first take it records; 0: none")
    takes: int = Field(default=0, ge=0, description="how many takes shall pass")
    tune: int = Field(default=0, ge=0, description="the take whose music the first one keeps; 0: none")
    choices: int = Field(default=0, ge=0, description="how many choices of takes came before")
    by: str
    reason: str = Field(default="", max_length=2000)
    at: datetime

    @property
    def stages(self) -> tuple[StageName, ...]:
        """Everything that is made again."""
        return (*self.anew, *self.follow)
