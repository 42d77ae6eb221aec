"""Paces: one row per provider says from when on its time is free, for all workers together.

Whoever books gets stretches of it that nobody else gets (`noktvrn.storage.turnstile`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.storage.tables import paces
from noktvrn.storage.turnstile import MICRO, Booked, Rhythm

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ASTRAY = timedelta(hours=1)
"""A row that lies this much further ahead than anybody waits for was written by a clock that went wrong."""


def book(
    connection: sa.Connection,
    provider: str,
    rhythm: Rhythm,
    turns: int = 1,
    *,
    now: datetime,
    longest: timedelta,
) -> Booked | None:
    """Books so many stretches, one after the other. None: the first opens later than in `longest`, and is
    left to others.

    `now` is this machine's clock, which is the ledger's where that is a file. A server has one of its own: of
    machines whose clocks differ one would else be ahead of the others' turns.
    """
    micros, moment = _read(connection, provider, now)
    at = (moment - _EPOCH) // MICRO
    ahead = (rhythm.slack + longest + ASTRAY) // MICRO
    due = at if micros is None or micros - at > ahead else max(micros, at)
    if (due - at) * MICRO - rhythm.slack > longest:
        return None
    _put(connection, provider, due + turns * (rhythm.every // MICRO))
    return Booked(_EPOCH + due * MICRO, moment, now)


def _read(connection: sa.Connection, provider: str, now: datetime) -> tuple[int | None, datetime]:
    """From when on the provider's time is free, which nobody else changes before the transaction ends; and
    the moment by the ledger's clock."""
    mine = sa.select(paces.c.due_micros).where(paces.c.provider == provider)
    if connection.dialect.name != "postgresql":
        return connection.scalar(mine), now
    # In this order: the moment is one after the row was waited for.
    query = sa.select(mine.with_for_update().scalar_subquery(), sa.func.clock_timestamp())
    found, moment = connection.execute(query).one()
    if found is None:  # what is not there cannot be held: of two that come first, one waits here
        first = postgresql.insert(paces).values(provider=provider, due_micros=0).on_conflict_do_nothing()
        connection.execute(first)
        found, moment = connection.execute(query).one()
    return found, moment


def _put(connection: sa.Connection, provider: str, micros: int) -> None:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(paces).values(provider=provider, due_micros=micros)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["provider"], set_={"due_micros": micros})
    )
