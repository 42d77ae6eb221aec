"""Schedules: what they say, and what becomes of times that clocks jump over or show twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as some

from noktvrn.kernel.errors import Invalid
from noktvrn.planning.schedules import read

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "UTC",
)
DAY = timedelta(days=1)

moments_of_25_years = some.integers(0, 25 * 366 * 86_400).map(
    lambda second: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slots(text: str, after: str, until: str) -> list[str]:
    return [f"{slot:%d %H:%M}" for slot in read(text).between(utc(after), utc(until))]


def test_a_daily_time_follows_the_wall_clock_over_both_changes() -> None:
    spring = slots("daily at 09:30 Europe/Berlin", "2026-03-27", "2026-03-31")
    assert spring == ["27 08:30", "28 08:30", "29 07:30", "30 07:30"]
    autumn = slots("daily at 09:30 Europe/Berlin", "2026-10-23", "2026-10-27")
    assert autumn == ["23 07:30", "24 07:30", "25 08:30", "26 08:30"]


def test_a_time_the_clock_jumps_over_is_due_at_the_jump() -> None:
    assert slots("daily at 02:30 Europe/Berlin", "2026-03-28T12:00", "2026-03-30T12:00") == [
        "29 01:00",  # 02:00 became 03:00
        "30 00:30",
    ]
    both = "daily at 02:15,02:45,03:00 Europe/Berlin"
    assert slots(both, "2026-03-28T12:00", "2026-03-29T12:00") == ["29 01:00"], "one moment is one slot"


def test_a_time_that_comes_twice_is_due_the_first_time() -> None:
    assert slots("daily at 02:30 Europe/Berlin", "2026-10-24T12:00", "2026-10-26T12:00") == [
        "25 00:30",
        "26 01:30",
    ]


@pytest.mark.parametrize("text", ["hourly at :30 Europe/Berlin", "30 * * * * Europe/Berlin"])
def test_what_is_hourly_goes_by_the_hours_that_pass(text: str) -> None:
    for day in ("2026-03-29", "2026-10-25", "2026-06-01"):
        found = read(text).between(utc(day), utc(day) + DAY)
        assert len(found) == 24
        assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(hours=1)}


def test_a_day_that_a_country_left_out_has_its_slot_at_the_jump() -> None:
    found = read("daily at 09:30 Pacific/Apia").between(utc("2011-12-29"), utc("2012-01-01"))
    assert [f"{slot:%d %H:%M}" for slot in found] == ["29 19:30", "30 10:00", "30 19:30", "31 19:30"]


@given(
    zone=some.sampled_from(ZONES),
    day=some.dates(date(1990, 1, 1), date(2035, 12, 31)),
    at=some.times().map(lambda one: time(one.hour, one.minute)),
)
@rules(max_examples=60)
def test_a_daily_schedule_has_one_slot_on_every_date(zone: str, day: date, at: time) -> None:
    schedule = read(f"daily at {at:%H:%M} {zone}")
    first = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    found = schedule.between(first - 5 * DAY, first + 5 * DAY)
    assert 9 <= len(found) <= 11
    for slot in found:
        wall = slot.astimezone(ZoneInfo(zone))
        jumped = wall.utcoffset() != (slot - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).utcoffset()
        assert wall.time().replace(tzinfo=None) == at or jumped
    walls = [slot.astimezone(ZoneInfo(zone)).date() for slot in found]
    assert len(set(walls)) >= len(walls) - 1, "only a jump over midnight puts two on one date"


@given(
    zone=some.sampled_from(ZONES),
    start=moments_of_25_years,
    cuts=some.lists(some.integers(1, 40_000), min_size=1, max_size=6),
    text=some.sampled_from(("daily at 02:30", "hourly at :05", "*/20 1-3 * * *", "0 0 1,15 * fri")),
)
@rules(max_examples=60)
def test_no_slot_is_lost_or_doubled_however_often_one_looks(
    zone: str, start: datetime, cuts: list[int], text: str
) -> None:
    schedule = read(f"{text} {zone}")
    moments = [start]
    for cut in cuts:
        moments.append(moments[-1] + timedelta(seconds=cut))
    pieces = [slot for earlier, later in pairwise(moments) for slot in schedule.between(earlier, later)]
    assert tuple(pieces) == schedule.between(moments[0], moments[-1])
    assert len(set(pieces)) == len(pieces)


@given(start=moments_of_25_years, zone=some.sampled_from(ZONES))
@rules(max_examples=30)
def test_the_next_slot_is_the_first_of_those_that_follow(start: datetime, zone: str) -> None:
    schedule = read(f"30 2 * * sun {zone}")
    following = schedule.after(start)
    assert following > start
    assert schedule.between(start, following) == (following,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 9 * * 1-5 UTC", ["20 09:00", "23 09:00"]),
        ("mon-fri at 9:00 UTC", ["20 09:00", "23 09:00"]),
        ("0 9 21 * mon UTC", ["21 09:00", "23 09:00"]),
        ("0 9 * nov sat-sun UTC", ["21 09:00", "22 09:00"]),
        ("*/30 9 22 * * UTC", ["22 09:00", "22 09:30"]),
        ("daily at 23:59 UTC", ["20 23:59", "21 23:59", "22 23:59"]),
    ],
)
def test_forms(text: str, expected: list[str]) -> None:
    assert slots(text, "2026-11-20", "2026-11-23T23:00") == expected


def test_a_leap_day_is_found_even_over_a_century_without_one() -> None:
    assert read("0 0 29 2 * UTC").after(utc("2096-03-01")) == utc("2104-02-29")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "daily at 24:00 UTC",
        "daily at 9 UTC",
        "daily at 09:30",
        "daily at 09:30 Europe/Atlantis",
        "daily at 09:30 ../../etc/passwd",
        "someday at 09:30 UTC",
        "hourly at 15 UTC",
        "0 9 31 2 * UTC",
        "0 9 * * *",
        "60 9 * * * UTC",
        "0 9 5-1 * * UTC",
        "0 9 */0 * * UTC",
        "² 9 * * * UTC",
        "0 9 * * * UTC " + "x" * 100,
    ],
)
def test_what_cannot_be_read_is_said_with_the_forms_there_are(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(text)
    assert "daily at 09:30 Europe/Berlin" in caught.value.hint


def test_the_latest_slot_is_only_made_up_for_while_it_is_fresh() -> None:
    schedule, now = read("daily at 09:30 UTC"), utc("2026-11-21T12:00")
    assert schedule.latest(now, within=timedelta(hours=6)) == utc("2026-11-21T09:30")
    assert schedule.latest(now, within=timedelta(hours=2)) is None
    assert schedule.told(utc("2026-11-21T09:30")) == "2026-11-21 09:30 UTC"
