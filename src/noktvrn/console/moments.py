"""Moments and sums as the console spells them: UTC, as the command line does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MICROS = 1_000_000


def day_and_time(at: datetime) -> str:
    """`21 Nov 18:05`: twelve cells."""
    return f"{at.astimezone(UTC):%d %b %H:%M}"


def time_of(at: datetime) -> str:
    """`18:05:09`."""
    return f"{at.astimezone(UTC):%H:%M:%S}"


def lasted(span: timedelta) -> str:
    """The two largest units: `2 d 3 h`, `4 min 10 s`."""
    seconds = max(0, int(span.total_seconds()))
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    told = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        if count:
            told.append(f"{count} {name}")
    return " ".join(told[:2]) or "0 s"


def dollars(micros: int) -> str:
    """`1.20`."""
    return f"{micros / MICROS:,.2f}"
