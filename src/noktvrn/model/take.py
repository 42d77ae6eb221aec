"""Takes: how they were ranked, and which one was chosen over which."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from noktvrn.kernel.ids import ArtistId, RunId
from noktvrn.model.noun import Noun

CRITIC = "critic"
"""Who chooses where nobody has yet: the ranking alone."""


class RankedTake(Noun):
    """One take in the order of the ranking, best first. `score` is None where no evaluator said anything."""

    take: int = Field(ge=1)
    errors: int = Field(ge=0)
    warnings: int = Field(ge=0)
    score: float | None = Field(default=None, ge=0, le=1)
    why: str

    @property
    def passed(self) -> bool:
        """Whether the critic lets it pass."""
        return self.errors == 0


class Choice(Noun):
    """One take chosen over the others of its run, by the ranking or by a person. Kept for those who learn."""

    run_id: RunId
    artist_id: ArtistId
    number: int = Field(ge=1, description="of the choices of this run; the last one holds")
    take: int = Field(ge=1)
    over: tuple[int, ...] = Field(description="the takes it was preferred to")
    by: str = Field(description="`critic`, or who gave the word")
    reason: str = Field(default="", max_length=2000)
    ranking: tuple[RankedTake, ...] = ()
    at: datetime
