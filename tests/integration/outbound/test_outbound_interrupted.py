"""What is left in the books by those who go in the middle: cancelled, forked, dead, or by another clock."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from tests.integration.outbound.outbound_samples import LABEL, assert_balanced, books, order, state_of

from noktvrn.kernel.clock import FixedClock
from noktvrn.outbound import counter
from noktvrn.outbound.breakers import Breakers
from noktvrn.outbound.circuit import Circuit
from noktvrn.outbound.loop import run
from noktvrn.outbound.scribe import Scribe
from noktvrn.outbound.tickets import Receipt, Tickets
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger.breakers import Breaker
from noktvrn.storage.ledger.tickets import TicketState

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NAME = "openai/gpt"


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = Database(settings)
    migrate.upgrade(opened)
    yield opened
    opened.close()


def opened_by_failures(database: Database, clock: FixedClock) -> Breakers:
    breakers = Breakers(Scribe(database), clock)
    permit = run(breakers.permit(NAME))
    assert permit is not None
    run(breakers.failed(permit, "transient"))
    assert run(breakers.permit(NAME)) is None
    return breakers


def test_a_trial_whose_taker_is_cancelled_while_waiting_is_free_for_the_next_one(database: Database) -> None:
    clock = FixedClock(NOW)
    breakers = opened_by_failures(database, clock)
    clock.advance(timedelta(seconds=4.5))
    assert run(breakers.permit(NAME)) is None
    clock.advance(timedelta(seconds=0.6))  # its time has come, and what is known of it is fresh
    held, free = threading.Event(), threading.Event()
    scribe = breakers._scribe

    def busy(_connection: sa.Connection) -> None:
        held.set()
        free.wait(10)

    async def leaves() -> None:
        busy_future = scribe.handed(busy)
        await asyncio.to_thread(held.wait, 10)
        taker = asyncio.ensure_future(breakers.permit(NAME))
        await asyncio.sleep(0)  # the work is handed in by now
        taker.cancel()
        asyncio.get_running_loop().call_later(0.05, free.set)
        with contextlib.suppress(asyncio.CancelledError):
            await taker
        await busy_future

    run(leaves())
    permit = run(breakers.permit(NAME))
    assert permit is not None
    assert permit.trial


@pytest.mark.parametrize("back", [timedelta(hours=3), timedelta(days=400)])
def test_a_clock_that_is_set_back_keeps_nobody_resting(database: Database, back: timedelta) -> None:
    clock = FixedClock(NOW)
    breakers = opened_by_failures(database, clock)
    clock.advance(-back)
    permit = run(breakers.permit(NAME))
    assert permit is not None
    run(breakers.worked(permit))
    assert breakers.state(NAME).state == "closed"


def test_another_process_is_heard_though_the_clock_was_set_back(database: Database) -> None:
    clock = FixedClock(NOW)
    breakers = Breakers(Scribe(database), clock)
    assert run(breakers.permit(NAME)) is not None
    clock.advance(-timedelta(days=1))
    other = FixedClock(clock.now())
    opened_by_failures(database, other)
    assert run(breakers.permit(NAME)) is None


def test_failures_of_a_future_that_was_none_do_not_count() -> None:
    ahead = Breaker(NAME, failures=tuple(NOW + timedelta(hours=1, seconds=n) for n in range(3)))
    good = tuple(NOW - timedelta(seconds=n) for n in range(1, 10))
    after = Circuit().after_failure(ahead, good, NOW, category="transient", retry_after_s=None, trial=False)
    assert after.state == "closed"


@pytest.mark.both
def test_a_forked_process_writes_the_ledger_by_a_thread_of_its_own(database: Database) -> None:
    scribe = Scribe(database)
    scribe.write_now(lambda _connection: None)
    child = os.fork()
    if child == 0:
        done = threading.Event()

        def write() -> None:
            scribe.write_now(lambda connection: connection.execute(sa.text("DELETE FROM budgets")))
            done.set()

        threading.Thread(target=write, daemon=True).start()
        os._exit(0 if done.wait(10) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert scribe.write_now(lambda _connection: "still here") == "still here"


def test_a_process_that_lives_on_writes_off_what_died_meanwhile(database: Database) -> None:
    clock = FixedClock(NOW)
    desk = Tickets(database, clock)

    async def send() -> Receipt:
        return Receipt("words", 10)

    run(desk.asked(order("a", 10, LABEL), send))
    dead = order("b", 100, LABEL)
    Scribe(database).write_now(lambda one: counter.opened(one, dead, NOW))
    clock.advance(timedelta(hours=1))
    run(desk.asked(order("c", 10, LABEL), send))
    assert books(database)["label"] == (20, 100)
    desk._sweep_at = 0.0
    run(desk.asked(order("d", 10, LABEL), send))
    assert books(database)["label"] == (130, 0)
    assert state_of(database, "b").state is TicketState.UNKNOWN
    assert_balanced(database)


@pytest.mark.both
def test_who_is_alone_but_finds_no_connection_is_served_by_the_thread(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    scribe = Scribe(database)
    main = threading.current_thread()

    def exhausted(_engine: sa.Engine) -> sa.Connection:
        if threading.current_thread() is main:
            raise sa.exc.TimeoutError("the pool is exhausted")
        return connect(_engine)

    async def write() -> str:
        return await scribe.handed(lambda _connection: "written", alone=True)

    connect = sa.Engine.connect
    with monkeypatch.context() as patch:
        patch.setattr(sa.Engine, "connect", exhausted)
        assert asyncio.run(write()) == "written"
