"""Paces: one row per provider says when the next request is due, for all workers together.

The generic cell rate algorithm (ITU-T I.371, annex A): the row holds the theoretical arrival time of the next
request; one that comes `slack` earlier than that is still in time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.storage.tables import paces

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def turn(
    connection: sa.Connection,
    provider: str,
    *,
    every: timedelta,
    slack: timedelta,
    now: datetime,
    longest: timedelta,
) -> timedelta:
    """How long to wait for the next turn, which is taken. One that is further off than `longest` is left to
    others: the wait is told, and nothing is taken."""
    query = sa.select(paces.c.due_micros).where(paces.c.provider == provider).with_for_update()
    micros = connection.scalar(query)
    at = (now - _EPOCH) // _MICRO
    # A row that lies further ahead than any queue reaches was written by a clock that went wrong.
    due = at if micros is None or micros - at > timedelta(hours=1) // _MICRO else max(micros, at)
    wait = timedelta(microseconds=max(0, due - slack // _MICRO - at))
    if wait <= longest:
        _put(connection, provider, due + every // _MICRO)
    return wait


def _put(connection: sa.Connection, provider: str, micros: int) -> None:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(paces).values(provider=provider, due_micros=micros)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["provider"], set_={"due_micros": micros})
    )
