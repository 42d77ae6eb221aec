"""News under a clock that is set back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from noktvrn.kernel.clock import FixedClock
from noktvrn.llm.notices import LlmNotice, Notices


def test_a_clock_that_is_set_back_silences_nothing() -> None:
    clock, told = FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC)), list[LlmNotice]()
    notices = Notices(clock, told.append)
    notices.all_failed("lyrics", [])
    clock.advance(-timedelta(days=1))
    notices.all_failed("lyrics", [])
    notices.all_failed("lyrics", [])
    assert len(told) == 2
