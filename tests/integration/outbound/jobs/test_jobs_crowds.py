"""Many at once: no cap is passed, one job has one owner, and turns are shared, over threads and processes."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.integration.outbound.jobs.jobs_samples import NOW, WHO, House, Studio, balances, order, took

from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import BudgetSpent
from noktvrn.outbound.jobs import leases
from noktvrn.outbound.jobs.nouns import Charge, Delivery, Progress
from noktvrn.outbound.jobs.owners import Owner
from noktvrn.outbound.jobs.service import Caps
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import caps, jobs
from noktvrn.storage.ledger.tickets import TicketState

ROOM_FOR = 10
PROCESSES = 4
CALLERS = 16


def at_once(works: list[Callable[[], None]]) -> None:
    """Runs them in threads of their own, and waits."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def crowd(house: House, name: str) -> int:
    """How many of so many callers got their files."""
    desk = house.desk()
    got: list[Delivery] = []

    def call(number: int) -> None:
        try:
            mine = order(f"{name} {number}", charges=(Charge(unit="suno credits", amount=12),))
            got.append(desk.done(mine, Studio([took(f"{name}-{number}")], [house.ready("a")])))
        except BudgetSpent:
            return

    at_once([lambda number=number: call(number) for number in range(CALLERS)])  # type: ignore[misc]
    desk.close()
    return len(got)


def in_a_child(house: House, name: str) -> int:
    """The process id of a child that is such a crowd; it ends with the number."""
    child = os.fork()
    if child:
        return child
    count = 255
    try:
        house.database = Database(house.settings)
        count = crowd(house, name)
    finally:
        os._exit(count)


@pytest.mark.both
def test_sixty_four_callers_in_four_processes_never_pass_a_cap(either_house: House) -> None:
    house = either_house
    house.ready("a")
    with house.database.begin() as books:
        caps.set_cap(books, "label", "suno credits", 12 * ROOM_FOR + 11, actor="person", at=NOW)
    house.database.close()
    children = [in_a_child(house, f"child {number}") for number in range(PROCESSES)]
    counts = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert sum(counts) == ROOM_FOR
    with house.database.read() as books:
        assert balances(books, "suno credits")["label"] == (12 * ROOM_FOR, 0)
        assert len(jobs.every(books)) == ROOM_FOR


def test_two_desks_with_one_order_submit_it_once(house: House) -> None:
    looking, go = threading.Event(), threading.Event()

    def slow() -> Progress:
        looking.set()
        assert go.wait(10)
        return house.ready()

    studio = Studio([took()], [slow], Caps(first_look_s=0.01))
    got: list[Delivery] = []

    def call() -> None:
        got.append(
            house.desk(clock=SystemClock(), pause=lambda _seconds: time.sleep(0.01)).done(order(), studio)
        )

    first = threading.Thread(target=call)
    first.start()
    assert looking.wait(10)
    second = threading.Thread(target=call)
    second.start()
    second.join(0.2)
    assert second.is_alive()
    go.set()
    first.join()
    second.join()
    assert got[0] == got[1]
    assert studio.asked == ["submit", "look job-1"]


def test_a_job_of_an_owner_elsewhere_is_taken_over_when_its_lease_ends(house: House) -> None:
    interrupted = Studio([took()], [KeyboardInterrupt()])
    try:
        house.desk().done(order(), interrupted)
    except KeyboardInterrupt:
        job = house.job(order())
    with house.database.begin() as books:
        assert jobs.lease(books, job, "elsewhere", house.clock.now() + timedelta(seconds=60))
    begin = house.clock.now()
    house.desk().done(order(), Studio([took()], [house.ready()]))
    assert timedelta(seconds=60) <= house.clock.now() - begin < timedelta(seconds=70)


def test_a_provider_gets_no_more_jobs_at_once_than_it_takes(house: House) -> None:
    caps = Caps(at_once=1, first_look_s=30, deadline_s=100)
    first = Studio([took("one")], [KeyboardInterrupt(), house.ready("a")], caps)
    with contextlib.suppress(KeyboardInterrupt):
        house.desk().done(order("one"), first)
    second = Studio([took("two")], [house.ready("b")], caps)
    house.clock.waits = lambda _seconds: _tend_once(house, first)
    begin = house.clock.now()
    assert house.desk().done(order("two"), second).ref == "two"
    assert house.job(order("one")).state is TicketState.STORED
    assert house.clock.now() - begin >= timedelta(seconds=30)


def _tend_once(house: House, studio: Studio) -> None:
    if len(house.clock.waited) == 35:
        assert second_has_not_begun(house)
        house.desk().tend(lambda *_: studio, house.clock.now())


def second_has_not_begun(house: House) -> bool:
    """Whether there is one job only."""
    with house.database.read() as books:
        return len(jobs.every(books, provider=WHO)) == 1


def test_turns_are_shared_by_all_desks(house: House) -> None:
    caps = Caps(requests=1, per_s=10, first_look_s=0)
    for number in range(3):
        studio = Studio([took(f"job-{number}")], [house.ready("a")], caps)
        house.desk().done(order(attempt=number), studio)
    # Three submissions and three looks, ten seconds apart, and the first at once.
    assert house.clock.now() - NOW >= timedelta(seconds=50)


def test_a_lease_is_renewed_while_its_owner_is_at_work(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEW_S", 0.02)

    def slow() -> Progress:
        before = house.job(order()).leased_until
        assert before is not None
        house.clock.advance(timedelta(seconds=50))
        end = time.monotonic() + 10
        while house.job(order()).leased_until == before and time.monotonic() < end:
            time.sleep(0.01)
        after = house.job(order()).leased_until
        assert after is not None
        assert after - house.clock.now() == leases.LEASE
        return house.ready()

    assert house.desk().done(order(), Studio([took()], [slow])).files


def test_an_owner_is_dead_once_its_lock_is_gone(tmp_path: Path) -> None:
    mine, other = Owner(tmp_path), Owner(tmp_path)
    name = other.name
    assert not mine.is_dead(name)
    assert not mine.is_dead(mine.name)
    assert not mine.is_dead("0" * 24)  # one of another machine
    child = os.fork()
    if not child:
        there = Owner(tmp_path).name
        (tmp_path / "said").write_text(there)
        os._exit(0)
    os.waitpid(child, 0)
    assert mine.is_dead((tmp_path / "said").read_text())
    other.leave()
    assert not (tmp_path / name).exists()
