"""The pace of requests: no window ever holds more of them than the service takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import given, settings

from noktvrn.kernel.clock import FixedClock
from noktvrn.storage.ledger import paces
from noktvrn.storage.tables import metadata
from noktvrn.storage.turnstile import (
    MICRO,
    Booked,
    LedgerTurnstile,
    Rhythm,
    Turn,
    passed,
    rhythm_of,
    turn_ahead,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@contextmanager
def a_ledger() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    metadata.tables["paces"].create(engine)
    with engine.begin() as books:
        yield books
    engine.dispose()


def turns(requests: int, per_s: float, gaps: list[float], longest: timedelta = HOUR) -> list[Turn]:
    """The turns of requests that came after these gaps."""
    rhythm, now, found = rhythm_of(requests, per_s), NOW, []
    with a_ledger() as books:
        for gap in gaps:
            now += timedelta(seconds=gap)
            booked = paces.book(books, "x", rhythm, now=now, longest=longest)
            if booked is not None:
                found.append(turn_ahead(booked.due - booked.at, now, now, rhythm))
    return found


@settings(max_examples=40)
@given(
    requests=st.integers(1, 25),
    per_s=st.floats(0.5, 20),
    gaps=st.lists(st.floats(0, 3), min_size=1, max_size=60),
    late=st.lists(st.floats(0, 1), min_size=60, max_size=60),
)
def test_no_window_holds_more_than_allowed(
    requests: int, per_s: float, gaps: list[float], late: list[float]
) -> None:
    given = zip(turns(requests, per_s, gaps), late, strict=False)
    times = sorted(turn.opens + (turn.closes - turn.opens) * share for turn, share in given)
    window = timedelta(seconds=per_s)
    for begin in times:
        assert sum(begin <= moment < begin + window for moment in times) <= requests


def test_a_rested_service_takes_half_of_them_at_once() -> None:
    through = [turn.opens for turn in turns(20, 10.0, [0.0] * 20)]
    assert sum(moment == NOW for moment in through) == 10
    assert through[-1] - NOW < timedelta(seconds=10)


def test_a_long_window_is_no_clock_that_went_wrong() -> None:
    through = [turn.opens for turn in turns(180, 3600.0, [0.0] * 400)]
    assert 180 <= len(through) < 200
    assert sum(moment < NOW + HOUR for moment in through) <= 180


def test_a_row_of_a_clock_that_went_wrong_holds_nobody_up() -> None:
    rhythm = rhythm_of(20, 10.0)
    with a_ledger() as books:
        assert paces.book(books, "x", rhythm, now=NOW + 3 * HOUR, longest=HOUR)
        booked = paces.book(books, "x", rhythm, now=NOW, longest=timedelta(seconds=30))
        assert booked is not None and booked.due == NOW


def test_a_turn_that_comes_too_late_is_left_to_others() -> None:
    rhythm = Rhythm(timedelta(seconds=60), timedelta(0), timedelta(0))
    with a_ledger() as books:
        assert paces.book(books, "x", rhythm, now=NOW, longest=timedelta(seconds=1))
        for _ in range(3):
            assert paces.book(books, "x", rhythm, now=NOW, longest=timedelta(seconds=1)) is None
        (later,) = [paces.book(books, "x", rhythm, now=NOW, longest=timedelta(seconds=60))]
        assert later is not None and later.due - NOW == timedelta(seconds=60)


def test_a_block_takes_up_the_time_of_all_its_turns() -> None:
    rhythm = rhythm_of(20, 10.0)
    with a_ledger() as books:
        assert paces.book(books, "x", rhythm, 8, now=NOW, longest=HOUR)
        after = paces.book(books, "x", rhythm, now=NOW, longest=HOUR)
        assert after is not None and after.due == NOW + 8 * rhythm.every


def test_a_turn_whose_time_has_gone_is_not_used() -> None:
    rhythm, clock = rhythm_of(2, 10.0), FixedClock(NOW)
    booked: list[Booked] = []

    def book(turns: int, longest: timedelta) -> Booked | None:
        found = paces.book(books, "x", rhythm, turns, now=clock.now(), longest=longest)
        booked.extend([found] if found else [])
        if len(booked) == 1:  # the ledger was slow
            clock.advance(rhythm.grace + MICRO)
        return found

    def pause(wait_s: float) -> None:
        late = rhythm.grace + MICRO if len(booked) == 2 else timedelta(0)  # the machine was
        clock.advance(timedelta(seconds=wait_s) + late)

    told = {"book": book, "now": clock.now, "pause": pause}
    with a_ledger() as books:
        left = passed(LedgerTurnstile(), "x", rhythm, NOW + HOUR, **told)  # type: ignore[arg-type]
        assert left == booked[2].due and len(booked) == 3
        assert passed(LedgerTurnstile(), "x", rhythm, clock.now(), **told) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("requests", [1, 2, 3, 7, 20])
def test_the_burst_and_what_follows_fill_one_window(requests: int) -> None:
    every, slack, _ = rhythm_of(requests, 10.0)
    burst = slack // every + 1
    assert burst + (timedelta(seconds=10) // every) - 1 <= requests
