"""Robots are flagged by figures that contradict each other; listeners, however many, are not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noktvrn.audience.fraud import doubts_about, flag_suspicious
from noktvrn.kernel.ids import ArtistId, ReleaseId
from noktvrn.model.performance import Performance

NOW = datetime(2026, 11, 21, tzinfo=UTC)
USUAL = {
    "impressions": 40_000,
    "streams": 8_000,
    "listeners": 3_500,
    "completions": 4_100,
    "skips": 2_600,
    "saves": 520,
}


def row(week: int = 0, artist: str = "art_0000000000001", **counts: Any) -> Performance:
    start = date(2026, 1, 1) + timedelta(weeks=week)
    return Performance.model_validate(
        {
            "artist_id": ArtistId(artist),
            "release_id": ReleaseId("rel_0000000000001"),
            "platform": "spotify",
            "period_start": start,
            "period_end": start + timedelta(days=6),
            "recorded_at": NOW,
            **USUAL,
            **counts,
        }
    )


def is_flagged(*rows: Performance) -> bool:
    return flag_suspicious(rows)[0].suspicious


def test_a_usual_week_is_trusted() -> None:
    assert doubts_about([row()]) == ((),)


@pytest.mark.parametrize(
    "counts",
    [
        {"completions": 6_000, "skips": 2_500},
        {"completions": 8_500, "skips": None},
        {"skips": 9_000, "completions": None},
        {"listeners": 9_000},
        {"saves": 8_500},
        {"listeners": 300},
        {"listeners": 0},
        {"completions": 7_700, "skips": 100, "saves": 4},
        {"completions": None, "skips": 20, "saves": 4},
    ],
)
def test_counts_that_contradict_each_other_are_flagged(counts: dict[str, Any]) -> None:
    assert is_flagged(row(**counts))
    assert all(doubt for doubt in doubts_about([row(**counts)])[0])


@pytest.mark.parametrize(
    "counts", [dict.fromkeys(USUAL), {"streams": None}, {"listeners": None, "saves": None}]
)
def test_a_count_that_is_missing_never_flags(counts: dict[str, Any]) -> None:
    assert not is_flagged(row(**counts))


def test_a_few_eager_friends_are_no_robots() -> None:
    friends = row(impressions=400, streams=300, listeners=6, completions=299, skips=1, saves=0)
    assert not is_flagged(friends)


def test_a_jump_in_streams_per_impression_is_flagged_against_the_artists_other_weeks() -> None:
    burst = row(impressions=40_000, streams=45_000, listeners=20_000, completions=21_000, skips=14_000)
    usual = [row(week) for week in range(1, 6)]
    assert is_flagged(burst, *usual)
    assert not is_flagged(burst, *usual[:2]), "too few weeks to know what is usual"
    others = [row(week, artist="art_0000000000002") for week in range(1, 6)]
    assert not is_flagged(burst, *others), "another artist's weeks say nothing"


def test_a_great_week_is_no_jump() -> None:
    hit: dict[str, Any] = {metric: 40 * count for metric, count in USUAL.items()}
    assert not is_flagged(row(**hit), *(row(week) for week in range(1, 6)))


def test_a_flag_stays_and_nothing_else_changes() -> None:
    flagged = row().model_copy(update={"suspicious": True})
    rows = [flagged, row(1), row(2, listeners=1)]
    once = flag_suspicious(rows)
    assert [one.suspicious for one in once] == [True, False, True]
    assert flag_suspicious(once) == once
    assert [one.model_copy(update={"suspicious": False}) for one in once] == [
        one.model_copy(update={"suspicious": False}) for one in rows
    ]


@settings(max_examples=50, deadline=None)
@given(
    streams=st.lists(st.integers(0, 60_000), min_size=1, max_size=9),
    impressions=st.integers(0, 60_000),
    seed=st.integers(0, 99),
)
def test_the_order_of_rows_does_not_matter(streams: list[int], impressions: int, seed: int) -> None:
    rows = [row(week, streams=count, impressions=impressions) for week, count in enumerate(streams)]
    mixed = Random(seed).sample(rows, len(rows))
    flagged = {one.period_start: one.suspicious for one in flag_suspicious(rows)}
    assert {one.period_start: one.suspicious for one in flag_suspicious(mixed)} == flagged
