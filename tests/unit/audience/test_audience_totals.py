"""Totals: each stream once, what was not reported not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

from noktvrn.audience.totals import totals
from noktvrn.kernel.ids import ArtistId, ReleaseId
from noktvrn.model.performance import Performance


def row(first: int, last: int, *, platform: str = "spotify", hour: int = 1, **counts: Any) -> Performance:
    return Performance(
        artist_id=ArtistId("art_1"),
        release_id=ReleaseId("rel_1"),
        platform=platform,
        period_start=date(2026, 10, first),
        period_end=date(2026, 10, last),
        recorded_at=datetime(2026, 11, 1, hour, tzinfo=UTC),
        **counts,
    )


def test_overlapping_periods_count_once_in_whatever_order() -> None:
    month, week, november = row(1, 28, streams=100), row(1, 7, streams=30), row(29, 31, streams=5)
    for rows in permutations([month, week, november]):
        assert totals(rows) == {"streams": 105}


def test_of_two_reports_of_the_same_days_the_newer_counts() -> None:
    again = [row(1, 7, streams=30), row(1, 7, streams=50, hour=2)]
    assert totals(again) == totals(again[::-1]) == {"streams": 50}


def test_a_count_is_taken_from_where_it_was_reported() -> None:
    rows = [row(1, 28, streams=100), row(1, 7, saves=4), row(1, 28, platform="deezer", streams=1, saves=0)]
    assert totals(rows) == {"streams": 101, "saves": 4}


def test_missing_is_not_zero_suspicious_never_counts_and_people_are_not_added_up() -> None:
    assert totals([]) == {}
    assert totals([row(1, 7, streams=9, suspicious=True)]) == {}
    assert totals([row(1, 7, listeners=9, skips=0)]) == {"skips": 0}
