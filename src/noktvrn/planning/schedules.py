"""Schedules: text that says when, by the clock on somebody's wall, and the moments that makes.

Forms: `daily at 09:30 Europe/Berlin` (or several times: `daily at 09:30,18:00 ...`), `mon-fri at 09:30 ...`,
`hourly at :15 UTC`, and five fields of cron with a zone (`*/20 8-17 * * mon-fri Europe/Berlin`).

Clocks are put forward and back, so two things need a meaning. A time of the day that the clock jumps over is
due at the moment of the jump, and a time that comes twice is due the first time: a daily schedule has one
slot on every date. What is due every hour goes by the hours that really pass: it has no slot in an hour that
never was, and one in each of the two hours of the same name. Slots at the same moment are one slot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from noktvrn.kernel.clock import aware
from noktvrn.planning.cron import WEEK_DAY, Days, bad, read_field, read_fields

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LONGEST_TEXT = 96
REACHES_DAYS = (2, 9, 40, 370, 3_000)
"""How far a next slot is looked for, step by step: the widest gap is the one around a 29 February that was
left out, eight years."""

_AT = re.compile(r"(?P<days>\S+)\s+at\s+(?P<times>\S+)\s+(?P<zone>\S+)", re.IGNORECASE)
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Days and times of a day in a zone. `hourly`: it is due every hour that passes."""

    text: str
    zone: ZoneInfo
    days: Days
    times: tuple[time, ...]
    hourly: bool

    def between(self, after: datetime, until: datetime) -> tuple[datetime, ...]:
        """The slots after the one moment and not after the other, as UTC, in order."""
        after, until = aware(after), aware(until)
        found = {
            slot
            for day in _days(self._local(after) - DAY, self._local(until) + DAY)
            if self.days.has(day)
            for slot in self._of(day)
            if after < slot <= until
        }
        return tuple(sorted(found))

    def after(self, moment: datetime) -> datetime:
        """The next slot after a moment, as UTC."""
        for reach in REACHES_DAYS:
            found = self.between(moment, moment + reach * DAY)
            if found:
                return found[0]
        raise bad(f"{self.text} is never due")

    def latest(self, now: datetime, *, within: timedelta) -> datetime | None:
        """The newest slot that is due by `now` and no older than `within`; None without any."""
        found = self.between(now - within, now)
        return found[-1] if found else None

    def told(self, slot: datetime) -> str:
        """A slot as the wall clock there shows it: `2026-03-29 03:00 CEST`."""
        return f"{slot.astimezone(self.zone):%Y-%m-%d %H:%M %Z}"

    def _local(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _of(self, day: date) -> Iterator[datetime]:
        for one in self.times:
            yield from self._moments(datetime.combine(day, one))

    def _moments(self, wall: datetime) -> tuple[datetime, ...]:
        """The moments at which the clock shows `wall`, by the meaning above."""
        first, second = (wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if first == second:
            return (first,)
        if first < second:  # the clock is put back: it shows this twice
            return (first, second) if self.hourly else (first,)
        # It is put forward: reckoned by the old offset the moment lies after the jump, by the new before it.
        return () if self.hourly else (self._jump(second, first),)

    def _jump(self, before: datetime, after: datetime) -> datetime:
        """The moment between the two at which the offset changes, to the second."""
        old = before.astimezone(self.zone).utcoffset()
        while after - before > SECOND:
            middle = before + timedelta(seconds=(after - before) // SECOND // 2)
            if middle.astimezone(self.zone).utcoffset() == old:
                before = middle
            else:
                after = middle
        return after


def read(text: str) -> Schedule:
    """A schedule from its text, which is kept with single spaces.

    Raises:
        Invalid: it has another form, names no such zone, or is never due.
    """
    plain = " ".join(text.split())
    if len(plain) > LONGEST_TEXT:
        raise bad(f"it has more than {LONGEST_TEXT} characters")
    worded = _AT.fullmatch(plain)
    if worded:
        return _worded(plain, worded["days"].lower(), worded["times"], worded["zone"])
    words = plain.split()
    if len(words) != 6:
        raise bad(f"{plain!r} has no form that is known")
    days, times, hourly = read_fields(words[:5])
    return Schedule(plain, _zone(words[5]), days, times, hourly)


def _worded(text: str, days: str, times: str, zone: str) -> Schedule:
    if days == "hourly":
        minutes = [_minute(part) for part in times.split(",")]
        hours = tuple(time(hour, minute) for hour in range(24) for minute in sorted(set(minutes)))
        return Schedule(text, _zone(zone), Days(), hours, hourly=True)
    found = Days() if days == "daily" else Days(week_days=_week_days(days))
    told = tuple(sorted({_time(part) for part in times.split(",")}))
    return Schedule(text, _zone(zone), found, told, hourly=False)


def _week_days(text: str) -> frozenset[int]:
    return frozenset(day % 7 for day in read_field(WEEK_DAY, text))


def _time(text: str) -> time:
    found = _TIME.fullmatch(text)
    if found is None:
        raise bad(f"{text[:20]!r} is no time of a day")
    return time(int(found[1]), int(found[2]))


def _minute(text: str) -> int:
    if not re.fullmatch(r":[0-5][0-9]", text):
        raise bad(f"{text[:20]!r} is no minute of an hour, such as :15")
    return int(text[1:])


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, outside the folder of zones, or the folder itself
        raise bad(f"there is no time zone {name[:40]!r}") from None


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
