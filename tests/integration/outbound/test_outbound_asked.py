"""Tickets with reservations: how every end of a request is charged, and what a person can still say."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.integration.outbound.outbound_samples import (
    NOW,
    assert_balanced,
    books,
    desk,
    order,
    state_of,
)

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import (
    BudgetSpent,
    Conflict,
    Invalid,
    LabelError,
    NotFound,
    NotReady,
    Refused,
    Unavailable,
)
from noktvrn.outbound import counter
from noktvrn.outbound.budgets import Scope
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.outbound.loop import run
from noktvrn.outbound.rules import Trace
from noktvrn.outbound.scribe import Scribe
from noktvrn.outbound.tickets import Order, Receipt, Tickets
from noktvrn.outbound.wire import tell
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger.tickets import Ticket, TicketState

LABEL = Scope("label", 100)
HOUR = timedelta(hours=1)
CHILD = """
    import asyncio, sys
    from pathlib import Path
    from noktvrn.outbound.budgets import Scope
    from noktvrn.outbound.loop import run
    from noktvrn.settings import Settings
    from noktvrn.storage.database import Database
    from tests.integration.outbound.outbound_samples import desk, order

    home, url = sys.argv[1:]
    database = Database(Settings(home=Path(home), database_url=url or None, _env_file=None))

    async def send():
        print("sending", flush=True)
        await asyncio.sleep(600)

    run(desk(database).asked(order("k", 60, Scope("label", 100)), send))
