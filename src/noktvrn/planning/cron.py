"""The five fields of cron: which days, and which times of a day.

As POSIX `crontab` has them (IEEE Std 1003.1): minute, hour, day of the month, month, day of the week (0 and 7
are Sunday); lists, ranges and `*`, and what everybody has besides, steps (`*/15`) and names (`mon`, `jan`).
Where both kinds of day are given, either of them will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple

from noktvrn.kernel.errors import Invalid

DAY_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Field(NamedTuple):
    """One field: what it is called, the least and the most it may say, and names from the least on."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()


MINUTE = Field("minute", 0, 59)
HOUR = Field("hour", 0, 23)
MONTH_DAY = Field("day of the month", 1, 31)
MONTH = Field("month", 1, 12, MONTH_NAMES)
WEEK_DAY = Field("day of the week", 0, 7, DAY_NAMES)
OPEN = ("*", "*/1")
FIELDS = (MINUTE, HOUR, MONTH_DAY, MONTH, WEEK_DAY)


@dataclass(frozen=True, slots=True)
class Days:
    """The days something falls on. None: every one of its kind."""

    month_days: frozenset[int] | None = None
    months: frozenset[int] | None = None
    week_days: frozenset[int] | None = None

    def has(self, day: date) -> bool:
        """Whether it falls on this day."""
        if self.months is not None and day.month not in self.months:
            return False
        kinds = []
        if self.month_days is not None:
            kinds.append(day.day in self.month_days)
        if self.week_days is not None:
            kinds.append(day.isoweekday() % 7 in self.week_days)
        return any(kinds) if kinds else True

    def possible(self) -> bool:
        """Whether there is any such day at all: there is no 30 February."""
        if self.month_days is None or self.week_days is not None:
            return True
        months = self.months or frozenset(range(1, 13))
        return min(self.month_days) <= max(LONGEST_MONTHS[month - 1] for month in months)


def read_fields(words: Sequence[str]) -> tuple[Days, tuple[time, ...], bool]:
    """Days, times of a day in order, and whether the hour is every hour.

    Raises:
        Invalid: a field says what it may not, or no day has all of it.
    """
    minutes, hours, month_days, months, week_days = (
        read_field(field, word) for field, word in zip(FIELDS, words, strict=True)
    )
    days = Days(
        month_days=None if words[2] in OPEN else month_days,
        months=None if words[3] in OPEN else months,
        week_days=None if words[4] in OPEN else frozenset(day % 7 for day in week_days),
    )
    if not days.possible():
        raise bad(f"no month has the day {words[2]} in it")
    times = tuple(time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes))
    return days, times, len(hours) == 24


def read_field(field: Field, word: str) -> frozenset[int]:
    """What one field says, as numbers. Raises Invalid."""
    found: set[int] = set()
    for part in word.lower().split(","):
        span, slash, step = part.partition("/")
        low, high = _span(field, span, stepped=bool(slash))
        every = _number(field, step, 1, 99) if slash else 1
        found |= set(range(low, high + 1, every))
    return frozenset(found)


def _span(field: Field, text: str, *, stepped: bool) -> tuple[int, int]:
    if text == "*":
        return field.low, field.high
    first, dash, last = text.partition("-")
    low = _value(field, first)
    if not dash:
        return low, field.high if stepped else low
    high = _value(field, last)
    if field is WEEK_DAY and high == 0:
        high = 7  # `sat-sun` goes on to the Sunday after
    if high < low:
        raise bad(f"the {field.name} {text} runs backwards")
    return low, high


def _value(field: Field, text: str) -> int:
    if text in field.names:
        return field.names.index(text) + field.low
    return _number(field, text, field.low, field.high)


def _number(field: Field, text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise bad(f"{text[:20]!r} is no {field.name}")
    return int(text)


def bad(why: str) -> Invalid:
    """The one error of a schedule that cannot be read."""
    return Invalid(
        f"The schedule cannot be read: {why}.",
        code="schedule.invalid",
        hint="Write `daily at 09:30 Europe/Berlin`, `mon,thu at 18:00 UTC`, `hourly at :15 UTC` or five"
        " fields of cron and a zone.",
    )
