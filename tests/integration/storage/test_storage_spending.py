"""A label that is older than its runs' costs: its tickets know their runs after the update."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import spending
from noktvrn.storage.tables import llm_calls, llm_sessions, tickets

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RUN = "run_0000000000001"
ARTIST = "art_0000000000001"


@pytest.mark.usefixtures("real_migrations")
@pytest.mark.both
def test_older_tickets_are_told_apart_by_their_runs(settings: Settings) -> None:
    database = Database(settings)
    migrate.upgrade(database)
    migrate.downgrade(database, "0017")
    with database.begin() as connection:
        for name, kind, order in (
            ("song", "audio", {"errand": {"artist_id": ARTIST, "run_id": RUN}}),
            ("portrait", "picture", {"errand": {"artist_id": ARTIST}}),
            ("lyrics", "words", {}),
            ("profile", "words", {}),
            ("loose", "words", {}),
        ):
            _put_ticket(connection, name, kind, order)
        _put_session(connection, "lyrics", RUN)
        _put_session(connection, "profile", ARTIST)
    migrate.upgrade(database)
    with database.read() as connection:
        known = connection.execute(sa.select(tickets.c.ticket_id, tickets.c.run_id)).all()
        assert spending.of_runs(connection, [RUN]) == 2 * 105
    assert {name: run for name, run in known if run} == {"song": RUN, "lyrics": RUN}
    database.close()


def _put_ticket(connection: sa.Connection, name: str, kind: str, order: dict[str, Any]) -> None:
    told = {"ticket_id": name, "key": name, "provider": "p", "purpose": "x", "request_hash": "a" * 64}
    more = {"state": "open", "data": {}, "kind": kind, "job": order, "held": 5, "cost": 100}
    _insert(connection, tickets, {**told, **more, "opened_at": NOW})


def _put_session(connection: sa.Connection, name: str, subject: str) -> None:
    times = {"opened_at": NOW, "closed_at": NOW}
    row = {"session_id": name, "task": "x", "subject": subject, "status": "ok", "data": {}}
    _insert(connection, llm_sessions, {**row, **times})
    call = {"session_id": name, "number": 1, "ticket_id": name, "task": "x", "provider": "p", "model": "m"}
    _insert(connection, llm_calls, {**call, "prompt": "p", "outcome": "answered", "data": {}, "at": NOW})


def _insert(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> None:
    """Into a table as it was: with the columns that are named, and no others."""
    older = sa.table(table.name, *(sa.column(name, table.c[name].type) for name in row))
    connection.execute(older.insert().values(**row))
