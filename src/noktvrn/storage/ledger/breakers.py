"""Breakers' books: which services are left alone, until when, and who may try them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.storage.tables import breakers

State = Literal["closed", "open", "probing"]


class Breaker(NamedTuple):
    """A row. `failures` are the moments of the failures in the window; `until` is when an open one may be
    tried, or when the trial of a probing one counts as lost. `openings` since it last was closed."""

    name: str
    state: State = "closed"
    category: str = ""
    failures: tuple[datetime, ...] = ()
    openings: int = 0
    until: datetime | None = None
    updated_at: datetime | None = None


def find(connection: sa.Connection, name: str, *, lock: bool = False) -> Breaker:
    """The breaker of this name; one nobody wrote of is closed."""
    query = sa.select(breakers).where(breakers.c.name == name)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return _breaker(row) if row is not None else Breaker(name)


def every(connection: sa.Connection) -> list[Breaker]:
    """Every breaker somebody wrote of, by name."""
    return [_breaker(row) for row in connection.execute(sa.select(breakers).order_by(breakers.c.name))]


def save(connection: sa.Connection, breaker: Breaker, at: datetime) -> None:
    """Writes a breaker."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    data = {
        "category": breaker.category,
        "failures": [moment.isoformat() for moment in breaker.failures],
        "openings": breaker.openings,
        "until": breaker.until.isoformat() if breaker.until else None,
    }
    row = {"state": breaker.state, "data": data, "updated_at": at}
    statement = insert(breakers).values(name=breaker.name, **row)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))


def _breaker(row: Any) -> Breaker:
    data = row.data
    return Breaker(
        name=row.name,
        state=row.state,
        category=data["category"],
        failures=_moments(data["failures"]),
        openings=data["openings"],
        until=datetime.fromisoformat(data["until"]) if data["until"] else None,
        updated_at=row.updated_at,
    )


def _moments(texts: Sequence[str]) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(text) for text in texts)
