"""How listeners responded. A figure that was not reported is None, never zero."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import Field

from noktvrn.kernel.ids import ArtistId, ReleaseId
from noktvrn.model.noun import Noun


def _unset(value: object) -> bool:
    """What only songs of records have is left out of the data of everything else."""
    return not value


class Performance(Noun):
    """The counts of one release on one platform over one period; with `recording` of one song of a record."""

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
    recording: str = Field(default="", exclude_if=_unset, description="ISRC of a song of a record")


COUNTS = ("impressions", "streams", "listeners", "completions", "skips", "saves", "likes", "shares", "views")


def by_release(rows: Iterable[Performance]) -> tuple[Performance, ...]:
    """The rows with the songs of each record as one: their counts added up, for a stream of a song is one of
    its record. Of listeners there are at least as many as the song with the most has: those of two songs may
    be the same people. Where a row tells of the whole record, it holds instead."""
    whole: dict[tuple[object, ...], list[Performance]] = {}
    for row in rows:
        whole.setdefault((row.release_id, row.platform, row.period_start, row.period_end), []).append(row)
    return tuple(_as_one(same) for same in whole.values())


def _as_one(same: list[Performance]) -> Performance:
    told = [row for row in same if not row.recording]
    if told or len(same) == 1:
        return (told or same)[-1]
    counts = {}
    for name in COUNTS:
        known = [count for row in same if (count := getattr(row, name)) is not None]
        counts[name] = (max(known) if name == "listeners" else sum(known)) if known else None
    newest = max(same, key=lambda row: row.recorded_at)
    return newest.model_copy(update={**counts, "recording": ""})
