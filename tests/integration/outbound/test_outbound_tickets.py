"""Tickets on both databases: one answer per key, every move by the table, nothing sent twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
import sqlalchemy as sa

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import Conflict, LabelError, Refused, Unavailable
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.outbound.tickets import Order, Tickets
from noktvrn.settings import Settings
from noktvrn.storage import migrate, tables
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import tickets
from noktvrn.storage.ledger.tickets import MOVES, Event, TicketState

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ORDER = Order(key="llm:1", provider="openai", purpose="llm.titles", request_hash="a" * 64)
FREE = Order(key="llm:1", provider="local", purpose="llm.titles", request_hash="a" * 64, free=True)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = Database(settings)
    migrate.upgrade(opened)
    yield opened
    opened.close()


class Sender:
    """Counts what it sends; answers or fails as told."""

    def __init__(self, *outcomes: str | BaseException) -> None:
        self.outcomes = list(outcomes)
        self.sent = 0

    def __call__(self) -> str:
        self.sent += 1
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


def desk(database: Database) -> Tickets:
    return Tickets(database, FixedClock(NOW))


def state(database: Database) -> TicketState:
    with database.read() as connection:
        found = tickets.find(connection, ORDER.key)
    assert found is not None
    return found.state


def lost() -> LabelError:
    return Unavailable("cut off", code=OUTCOME_UNKNOWN)


def test_the_second_asker_gets_the_stored_answer(database: Database) -> None:
    send = Sender("words")
    assert desk(database).ask(ORDER, send) == "words"
    assert desk(database).ask(ORDER, send) == "words"
    assert send.sent == 1
    assert state(database) is TicketState.ANSWERED


@pytest.mark.both
def test_the_ticket_is_committed_before_the_request_leaves(database: Database) -> None:
    seen = []

    def send() -> str:
        seen.append(state(database))
        return "words"

    desk(database).ask(ORDER, send)
    assert seen == [TicketState.OPEN]


def test_a_refused_request_may_be_sent_again(database: Database) -> None:
    send = Sender(Refused("no", code="outside.refused"), "words")
    with pytest.raises(Refused):
        desk(database).ask(ORDER, send)
    assert state(database) is TicketState.REFUSED
    assert desk(database).ask(ORDER, send) == "words"
    assert send.sent == 2


def test_after_an_unknown_outcome_nothing_is_sent(database: Database) -> None:
    send = Sender(lost(), "words")
    for _ in range(3):
        with pytest.raises(Unavailable) as caught:
            desk(database).ask(ORDER, send)
        assert caught.value.code == OUTCOME_UNKNOWN
    assert send.sent == 1
    assert state(database) is TicketState.UNKNOWN


@pytest.mark.parametrize("end", [KeyboardInterrupt(), ZeroDivisionError()])
def test_a_ticket_left_open_by_a_crash_counts_as_unknown(database: Database, end: BaseException) -> None:
    send = Sender(end, "words")
    with pytest.raises(type(end)):
        desk(database).ask(ORDER, send)
    assert state(database) is TicketState.OPEN
    with pytest.raises(Unavailable):
        desk(database).ask(ORDER, send)
    assert state(database) is TicketState.UNKNOWN
    assert send.sent == 1


def test_a_free_server_is_asked_again(database: Database) -> None:
    send = Sender(lost(), KeyboardInterrupt(), "words")
    with pytest.raises(Unavailable):
        desk(database).ask(FREE, send)
    with pytest.raises(KeyboardInterrupt):
        desk(database).ask(FREE, send)
    assert desk(database).ask(FREE, send) == "words"
    assert state(database) is TicketState.ANSWERED


@pytest.mark.both
def test_one_process_finds_anothers_open_ticket_and_the_late_answer_still_counts(database: Database) -> None:
    send = Sender("never")

    def slowly() -> str:
        with pytest.raises(Unavailable):
            desk(database).ask(ORDER, send)  # another process: a desk of its own
        assert state(database) is TicketState.UNKNOWN
        return "late words"

    assert desk(database).ask(ORDER, slowly) == "late words"
    assert desk(database).ask(ORDER, send) == "late words"
    assert send.sent == 0


def test_a_key_belongs_to_its_words(database: Database) -> None:
    desk(database).ask(ORDER, Sender("words"))
    other = Order(key=ORDER.key, provider="openai", purpose="llm.titles", request_hash="b" * 64)
    with pytest.raises(Conflict):
        desk(database).ask(other, Sender("other words"))


def new_ticket(connection: sa.Connection, key: str) -> bool:
    return tickets.add(connection, key=key, at=NOW, provider="p", purpose="t", request_hash="c" * 64)


def test_the_ledger_moves_by_the_table_and_nowhere_else(database: Database) -> None:
    for source in TicketState:
        for event in get_args(Event):
            key = f"{source}/{event}"
            with database.begin() as connection:
                assert new_ticket(connection, key)
                assert not new_ticket(connection, key)
                connection.execute(
                    tables.tickets.update().where(tables.tickets.c.key == key).values(state=source)
                )
                later = NOW + timedelta(seconds=1)
                moved = tickets.move(connection, key, event, at=later, data={"n": 1})
                found = tickets.find(connection, key)
            assert found is not None
            assert found.state is MOVES.get((source, event), source)
            assert moved is ((source, event) in MOVES)
            assert (found.data == {"n": 1}) is moved


def test_an_answered_ticket_moves_no_more() -> None:
    assert [event for source, event in MOVES if source is TicketState.ANSWERED] == []


def test_times_tell_when_a_ticket_was_opened_and_closed(database: Database) -> None:
    clock = FixedClock(NOW)
    send = Sender(Refused("no", code="outside.refused"), "words")
    with pytest.raises(Refused):
        Tickets(database, clock).ask(ORDER, send)
    clock.advance(timedelta(hours=1))
    Tickets(database, clock).ask(ORDER, send)
    with database.read() as connection:
        found = tickets.find(connection, ORDER.key)
    assert found is not None
    assert found.opened_at == found.closed_at == NOW + timedelta(hours=1)
    assert found.id.startswith("tkt_")
