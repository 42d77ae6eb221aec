"""Cycles by schedule: once a slot whoever looks, missed ones, changed clocks, a loop that bears trouble."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.integration.batch.batch_samples import begun, crew, opened

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import Invalid, NotReady
from noktvrn.settings import Settings

HOUR = timedelta(hours=1)
DAILY = "daily at 09:30 Europe/Berlin"


def home(tmp_path: Path, *schedules: str) -> Settings:
    return Settings(home=tmp_path / "home", batch_schedules=schedules, batch_runs=1, _env_file=None)


def at(text: str) -> FixedClock:
    return FixedClock(datetime.fromisoformat(text).replace(tzinfo=UTC))


def test_a_slot_is_done_once_across_looks_and_restarts(tmp_path: Path) -> None:
    clock = at("2026-11-21T08:29:59")
    settings = home(tmp_path, DAILY)
    with opened(settings, clock) as label:
        crew(label, 4)
        (coming,) = label.batch.status().schedules
        assert coming.told == "2026-11-21 09:30 CET"
        assert label.batch.tick() == ()
        clock.advance(timedelta(seconds=1))
        (cycle,) = label.batch.tick()
        assert cycle.line.startswith("2026-11-21 09:30 CET: 1 started")
        assert label.batch.tick() == ()
    clock.advance(HOUR)
    with opened(settings, clock) as label:
        assert label.batch.tick() == ()
        assert len(begun(label)) == 1
        clock.advance(23 * HOUR)
        assert len(label.batch.tick()) == 1


def test_of_slots_nobody_was_there_for_the_newest_is_made_up_for_while_it_is_fresh(tmp_path: Path) -> None:
    clock = at("2026-11-21T12:00")
    with opened(home(tmp_path, DAILY, "hourly at :15 UTC"), clock) as label:
        crew(label, 5)
        assert [cycle.when for cycle in label.batch.tick()] == [
            "2026-11-21 09:30 CET",
            "2026-11-21 11:15 UTC",
        ]
        clock.advance(timedelta(days=3, hours=5))
        assert [cycle.when for cycle in label.batch.tick()] == ["2026-11-24 16:15 UTC"]


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2026-03-28T00:00", "2026-03-30T00:00", ["2026-03-28 02:30 CET", "2026-03-29 03:00 CEST"]),
        ("2026-10-24T00:00", "2026-10-26T00:00", ["2026-10-24 02:30 CEST", "2026-10-25 02:30 CEST"]),
    ],
)
def test_a_changed_clock_neither_skips_nor_repeats_a_night(
    tmp_path: Path, first: str, last: str, told: list[str]
) -> None:
    clock, end = at(first), at(last).now()
    with opened(home(tmp_path, "daily at 02:30 Europe/Berlin"), clock) as label:
        done = []
        while clock.now() < end:
            done += [cycle.when for cycle in label.batch.tick()]
            clock.advance(timedelta(minutes=30))
        assert done == told


def test_a_clock_that_is_set_back_or_forth_an_hour_doubles_nothing(tmp_path: Path) -> None:
    clock = at("2026-11-21T08:40")
    with opened(home(tmp_path, DAILY), clock) as label:
        crew(label, 5)
        done = len(label.batch.tick())
        for jump in (-1, 2, -1):
            clock.advance(jump * HOUR)
            done += len(label.batch.tick())
        assert done == 1


def test_the_loop_tells_of_each_cycle_and_of_a_stop_once(tmp_path: Path) -> None:
    settings = home(tmp_path, "hourly at :00 UTC").model_copy(update={"poll_interval_s": 0.01})
    leaving, said = threading.Event(), []
    with opened(settings) as label:
        crew(label, 1)
        label.switch.stop(by="person:ada")

        def told(line: str) -> None:
            said.append(line)
            if "stopped" in line:
                threading.Timer(0.1, label.switch.start, kwargs={"by": "person:ada"}).start()
            else:
                leaving.set()

        label.batch.loop(leaving, told)
    assert len(said) == 2
    assert said[0] == "The label was stopped by person:ada. `noktvrn start` lets it go on."
    assert said[1].startswith("2026-11-21 12:00 UTC: 1 started")


def test_a_loop_needs_a_schedule_that_can_be_read(tmp_path: Path) -> None:
    with opened(home(tmp_path)) as label, pytest.raises(NotReady) as refused:
        label.batch.loop(threading.Event(), print)
    assert refused.value.code == "batch.no_schedule"
    with opened(home(tmp_path, "every other tuesday")) as label, pytest.raises(Invalid):
        label.batch.tick()
