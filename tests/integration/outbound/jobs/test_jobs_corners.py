"""Two things at once: a full disk, a clock that jumps, a budget that fills up, a job that breaks off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.integration.outbound.jobs.jobs_samples import WHO, House, Studio, balances, order, took

from noktvrn.kernel.errors import BudgetSpent, LabelError, TimedOut, Unavailable
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.outbound.jobs import fetching, leases, sidecar
from noktvrn.outbound.jobs.desk import JobDesk
from noktvrn.outbound.jobs.nouns import Charge, JobOrder, Progress, Remote, Submitted
from noktvrn.outbound.jobs.room import Room
from noktvrn.outbound.jobs.service import Caps
from noktvrn.outbound.rules import Trace
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.outbound.wire import tell
from noktvrn.storage.ledger import caps, jobs, tickets
from noktvrn.storage.ledger.tickets import TicketState

S = TicketState
HOUR = timedelta(hours=1)
UNIT = "downloads"
SIGNED = "5ec" + "2e7"


def books_of(house: House, unit: str) -> set[tuple[int, int]]:
    """Spent and held, the same in every scope."""
    with house.database.read() as books:
        return set(balances(books, unit).values())


def cap(house: House, amount: int) -> None:
    """A person's cap for the label."""
    with house.database.begin() as books:
        caps.set_cap(books, "label", UNIT, amount, actor="me", at=house.clock.now())


def test_a_full_budget_leaves_what_an_open_question_holds(house: House) -> None:
    mine = order(free=True, charges=(Charge(unit=UNIT, amount=1),))
    with pytest.raises(Unavailable):
        house.desk().done(mine, Studio([trouble(Trouble.UNKNOWN, WHO)]))
    cap(house, 0)
    for _ in range(3):
        with pytest.raises(BudgetSpent):
            house.desk().done(mine, Studio([took()], [house.ready()]))
        assert books_of(house, UNIT) == {(0, 1)}
    cap(house, 1)
    house.desk().done(mine, Studio([took()], [house.ready()]))
    assert books_of(house, UNIT) == {(1, 0)}


def test_what_the_service_told_counts_for_found_files_too(house: House) -> None:
    told = (Charge(amount=1000), Charge(unit="suno credits", amount=2))
    studio = Studio([took(charged=told)], [Progress(state="running")], Caps(deadline_s=60))
    with pytest.raises(TimedOut):
        house.desk().done(order(), studio)
    song = Path(house.file("mine").url.removeprefix("file:"))
    done = house.desk().settle(house.job(order()).id, found=[song])
    assert (done.cost, done.units, done.data["cost_known"]) == (1000, {"suno credits": [0, 2]}, True)
    assert books_of(house, "USD") == {(1000, 0)}


@pytest.mark.parametrize(
    "end",
    [
        Progress(state="failed", message="GPU on fire"),
        Progress(state="lost"),
        trouble(Trouble.EXPIRED, WHO),
        Progress(state="running"),
    ],
)
def test_what_came_of_a_job_that_breaks_off_is_its_result(house: House, end: Any) -> None:
    part = Progress(state="partial", files=(house.file("a"), Remote(clip="b", url="", kind="audio")))
    studio = Studio([took()], [part, end], Caps(deadline_s=60, stale_s=7200))
    for _ in range(4):
        try:
            delivery = house.desk().done(order(), studio)
            break
        except TimedOut:
            house.clock.advance(HOUR)
            house.desk().tend(lambda *_: studio, house.clock.now())
    assert [file.clip for file in delivery.files] == ["a"]
    assert house.job(order()).state is S.STORED
    assert house.events(order())[-4:] == ["finish", "fetch", "verify", "store"]
    assert (books_of(house, "USD"), studio.submissions) == ({(60_000, 0)}, 1)


def test_nothing_is_asked_where_the_answer_has_no_place(house: House) -> None:
    studio = Studio([took()], [house.ready()])
    with no_more_folders(), pytest.raises(Unavailable) as caught:
        house.desk().done(order(), studio)
    assert (caught.value.code, studio.asked) == ("spool.unwritable", [])
    assert (house.job(order()).state, books_of(house, "USD")) == (S.REFUSED, {(0, 0)})
    assert len(house.desk().done(order(), studio).files) == 2


@contextmanager
def no_more_folders() -> Iterator[None]:
    """A disk with no room for the folder of a job."""
    real = Path.mkdir

    def full(path: Path, *args: Any, **more: Any) -> None:
        if path.parent.name.startswith("tkt_"):
            raise OSError(28, "No space left on device")
        real(path, *args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "mkdir", full)
        yield


def test_a_failure_of_our_own_after_the_order_left_is_no_refusal(house: House) -> None:
    def answered() -> Submitted:
        trace = Trace()
        trace.sent, trace.status = True, 200
        tell(trace)
        raise Unavailable("The disk is full.", code="disk.full")

    studio = Studio([answered])
    for _ in range(2):
        with pytest.raises(LabelError) as caught:
            house.desk().done(order(), studio)
        assert caught.value.code == OUTCOME_UNKNOWN
    assert studio.asked == ["submit"]


class Clumsy(Studio):
    """A service whose player has a mistake in it."""

    def salvage(self, order: JobOrder, spool: Path) -> Submitted | None:
        """Fails."""
        raise KeyError(f"https://assets.example/song?sig={SIGNED}")


