"""The pace of requests: no window ever holds more of them than the service takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import given, settings

from noktvrn.outbound.jobs.pacing import rhythm
from noktvrn.outbound.jobs.service import Caps
from noktvrn.storage.ledger import paces
from noktvrn.storage.tables import metadata

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def arrivals(requests: int, per_s: float, gaps: list[float]) -> list[datetime]:
    """When requests that came after these gaps were let through."""
    engine = sa.create_engine("sqlite://")
    metadata.tables["paces"].create(engine)
    every, slack = rhythm(Caps(requests=requests, per_s=per_s))
    now, through = NOW, []
    with engine.begin() as books:
        for gap in gaps:
            now += timedelta(seconds=gap)
            wait = paces.turn(books, "x", every=every, slack=slack, now=now, longest=HOUR)
            through.append(now + wait)
    engine.dispose()
    return through


@settings(max_examples=40)
@given(
    requests=st.integers(1, 25),
    per_s=st.floats(0.5, 20),
    gaps=st.lists(st.floats(0, 3), min_size=1, max_size=60),
)
def test_no_window_holds_more_than_allowed(requests: int, per_s: float, gaps: list[float]) -> None:
    times = sorted(arrivals(requests, per_s, gaps))
    window = timedelta(seconds=per_s) - timedelta(microseconds=len(times) + 1)  # of rounding
    for begin in times:
        assert sum(begin <= moment < begin + window for moment in times) <= requests


def test_a_rested_service_takes_half_of_them_at_once() -> None:
    through = arrivals(20, 10.0, [0.0] * 20)
    assert sum(moment == NOW for moment in through) == 10
    assert through[-1] - NOW < timedelta(seconds=10)


def test_a_turn_that_comes_too_late_is_left_to_others() -> None:
    engine = sa.create_engine("sqlite://")
    metadata.tables["paces"].create(engine)
    told = {
        "every": timedelta(seconds=60),
        "slack": timedelta(0),
        "now": NOW,
        "longest": timedelta(seconds=1),
    }
    with engine.begin() as books:
        assert paces.turn(books, "x", **told) == timedelta(0)  # type: ignore[arg-type]
        for _ in range(3):
            assert paces.turn(books, "x", **told) == timedelta(seconds=60)  # type: ignore[arg-type]
    engine.dispose()


@pytest.mark.parametrize("requests", [1, 2, 3, 7, 20])
def test_the_burst_and_what_follows_fill_one_window(requests: int) -> None:
    every, slack = rhythm(Caps(requests=requests, per_s=10.0))
    burst = slack // every + 1
    assert burst + (timedelta(seconds=10) // every) - 1 <= requests
