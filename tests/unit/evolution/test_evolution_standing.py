"""Standings: a release against its artist's usual, in 0..1."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from noktvrn.evolution.standing import standings
from noktvrn.kernel.ids import ArtistId, ReleaseId
from noktvrn.model.performance import Performance


def row(name: str, saves: int | None, streams: int = 2000, *, suspicious: bool = False) -> Performance:
    return Performance(
        artist_id=ArtistId("art_1"),
        release_id=ReleaseId(name),
        platform="spotify",
        period_start=date(2026, 10, 1),
        period_end=date(2026, 10, 31),
        streams=streams,
        saves=saves,
        recorded_at=datetime(2026, 11, 1, tzinfo=UTC),
        suspicious=suspicious,
    )


def test_better_figures_stand_higher_and_alike_ones_at_the_middle() -> None:
    found = standings([row("poor", 60), row("usual", 110), row("good", 190)])
    assert 0 < found[ReleaseId("poor")] < found[ReleaseId("usual")] < found[ReleaseId("good")] < 1
    alike = standings([row("one", 100), row("other", 100)])
    assert list(alike.values()) == pytest.approx([0.5, 0.5], abs=0.01)


def test_few_streams_say_little() -> None:
    many = standings([row("good", 400, 4000), row("rest", 200, 4000)])
    few = standings([row("good", 4, 40), row("rest", 200, 4000)])
    assert 0.5 < few[ReleaseId("good")] < many[ReleaseId("good")]


def test_nothing_to_compare_is_no_standing() -> None:
    assert standings([]) == {}
    assert standings([row("only", 100)]) == {}
    assert standings([row("one", 100), row("robots", 2, suspicious=True)]) == {}
    assert set(standings([row("a", 100), row("b", 90), row("silent", None)])) == {"a", "b"}


def test_a_skip_speaks_against_a_song() -> None:
    rows = [row("liked", None), row("skipped", None)]
    told = [one.model_copy(update={"skips": skips}) for one, skips in zip(rows, (300, 900), strict=True)]
    found = standings(told)
    assert found[ReleaseId("liked")] > 0.5 > found[ReleaseId("skipped")]
