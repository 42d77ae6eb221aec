"""Events: every change of state, written in the transaction that makes it.

Numbers are drawn before a transaction commits, so on a server a later number can be seen before an earlier
one. A reader therefore goes by the pair of transaction id and number, and takes only rows of transactions
below the oldest one still at work (`pg_snapshot_xmin`): no row can come to lie behind it any more.
SQLite has one writer at a time; there the number alone is the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from noktvrn.model.event import Event
from noktvrn.storage.database import TOLD
from noktvrn.storage.event_tables import events, events_number
from noktvrn.storage.prepared import Prepared

_NAMES = tuple(Event.model_fields)
_GIVEN = ("artist_id", "kind", "subject", "run_id", "state", "detail", "at")


def add(
    connection: sa.Connection,
    *,
    kind: str,
    subject: str,
    artist_id: str = "",
    run_id: str = "",
    state: str = "",
    detail: Mapping[str, Any] | None = None,
    at: datetime,
) -> None:
    """Writes an event down in the caller's transaction. `detail` holds no secret."""
    row = {
        "artist_id": artist_id,
        "kind": kind,
        "subject": subject,
        "run_id": run_id,
        "state": state,
        "detail": dict(detail or {}),
        "at": at,
    }
    _insert(connection.dialect.name).count(connection, row)
    connection.info[TOLD] = True


def after(
    connection: sa.Connection,
    number: int,
    *,
    limit: int = 500,
    run_id: str | None = None,
    artist_id: str | None = None,
) -> tuple[Event, ...]:
    """What was told after the event of this number (0: from the first that is kept), in the readers' order.

    Whoever asks again with the number of the last event it got misses none and gets none twice.
    """
    query = _after(_counts(connection), run_id is not None, artist_id is not None)
    asked = {"place": number, "most": limit, "its_run": run_id, "its_artist": artist_id}
    rows = connection.execute(query, asked)
    return tuple(Event.model_validate(dict(zip(_NAMES, row, strict=True))) for row in rows)


def last(connection: sa.Connection) -> int:
    """The number a reader goes on from who wants only what is new; 0 where nothing was told yet."""
    query = sa.select(events.c.number).limit(1)
    if _counts(connection):
        return int(connection.scalar(query.order_by(events.c.number.desc())) or 0)
    settled = query.where(_SETTLED).order_by(events.c.xact.desc(), events.c.number.desc())
    return int(connection.scalar(settled) or 0)


def latest(connection: sa.Connection, *, limit: int, run_id: str | None = None) -> tuple[Event, ...]:
    """The newest events, oldest of them first."""
    order = [events.c.number] if _counts(connection) else [events.c.xact, events.c.number]
    query = sa.select(*(events.c[name] for name in _NAMES)).limit(limit)
    query = query.order_by(*(column.desc() for column in order))
    if not _counts(connection):
        query = query.where(_SETTLED)
    if run_id is not None:
        query = query.where(events.c.run_id == run_id)
    rows = connection.execute(query).all()
    return tuple(Event.model_validate(dict(zip(_NAMES, row, strict=True))) for row in reversed(rows))


def forget(connection: sa.Connection, before: datetime) -> int:
    """Removes events older than a moment, but never the newest; returns how many."""
    newest = sa.select(sa.func.max(events.c.number)).scalar_subquery()
    return connection.execute(events.delete().where(events.c.at < before, events.c.number < newest)).rowcount


def settle(connection: sa.Connection) -> None:
    """Makes events that were copied from another ledger old news of this one. Call it after such a copy:
    their transaction ids and the last number mean nothing to another server."""
    connection.execute(events.update().where(events.c.xact != 0).values(xact=0))
    if not _counts(connection):
        highest = sa.select(sa.func.coalesce(sa.func.max(events.c.number), 0) + 1).scalar_subquery()
        connection.execute(sa.select(sa.func.setval(events_number.name, highest, False)))


def _counts(connection: sa.Connection) -> bool:
    """Whether the number alone is the order."""
    return connection.dialect.name != "postgresql"


def _whole(xid: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.cast(sa.cast(xid, sa.Text), sa.BigInteger)


_SETTLED = events.c.xact < _whole(sa.func.pg_snapshot_xmin(sa.func.pg_current_snapshot()))


@cache
def _after(by_number: bool, of_run: bool, of_artist: bool) -> sa.Select[Any]:
    """The question readers ask, built once: they ask it ten times a second."""
    query = sa.select(*(events.c[name] for name in _NAMES)).limit(sa.bindparam("most", type_=sa.Integer))
    if of_run:
        query = query.where(events.c.run_id == sa.bindparam("its_run"))
    if of_artist:
        query = query.where(events.c.artist_id == sa.bindparam("its_artist"))
    place = sa.bindparam("place", type_=sa.BigInteger)
    if by_number:
        return query.where(events.c.number > place).order_by(events.c.number)
    seen = events.alias()
    xact = sa.select(seen.c.xact).where(seen.c.number == place).limit(1).scalar_subquery()
    # Retention may have taken the event itself: then what is left with a later number is what came after it.
    first = sa.select(sa.func.min(seen.c.xact) - 1).where(seen.c.number > place).scalar_subquery()
    begin = sa.tuple_(sa.func.coalesce(xact, first), place)
    later = sa.and_(  # one range of an index, and a word about the rare case
        sa.tuple_(events.c.xact, events.c.number) > begin,
        sa.or_(xact.is_not(None), events.c.number > place),
    )
    return query.where(_SETTLED, later).order_by(events.c.xact, events.c.number)


@cache
def _insert(dialect: str) -> Prepared:
    row: dict[str, Any] = {name: sa.bindparam(name) for name in _GIVEN}
    if dialect == "postgresql":
        row |= {"number": events_number.next_value(), "xact": _whole(sa.func.pg_current_xact_id())}
    else:
        newest = sa.select(sa.func.coalesce(sa.func.max(events.c.number), 0) + 1).scalar_subquery()
        row |= {"number": newest, "xact": 0}
    return Prepared(events.insert().values(row))
