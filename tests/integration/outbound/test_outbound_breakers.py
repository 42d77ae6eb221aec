"""Breakers on both databases: when they open, who may try, and that a restart changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from noktvrn.kernel.clock import FixedClock
from noktvrn.outbound.breakers import BreakerNotice, Breakers, Permit
from noktvrn.outbound.circuit import Category, Circuit
from noktvrn.outbound.loop import run
from noktvrn.outbound.scribe import Scribe
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NAME = "openai/gpt"


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = Database(settings)
    migrate.upgrade(opened)
    yield opened
    opened.close()


class Watch:
    """A process: breakers of its own over the same ledger, under a clock that is set by hand."""

    def __init__(self, database: Database, clock: FixedClock | None = None) -> None:
        self.clock = clock or FixedClock(NOW)
        self.told: list[BreakerNotice] = []
        self.breakers = Breakers(Scribe(database), self.clock, notify=self.told.append)

    def later(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    def permit(self) -> Permit | None:
        return run(self.breakers.permit(NAME))

    def fails(self, category: Category = "transient", retry_after_s: float | None = None) -> None:
        permit = self.permit()
        assert permit is not None
        run(self.breakers.failed(permit, category, retry_after_s))

    def works(self) -> None:
        permit = self.permit()
        assert permit is not None
        run(self.breakers.worked(permit))

    def permits_at_once(self, count: int) -> list[Permit]:
        async def all_of_them() -> list[Permit | None]:
            return await asyncio.gather(*(self.breakers.permit(NAME) for _ in range(count)))

        return [permit for permit in run(all_of_them()) if permit is not None]


def test_a_service_that_has_only_failed_is_left_alone_at_once(database: Database) -> None:
    watch = Watch(database)
    watch.fails()
    assert watch.permit() is None
    assert watch.breakers.state(NAME).state == "open"
    assert watch.told == [BreakerNotice(NAME, "opened", "transient", NOW + timedelta(seconds=5))]


def test_one_failure_among_good_answers_opens_nothing_three_in_a_row_do(database: Database) -> None:
    watch = Watch(database)
    for _ in range(19):
        watch.works()
        watch.later(1)
    watch.fails()
    watch.fails()
    assert watch.permit() is not None
    watch.fails()
    assert watch.permit() is None
    assert [one.event for one in watch.told] == ["opened"]


def test_old_failures_are_forgotten(database: Database) -> None:
    watch = Watch(database)
    watch.works()
    watch.works()
    watch.later(1)
    watch.fails()
    watch.later(61)
    watch.works()
    watch.works()
    watch.later(1)
    watch.fails()
    assert watch.permit() is not None


@pytest.mark.both
def test_one_of_fifty_may_try_and_its_success_closes(database: Database) -> None:
    watch = Watch(database)
    watch.fails()
    watch.later(5)
    (permit,) = watch.permits_at_once(50)
    assert permit.trial
    assert watch.permits_at_once(50) == []
    run(watch.breakers.worked(permit))
    assert len(watch.permits_at_once(50)) == 50
    assert [one.event for one in watch.told] == ["opened", "closed"]


def test_every_trial_that_fails_doubles_the_rest_up_to_a_limit(database: Database) -> None:
    watch = Watch(database)
    watch.fails()
    rests = []
    for _ in range(8):
        breaker = watch.breakers.state(NAME)
        assert breaker.until is not None
        rest = (breaker.until - watch.clock.now()).total_seconds()
        rests.append(rest)
        watch.later(rest - 0.5)
        assert watch.permit() is None
        watch.later(0.5)
        watch.fails()
    assert rests == [5, 10, 20, 40, 80, 160, 300, 300]
    assert [one.event for one in watch.told] == ["opened"]


def test_what_patience_does_not_mend_rests_for_minutes(database: Database) -> None:
    watch = Watch(database)
    for _ in range(10):
        watch.works()
    watch.fails("hopeless")
    watch.later(299)
    assert watch.permit() is None
    watch.later(1)
    assert watch.permit() is not None


@pytest.mark.parametrize(("told", "rest"), [(120.0, 120), (1e30, 3600), (0.5, 5)])
def test_the_services_own_word_is_honoured_up_to_a_limit(database: Database, told: float, rest: int) -> None:
    watch = Watch(database)
    watch.works()
    watch.works()
    watch.fails(retry_after_s=told)
    assert watch.breakers.state(NAME).until == NOW + timedelta(seconds=rest)


@pytest.mark.both
def test_a_restart_changes_nothing_and_processes_share_the_trial(database: Database) -> None:
    clock = FixedClock(NOW)
    first = Watch(database, clock)
    first.fails("hopeless")
    second, third = Watch(database, clock), Watch(database, clock)
    assert second.permit() is None
    first.later(300)
    permits = [watch.permit() for watch in (first, second, third)]
    assert [permit.trial for permit in permits if permit is not None] == [True]
    assert permits[0] is not None
    run(first.breakers.worked(permits[0]))
    first.later(1)
    assert second.permit() == third.permit() == Permit(NAME)
    assert [one.event for one in first.told] == ["opened", "closed"]
    assert second.told == third.told == []


def test_a_trial_nobody_reports_of_is_given_to_the_next_one(database: Database) -> None:
    watch = Watch(database)
    watch.fails()
    watch.later(5)
    assert watch.permit() is not None
    watch.later(119)
    assert watch.permit() is None
    watch.later(1)
    assert watch.permit() is not None


def test_a_trial_that_was_not_made_is_given_back(database: Database) -> None:
    watch = Watch(database)
    watch.fails()
    watch.later(5)
    permit = watch.permit()
    assert permit is not None
    run(watch.breakers.returned(permit))
    assert len(watch.permits_at_once(5)) == 1


def test_answers_that_come_late_open_nothing_twice(database: Database) -> None:
    watch = Watch(database)
    permits = watch.permits_at_once(20)
    assert len(permits) == 20
    for permit in permits[:10]:
        run(watch.breakers.failed(permit, "transient"))
    watch.later(5)
    (trial,) = watch.permits_at_once(20)
    for permit in permits[10:]:
        run(watch.breakers.failed(permit, "transient"))
    assert watch.breakers.state(NAME).state == "probing"
    run(watch.breakers.worked(trial))
    assert watch.breakers.state(NAME).state == "closed"
    assert [one.event for one in watch.told] == ["opened", "closed"]


def test_a_service_that_works_costs_no_write(database: Database) -> None:
    watch = Watch(database)
    for _ in range(50):
        watch.works()
    assert watch.breakers.every() == []
    assert Circuit().may_try(watch.breakers.state(NAME), NOW) is False
