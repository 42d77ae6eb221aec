"""The writers' room in the books: sessions, every call of theirs, reviews, and the cache of answers.

Sessions and calls are only ever added; a review is added to a session by whoever judged its work. Money is
in millionths of a US dollar; a call's `cost` is None where nobody knows what it cost (`data["held"]` is what
was set aside for it, and counts as spent).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.kernel.errors import NotFound
from noktvrn.storage.ledger.outcomes import Row
from noktvrn.storage.prepared import Prepared
from noktvrn.storage.tables import llm_cache, llm_calls, llm_outcomes, llm_reviews, llm_sessions, tickets

Span = Literal["day", "task", "provider", "artist"]


class Session(NamedTuple):
    """One piece of writing, from the wish to its end. `subject` is the id of what it was written for."""

    session_id: str
    task: str
    subject: str
    status: str
    data: dict[str, Any]
    opened_at: datetime
    closed_at: datetime | None


class Call(NamedTuple):
    """One attempt at one model. `ticket_id` is empty where no request was to leave the house."""

    session_id: str
    number: int
    ticket_id: str
    task: str
    provider: str
    model: str
    prompt: str
    outcome: str
    cost: int | None
    data: dict[str, Any]
    at: datetime


class Review(NamedTuple):
    """What somebody said about the work of a session: a critic, a validator, a person."""

    session_id: str
    number: int
    kind: str
    data: dict[str, Any]
    at: datetime


class Tally(NamedTuple):
    """What a day, a task, a provider or an artist used; `micros` has `unknown` calls at their worst case."""

    name: str
    calls: int
    answered: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    micros: int
    unknown: int


# Built once: compiling a statement anew costs more than running it.
_KEYS = sa.select(tickets.c.key).where(tickets.c.key.in_(sa.bindparam("keys", expanding=True)))
_CACHED = sa.select(llm_cache.c.data).where(
    llm_cache.c.key == sa.bindparam("key"), llm_cache.c.expires_at > sa.bindparam("now")
)


def add_session(connection: sa.Connection, session: Session, calls: Sequence[Call] = ()) -> None:
    """Enters a session with its calls."""
    _add(connection, llm_sessions, [session._asdict()])
    add_calls(connection, calls)


def add_calls(connection: sa.Connection, calls: Sequence[Call]) -> None:
    """Enters calls; their session may follow later."""
    if calls:
        _add(connection, llm_calls, [call._asdict() for call in calls])


def add_outcome(connection: sa.Connection, row: Row) -> None:
    """Enters an outcome that is new for sure: `outcomes.add` without the look-up."""
    _add(connection, llm_outcomes, [row._asdict()])


def add_review(
    connection: sa.Connection, session_id: str, kind: str, data: dict[str, Any], *, at: datetime
) -> int:
    """Enters a review under the session's next number, which is returned."""
    latest = connection.execute(
        sa.select(sa.func.max(llm_reviews.c.number)).where(llm_reviews.c.session_id == session_id)
    ).scalar()
    number = 1 + (latest or 0)
    row = Review(session_id=session_id, number=number, kind=kind, data=data, at=at)
    _add(connection, llm_reviews, [row._asdict()])
    return number


def _add(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    insert = _insert(table)
    for row in rows:
        insert.count(connection, row)


@cache
def _insert(table: sa.Table) -> Prepared:
    return Prepared(sa.insert(table).values({one.name: sa.bindparam(one.name) for one in table.columns}))


def find(connection: sa.Connection, session_id: str) -> Session:
    """A session. Raises NotFound."""
    query = sa.select(llm_sessions).where(llm_sessions.c.session_id == session_id)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(
            f"There is no session {session_id[:40]!r}.",
            code="session.not_found",
            hint="`noktvrn llm log` shows those there are.",
        )
    return Session(*row)


def sessions(
    connection: sa.Connection, *, task: str = "", subject: str = "", status: str = "", limit: int = 50
) -> tuple[Session, ...]:
    """Sessions, newest first; empty words choose all."""
    table, wanted = llm_sessions.c, {"task": task, "subject": subject, "status": status}
    query = sa.select(llm_sessions).where(*(table[name] == value for name, value in wanted.items() if value))
    rows = connection.execute(query.order_by(table.opened_at.desc(), table.session_id).limit(limit))
    return tuple(Session(*row) for row in rows)


def calls_of(connection: sa.Connection, session_id: str) -> tuple[Call, ...]:
    """The calls of a session, in order."""
    query = sa.select(llm_calls).where(llm_calls.c.session_id == session_id).order_by(llm_calls.c.number)
    return tuple(Call(*row) for row in connection.execute(query))


def reviews_of(connection: sa.Connection, session_id: str) -> tuple[Review, ...]:
    """The reviews of a session, in order."""
    query = sa.select(llm_reviews).where(llm_reviews.c.session_id == session_id)
    return tuple(Review(*row) for row in connection.execute(query.order_by(llm_reviews.c.number)))


def usage(connection: sa.Connection, by: Span, *, since: datetime) -> tuple[Tally, ...]:
    """What was used since then, the dearest first (days: the latest first)."""
    query = (
        sa.select(llm_calls, llm_sessions.c.data["artist_id"].as_string().label("artist"))
        .outerjoin(llm_sessions, llm_sessions.c.session_id == llm_calls.c.session_id)
        .where(llm_calls.c.at >= since)
        .execution_options(yield_per=1000)
    )
    found: dict[str, Tally] = {}
    for row in connection.execute(query):
        name = (
            {"day": f"{row.at:%Y-%m-%d}", "artist": row.artist or ""}.get(by) or getattr(row, by, "") or "-"
        )
        found[name] = _with(found.get(name, Tally(name, 0, 0, 0, 0, 0, 0, 0)), row)
    order = (lambda one: one.name) if by == "day" else (lambda one: (one.micros, one.calls, one.name))
    return tuple(sorted(found.values(), key=order, reverse=True))


def _with(tally: Tally, row: Any) -> Tally:
    used, unknown = row.data.get("usage") or {}, row.cost is None
    return Tally(
        tally.name,
        tally.calls + 1,
        tally.answered + (row.outcome == "answered"),
        tally.input_tokens + used.get("input_tokens", 0),
        tally.output_tokens + used.get("output_tokens", 0),
        tally.cached_tokens + used.get("cached_tokens", 0),
        tally.micros + (row.data.get("held", 0) if unknown else row.cost),
        tally.unknown + unknown,
    )


def asked(connection: sa.Connection, keys: Iterable[str]) -> frozenset[str]:
    """Which of these ticket keys were used before."""
    return frozenset(connection.execute(_KEYS, {"keys": list(keys)}).scalars())


def cached(connection: sa.Connection, key: str, now: datetime) -> dict[str, Any] | None:
    """What the cache holds under this key, unless it is too old."""
    data: dict[str, Any] | None = connection.execute(_CACHED, {"key": key, "now": now}).scalar()
    return data


def keep(
    connection: sa.Connection, key: str, data: dict[str, Any], *, now: datetime, until: datetime, most: int
) -> None:
    """Puts an answer into the cache; the oldest go once there are more than `most`."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"data": data, "stored_at": now, "expires_at": until}
    written = insert(llm_cache).values(key=key, **row)
    connection.execute(written.on_conflict_do_update(index_elements=["key"], set_=row))
    connection.execute(llm_cache.delete().where(llm_cache.c.expires_at <= now))
    kept = sa.select(llm_cache.c.key).order_by(llm_cache.c.stored_at.desc(), llm_cache.c.key).limit(most)
    connection.execute(llm_cache.delete().where(llm_cache.c.key.not_in(kept)))
