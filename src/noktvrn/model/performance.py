"""How listeners responded. A figure that was not reported is None, never zero."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from noktvrn.kernel.ids import ArtistId, ReleaseId
from noktvrn.model.noun import Noun


class Performance(Noun):
    """The counts of one release on one platform over one period."""

    artist_id: ArtistId
    release_id: ReleaseId
    platform: str
    period_start: date
    period_end: date
    impressions: int | None = Field(default=None, ge=0)
    streams: int | None = Field(default=None, ge=0)
    listeners: int | None = Field(default=None, ge=0)
    completions: int | None = Field(default=None, ge=0)
    skips: int | None = Field(default=None, ge=0)
    saves: int | None = Field(default=None, ge=0)
    likes: int | None = Field(default=None, ge=0)
    shares: int | None = Field(default=None, ge=0)
    views: int | None = Field(default=None, ge=0)
    suspicious: bool = False
    source: str = ""
    recorded_at: datetime