def test_a_mistake_in_a_player_leaves_no_order_open_and_no_address_in_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(KeyboardInterrupt):
        house.desk().done(order(), Studio([KeyboardInterrupt()]))
    with pytest.raises(LabelError) as caught:
        house.desk().done(order(), Clumsy([took()]))
    assert caught.value.code == OUTCOME_UNKNOWN
    assert house.job(order()).state is S.UNKNOWN
    assert "KeyError" in caplog.text
    assert SIGNED not in caplog.text


class Slow:
    """An order that is being sent by a first desk, until it is let go on."""

    def __init__(self, house: House, desk: JobDesk) -> None:
        self.sent, self.go_on = threading.Event(), threading.Event()
        self.studio = Studio([self._submitted], [house.ready()])
        self.brought: list[str] = []
        self._desk = desk
        self._thread = threading.Thread(target=self._order)

    def _submitted(self) -> Submitted:
        self.sent.set()
        assert self.go_on.wait(20)
        return took()

    def _order(self) -> None:
        self.brought += [file.clip for file in self._desk.done(order(), self.studio).files]

    def __enter__(self) -> Slow:
        self._thread.start()
        assert self.sent.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._thread.join(20)


def test_a_clock_that_jumps_takes_no_order_from_a_process_that_lives(house: House) -> None:
    with Slow(house, house.desk()) as slow:
        house.clock.advance(HOUR)
        other = Studio([took("again")], [house.ready()])
        with pytest.raises(TimedOut):
            house.desk().done(order(), other)
        assert (other.asked, house.news, house.job(order()).state) == ([], [], S.OPEN)
    assert slow.brought == ["a", "b"]


def test_an_answer_that_comes_after_all_is_taken_although_the_disk_is_full(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sidecar, "write", full)
    elsewhere = JobDesk(
        house.database, house.clock, house.vault, tmp_path / "spool", house.door, house.settings
    )
    with Slow(house, house.desk()) as slow:
        house.clock.advance(HOUR)
        with pytest.raises(LabelError) as caught:
            elsewhere.done(order(), Studio([took("again")], [house.ready()]))
        assert caught.value.code == OUTCOME_UNKNOWN
    assert slow.brought == ["a", "b"]
    assert house.events(order())[:3] == ["order", "loss", "submit"]


def test_a_mistake_in_a_look_ends_no_run(house: House, caplog: pytest.LogCaptureFixture) -> None:
    mistake = ValueError(f"https://assets.example/song?sig={SIGNED}")
    studio = Studio([took()], [mistake, house.ready()])
    assert len(house.desk().done(order(), studio).files) == 2
    assert "ValueError" in caplog.text
    assert SIGNED not in caplog.text


def test_names_a_service_gives_reach_no_terminal_with_their_tricks(house: House) -> None:
    song = house.file("a").model_copy(update={"clip": "a\x1b]0;owned\x07\u202e"})
    studio = Studio([took("job\x1b[2J-1")], [Progress(state="ready", files=(song,))])
    delivery = house.desk().done(order(), studio)
    assert (delivery.ref, delivery.files[0].clip) == ("job[2J-1", "a]0;owned")


@pytest.mark.parametrize("where", ["look", "fetch", "kept", "_stored"])
def test_ctrl_c_in_any_phase_leaves_a_job_that_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def stop(*_: object, **__: object) -> Any:
        raise KeyboardInterrupt

    studio = Studio([took()], [stop, house.ready()] if where == "look" else [house.ready()])
    if where == "fetch":
        monkeypatch.setattr(house.door, "fetch", stop)
    elif where != "look":
        monkeypatch.setattr(fetching, where, stop)
    with pytest.raises(KeyboardInterrupt):
        house.desk().done(order(), studio)
    assert house.job(order()).owner is None
    monkeypatch.undo()
    assert len(house.desk().done(order(), studio).files) == 2
    assert (studio.submissions, books_of(house, "USD")) == (1, {(60_000, 0)})


def test_a_ledger_that_fails_after_the_answer_costs_no_order(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, broken = house.desk(), Unavailable("The ledger does not answer.", code="database.busy")

    def answered() -> Submitted:
        def fails(*_: object) -> Any:
            raise broken

        monkeypatch.setattr(Room, "write", fails)
        return took()

    studio = Studio([answered], [house.ready()])
    with pytest.raises(Unavailable) as caught:
        desk.done(order(), studio)
    assert (caught.value, house.job(order()).state) == (broken, S.OPEN)
    monkeypatch.undo()
    monkeypatch.setattr(leases, "LEFT_S", 0.0)  # its owner lives, but looks after it no more
    assert len(house.desk().done(order(), studio).files) == 2
    assert studio.submissions == 1


@pytest.mark.both
def test_who_only_reads_waits_for_no_writer(either_house: House) -> None:
    house = either_house
    house.desk().done(order(), Studio([took()], [house.ready()]))
    ticket, read = house.job(order()).id, threading.Event()

    def look() -> None:
        with house.database.read() as books:
            jobs.get(books, ticket, lock=False)
            tickets.get(books, ticket, lock=False)
            read.set()

    with house.database.begin() as books:
        jobs.get(books, ticket)
        thread = threading.Thread(target=look)
        thread.start()
        assert read.wait(10)
    thread.join(10)
