"""A verdict: a person's, or a capped autopilot's, word on one exact piece of work."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from noktvrn.kernel.ids import ArtistId, RunId, VerdictId
from noktvrn.model.asset import Sha256
from noktvrn.model.noun import Noun


class Verdict(Noun):
    """Bound to the approval hash: change an approved part and it falls."""

    id: VerdictId
    run_id: RunId
    artist_id: ArtistId
    decision: Literal["approved", "rejected"]
    by: str = Field(description="`person:NAME` or `autopilot`")
    door: Literal["cli", "api", "console", "telegram", "autopilot"]
    reason: str = ""
    approval_hash: Sha256
    at: datetime
    rejections_before: int = Field(
        default=0,
        ge=0,
        description="the artist's rejections in a row until then; what taking it back restores",
    )


class ReviewItem(Noun):
    """One run waiting on the desk."""

    run_id: RunId
    artist_id: ArtistId
    title: str
    artist_name: str
    approval_hash: Sha256
    opened_at: datetime
    expires_at: datetime