"""


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = Database(settings)
    migrate.upgrade(opened)
    yield opened
    opened.close()


def wish(key: str = "k", worst: int = 60) -> Order:
    return order(key, worst, LABEL)


def answering(cost: int = 7, *, known: bool = True) -> Callable[[], Awaitable[Receipt]]:
    async def send() -> Receipt:
        return Receipt("words", cost, known)

    return send


def failing(error: BaseException, *, sent: bool = False) -> Callable[[], Awaitable[Receipt]]:
    async def send() -> Receipt:
        tell(Trace(sent=sent))
        raise error

    return send


def lost() -> LabelError:
    return Unavailable("cut off", code=OUTCOME_UNKNOWN)


@pytest.mark.both
def test_an_answer_costs_what_it_cost_once(database: Database) -> None:
    tickets = desk(database)
    assert run(tickets.asked(wish(), answering())) == Receipt("words", 7)
    assert run(tickets.asked(wish(), failing(ZeroDivisionError()))) == Receipt("words", 0)
    assert books(database) == {"label": (7, 0)}
    assert state_of(database, "k").cost == 7


def test_while_it_is_under_way_the_worst_case_is_held(database: Database) -> None:
    seen = []

    async def send() -> Receipt:
        seen.append(books(database))
        return Receipt("words", 7, cost_known=False)

    run(desk(database).asked(wish(), send))
    assert seen == [{"label": (0, 60)}]
    assert state_of(database, "k").cost_known is False


@pytest.mark.parametrize(
    ("error", "sent", "state", "spent"),
    [
        (Refused("no"), True, TicketState.REFUSED, 0),
        (lost(), True, TicketState.UNKNOWN, 60),
        (asyncio.CancelledError(), False, TicketState.REFUSED, 0),
        (asyncio.CancelledError(), True, TicketState.UNKNOWN, 60),
        (ZeroDivisionError(), False, TicketState.REFUSED, 0),
        (ZeroDivisionError(), True, TicketState.UNKNOWN, 60),
    ],
)
def test_every_other_end_is_charged_by_what_may_have_happened(
    database: Database, error: BaseException, sent: bool, state: TicketState, spent: int
) -> None:
    with pytest.raises(type(error)):
        run(desk(database).asked(wish(), failing(error, sent=sent)))
    ticket = state_of(database, "k")
    assert (ticket.state, ticket.cost, ticket.cost_known) == (state, spent, spent == 0)
    assert books(database) == {"label": (spent, 0)}


def test_after_an_unknown_outcome_nothing_is_sent_and_nothing_is_held(database: Database) -> None:
    for error in (lost(), ZeroDivisionError(), ZeroDivisionError()):
        with pytest.raises(Unavailable) as caught:
            run(desk(database).asked(wish(), failing(error)))
        assert caught.value.code == OUTCOME_UNKNOWN
    assert books(database) == {"label": (60, 0)}


def test_without_room_nothing_is_sent_and_no_ticket_is_opened(database: Database) -> None:
    run(desk(database).asked(wish("first", 60), answering(60)))
    with pytest.raises(BudgetSpent) as caught:
        run(desk(database).asked(wish("second", 60), failing(ZeroDivisionError())))
    assert caught.value.code == "budget.full"
    assert "label" in caught.value.message
    with pytest.raises(AssertionError):
        state_of(database, "second")
    # What was answered before is at hand all the same.
    assert run(desk(database).asked(wish("first", 60), failing(ZeroDivisionError()))).text == "words"
    assert_balanced(database)


def test_a_refused_one_is_asked_again_if_there_is_room(database: Database) -> None:
    with pytest.raises(Refused):
        run(desk(database).asked(wish(), failing(Refused("no"))))
    assert run(desk(database).asked(wish(), answering(9))).cost_micros == 9
    assert books(database) == {"label": (9, 0)}


@pytest.mark.both
def test_many_at_once_who_want_the_same_ask_once(database: Database) -> None:
    tickets = desk(database)
    sent = []

    async def send() -> Receipt:
        sent.append(1)
        await asyncio.sleep(0.01)
        return Receipt("words", 7)

    async def all_of_them() -> list[Receipt]:
        return await asyncio.gather(*(tickets.asked(wish(), send) for _ in range(50)))

    assert {receipt.text for receipt in run(all_of_them())} == {"words"}
    assert sent == [1]
    assert books(database) == {"label": (7, 0)}


def test_a_caller_who_leaves_at_any_moment_leaves_nothing_held(database: Database) -> None:
    tickets = desk(database)

    async def leave(number: int) -> None:
        task = asyncio.ensure_future(tickets.asked(wish(f"k{number}", 1), answering(1)))
        for _ in range(number):
            await asyncio.sleep(0)
        await asyncio.sleep(number * 0.0002)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def all_of_them() -> None:
        for number in range(25):
            await leave(number)

    run(all_of_them())
    assert books(database)["label"][1] == 0
    assert_balanced(database)


def test_a_note_is_written_in_the_transaction_that_closes_the_ticket(database: Database) -> None:
    noted: list[Ticket] = []

    def note(connection: sa.Connection, ticket: Ticket) -> None:
        assert connection.execute(sa.text("SELECT state FROM tickets")).scalar() == "answered"
        noted.append(ticket)

    run(desk(database).asked(wish(), answering(), note))
    assert noted == [state_of(database, "k")]


def test_a_note_that_fails_does_not_keep_the_books_open(database: Database) -> None:
    def note(connection: sa.Connection, ticket: Ticket) -> None:
        del connection, ticket
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(desk(database).asked(wish(), answering(), note))
    assert state_of(database, "k").state is TicketState.ANSWERED
    assert books(database) == {"label": (7, 0)}


@pytest.mark.both
def test_killed_between_holding_and_settling(database: Database, settings: Settings) -> None:
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    words = [sys.executable, "-c", textwrap.dedent(CHILD), str(settings.home), url]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "sending\n"
        child.send_signal(signal.SIGKILL)
    assert books(database) == {"label": (0, 60)}
    tickets = desk(database)
    assert tickets.sweep(NOW + timedelta(seconds=90)) == 0  # its deadline passed less than the grace ago
    assert tickets.sweep(NOW + HOUR) == 1
    assert tickets.sweep(NOW + HOUR) == 0
    ticket = state_of(database, "k")
    assert (ticket.state, ticket.cost, ticket.cost_known) == (TicketState.UNKNOWN, 60, False)
    assert books(database) == {"label": (60, 0)}
    with pytest.raises(BudgetSpent):
        run(tickets.asked(wish("next", 60), answering()))
    assert run(tickets.asked(wish("next", 40), answering())).text == "words"


def test_a_new_process_writes_off_what_a_dead_one_held(database: Database) -> None:
    Scribe(database).write_now(lambda connection: counter.opened(connection, wish("dead"), NOW))
    later = Tickets(database, FixedClock(NOW + HOUR))
    run(later.asked(wish("next", 40), answering()))
    assert state_of(database, "dead").state is TicketState.UNKNOWN
    assert books(database) == {"label": (67, 0)}


def test_what_this_process_is_at_is_not_swept(database: Database) -> None:
    tickets = desk(database)

    async def send() -> Receipt:
        return Receipt(str(await asyncio.to_thread(tickets.sweep, NOW + HOUR)), 7)

    assert run(tickets.asked(wish(), send)).text == "0"
    assert books(database) == {"label": (7, 0)}


def test_a_late_answer_corrects_what_was_charged_for_an_unknown_one(database: Database) -> None:
    async def slowly() -> Receipt:
        assert await asyncio.to_thread(desk(database).sweep, NOW + HOUR) == 1
        assert books(database) == {"label": (60, 0)}
        return Receipt("late words", 7)

    assert run(desk(database).asked(wish(), slowly)).text == "late words"
    assert books(database) == {"label": (7, 0)}
    ticket = state_of(database, "k")
    assert (ticket.state, ticket.cost, ticket.data["text"]) == (TicketState.ANSWERED, 7, "late words")


def test_an_answer_after_a_person_gave_it_up_is_still_paid_for(database: Database) -> None:
    async def slowly() -> Receipt:
        other = desk(database)
        await asyncio.to_thread(other.sweep, NOW + HOUR)
        await asyncio.to_thread(lambda: other.settle(state_of(database, "k").id, lost=True))
        assert books(database) == {"label": (0, 0)}
        return Receipt("late words", 7)

    assert run(desk(database).asked(wish(), slowly)).text == "late words"
    assert books(database) == {"label": (7, 0)}


def unknown(database: Database) -> Ticket:
    with pytest.raises(Unavailable):
        run(desk(database).asked(wish(), failing(lost())))
    return state_of(database, "k")


def test_a_person_says_it_was_lost(database: Database) -> None:
    settled = desk(database).settle(unknown(database).id, lost=True)
    assert (settled.state, settled.cost, settled.cost_known) == (TicketState.REFUSED, 0, True)
    assert books(database) == {"label": (0, 0)}
    assert run(desk(database).asked(wish(), answering())).text == "words"


def test_a_person_says_what_the_answer_was_and_cost(database: Database) -> None:
    settled = desk(database).settle(unknown(database).id, found_text="found words", cost=5)
    assert (settled.state, settled.cost, settled.cost_known) == (TicketState.ANSWERED, 5, True)
    assert books(database) == {"label": (5, 0)}
    assert run(desk(database).asked(wish(), failing(ZeroDivisionError()))).text == "found words"


def test_a_person_corrects_a_cost(database: Database) -> None:
    run(desk(database).asked(wish(), answering(7, known=False)))
    settled = desk(database).settle(state_of(database, "k").id, cost=11)
    assert (settled.state, settled.cost, settled.cost_known) == (TicketState.ANSWERED, 11, True)
    assert settled == state_of(database, "k")
    assert books(database) == {"label": (11, 0)}


def test_what_a_person_cannot_say(database: Database) -> None:
    tickets = desk(database)
    with pytest.raises(NotFound):
        tickets.settle("tkt_0000000000000", lost=True)
    ticket = unknown(database).id
    for wrong in ({}, {"lost": True, "cost": 4}, {"lost": True, "found_text": "x"}, {"cost": -1}):
        with pytest.raises(Invalid):
            tickets.settle(ticket, **wrong)
    Scribe(database).write_now(lambda connection: counter.opened(connection, wish("open", 1), NOW))
    with pytest.raises(NotReady):
        tickets.settle(state_of(database, "open").id, lost=True)
    tickets.settle(ticket, lost=True)
    with pytest.raises(Conflict):
        tickets.settle(ticket, found_text="words")
    assert_balanced(database)


@pytest.mark.both
def test_two_event_loops_and_a_thread_share_one_wish(database: Database) -> None:
    tickets = Tickets(database, FixedClock(NOW))
    sent, told = [], []

    async def send() -> Receipt:
        sent.append(1)
        await asyncio.sleep(0.05)
        return Receipt("words")

    def plain() -> str:
        sent.append(1)
        return "words"

    def ask_in_a_loop() -> None:
        told.append(asyncio.run(tickets.asked(wish(worst=0), send)).text)

    threads = [threading.Thread(target=ask_in_a_loop) for _ in range(3)]
    threads.append(threading.Thread(target=lambda: told.append(tickets.ask(wish(worst=0), plain))))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["words"] * 4
    assert sent == [1]
