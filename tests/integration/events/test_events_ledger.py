"""Events on both databases: written with what they tell of, read without a gap, whoever commits first."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from noktvrn.model.event import Event
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.event_tables import events as table
from noktvrn.storage.ledger import events

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

pytestmark = pytest.mark.both


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = Database(settings)
    migrate.upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def server(postgres_url: str) -> Iterator[Database]:
    opened = Database(Settings(database_url=postgres_url, _env_file=None))
    yield opened
    opened.close()


def tell(connection: sa.Connection, subject: str, *, run_id: str = "", days: int = 0) -> None:
    at = NOW + timedelta(days=days)
    events.add(connection, kind="run.queued", subject=subject, run_id=run_id, artist_id=f"a{subject}", at=at)


def read(database: Database, number: int = 0, limit: int = 500) -> tuple[Event, ...]:
    with database.read() as connection:
        return events.after(connection, number, limit=limit)


def walk(database: Database, number: int = 0, limit: int = 500) -> list[str]:
    """All that is there from a number on, page by page."""
    found: list[str] = []
    while page := read(database, number, limit):
        found += [event.subject for event in page]
        number = page[-1].number
    return found


def test_an_event_comes_back_as_it_was_told(database: Database) -> None:
    with database.begin() as connection:
        told: dict[str, Any] = {
            "artist_id": "art_1",
            "run_id": "run_1",
            "state": "failed",
            "detail": {"error": "no ✓"},
        }
        events.add(connection, kind="run.failed", subject="run_1", at=NOW, **told)
    (event,) = read(database)
    assert event == Event(number=event.number, at=NOW, kind="run.failed", subject="run_1", **told)


def test_what_is_rolled_back_was_never_told(database: Database) -> None:
    with database.engine.begin() as connection:
        tell(connection, "never")
        connection.rollback()
    with database.begin() as connection:
        tell(connection, "told")
    assert walk(database) == ["told"]


def test_every_page_and_every_filter_keeps_the_order(database: Database) -> None:
    for number in range(7):
        with database.begin() as connection:
            tell(connection, str(number), run_id=f"run_{number % 2}")
    assert walk(database, limit=2) == [str(number) for number in range(7)]
    with database.read() as connection:
        odd = events.after(connection, 0, run_id="run_1")
        mine = events.after(connection, 0, artist_id="a4")
    assert [event.subject for event in odd] == ["1", "3", "5"]
    assert [event.subject for event in mine] == ["4"]


def test_who_begins_now_sees_only_what_is_new(database: Database) -> None:
    with database.read() as connection:
        assert events.last(connection) == 0
    with database.begin() as connection:
        tell(connection, "old")
    with database.read() as connection:
        start = events.last(connection)
    with database.begin() as connection:
        tell(connection, "new")
    assert walk(database, start) == ["new"]


def test_old_events_are_forgotten_and_numbers_never_return(database: Database) -> None:
    for number in range(4):
        with database.begin() as connection:
            tell(connection, str(number), days=number)
    before = [event.number for event in read(database)]
    with database.begin() as connection:
        assert events.forget(connection, NOW + timedelta(days=2)) == 2
        assert events.forget(connection, NOW + timedelta(days=9)) == 1  # the newest stays
        tell(connection, "next")
    assert walk(database, before[0]) == ["3", "next"]  # from a number that is gone
    assert read(database)[-1].number > before[-1]


def test_copied_events_come_before_those_of_the_new_home(database: Database) -> None:
    copied = {"kind": "run.queued", "run_id": "", "state": "", "detail": {}, "at": NOW}
    with database.begin() as connection:
        rows = [
            {"artist_id": "a", "number": number, "xact": 9_000_000, "subject": f"old {number}", **copied}
            for number in (3, 4)
        ]
        connection.execute(table.insert(), rows)
        events.settle(connection)
    with database.begin() as connection:
        tell(connection, "new")
    assert walk(database) == ["old 3", "old 4", "new"]
    assert walk(database, 4) == ["new"]


def test_late_committers_are_neither_skipped_nor_told_twice(server: Database) -> None:
    """Numbers are drawn in one order and committed in the other, with a reader in between."""
    first, second = server.engine.connect(), server.engine.connect()
    with first, second:
        early, late = first.begin(), second.begin()
        tell(second, "late")  # the older transaction id draws the later number below
        tell(first, "early")
        tell(second, "late again")
        early.commit()
        seen = read(server)
        assert seen == ()  # an older transaction is still at work: nothing may be shown yet
        late.commit()
    found = walk(server)
    assert sorted(found) == ["early", "late", "late again"]
    assert found == ["late", "late again", "early"]  # the reader's order, whatever the numbers are


@rules(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.tuples(st.integers(0, 3), st.sampled_from("tcrs")), max_size=24))
def test_readers_miss_nothing_whatever_the_writers_do(server: Database, plan: list[tuple[int, str]]) -> None:
    """Four writers tell, commit, roll back; a reader looks (`s`) and goes on from its last id."""
    with server.read() as connection:
        place = start = events.last(connection)
    writers = [server.engine.connect() for _ in range(4)]
    pending: list[list[str]] = [[], [], [], []]
    seen: list[str] = []
    told: list[str] = []

    def look() -> None:
        nonlocal place
        page = read(server, place, 2)
        seen.extend(event.subject for event in page)
        place = page[-1].number if page else place

    for step, (who, act) in enumerate(plan):
        if act == "t":
            if not writers[who].in_transaction():
                writers[who].begin()
            tell(writers[who], f"{who}.{step}")
            pending[who].append(f"{who}.{step}")
        elif act == "s":
            look()
        else:
            writers[who].commit() if act == "c" else writers[who].rollback()
            told += pending[who] if act == "c" else []
            pending[who] = []
    for writer in writers:
        writer.close()
    for _ in told:
        look()
    assert sorted(seen) == sorted(told)
    numbers = [event.number for event in read(server, start)]
    for place_before, number in enumerate(numbers):  # resumption from any id
        assert [event.number for event in read(server, number)] == numbers[place_before + 1 :]


def test_many_writers_at_once_and_a_reader_beside_them(server: Database) -> None:
    def write(who: int) -> None:
        for number in range(25):
            with server.begin() as connection:
                tell(connection, f"{who}.{number}")
                if number % 3 == 0:
                    connection.execute(sa.text("SELECT pg_sleep(0.002)"))

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    seen: list[str] = []
    place = 0
    while any(thread.is_alive() for thread in threads) or read(server, place):
        page = read(server, place, 7)
        seen += [event.subject for event in page]
        place = page[-1].number if page else place
    assert len(seen) == len(set(seen)) == 100
    for who in range(4):
        mine = [subject for subject in seen if subject.startswith(f"{who}.")]
        assert mine == [f"{who}.{number}" for number in range(25)]
