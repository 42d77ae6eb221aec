"""Time comes in through a Clock, always as aware UTC; nobody else reads the wall clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What can be asked for the present moment."""

    def now(self) -> datetime:
        """The present moment as aware UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment as aware UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until told to go on. For replay and tests."""

    def __init__(self, start: datetime) -> None:
        self._now = aware(start)

    def now(self) -> datetime:
        """The moment it stands at."""
        return self._now

    def advance(self, step: timedelta) -> None:
        """Goes on by `step`."""
        self._now += step


def aware(moment: datetime) -> datetime:
    """`moment` in UTC.

    Raises:
        ValueError: it has no time zone, so nobody can know what it means.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone means nothing here")
    return moment.astimezone(UTC)
