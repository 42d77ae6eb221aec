"""Jobs: the tickets that bring files, with who looks after them and when they are looked at next.

Every move is by `tickets.MOVES`, by compare-and-set on what the caller saw, and with its row of
`ticket_events` in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.kernel.errors import Conflict, NotFound
from noktvrn.kernel.ids import TicketId
from noktvrn.storage.ledger import events, ticket_events
from noktvrn.storage.ledger.budgets import Limit
from noktvrn.storage.ledger.tickets import AT_WORK, ENDED, MOVES, WORDS, Event, TicketState
from noktvrn.storage.tables import tickets


class Job(NamedTuple):
    """A row. `order` is what was ordered, as data. `units` are holds and costs of all units but USD, as
    `{unit: [held, cost]}`. `events` counts its moves, and so is the version of what was seen.

    `owner` looks after it until `leased_until`, unless its process is known to be dead.
    """

    id: TicketId
    key: str
    provider: str
    purpose: str
    kind: str
    state: TicketState
    order: dict[str, Any]
    data: dict[str, Any]
    opened_at: datetime
    request_hash: str = ""
    closed_at: datetime | None = None
    held: int = 0
    cost: int | None = None
    units: Mapping[str, list[int]] = MappingProxyType({})
    scopes: tuple[Limit, ...] = ()
    ref: str = ""
    events: int = 0
    owner: str | None = None
    leased_until: datetime | None = None
    next_look_at: datetime | None = None
    token_hash: str | None = None
    run_id: str = ""


MOVED = "ticket.moved"
_NAMES = {"id": "ticket_id", "order": "job"}
_COLUMNS = [tickets.c[_NAMES.get(name, name)] for name in Job._fields]
_OURS = tickets.c.kind != WORDS
_OVER = (*ENDED, TicketState.REFUSED, TicketState.ANSWERED)
PENDING = tuple(state for state in TicketState if state not in _OVER)
"""Where nobody has told yet what a job comes to."""


def by_key(connection: sa.Connection, key: str) -> Job | None:
    """The job of this idempotency key, or None."""
    return _first(connection, tickets.c.key == key)


def by_token(connection: sa.Connection, token_hash: str) -> Job | None:
    """The job whose callback has this token, or None."""
    return _first(connection, tickets.c.token_hash == token_hash)


def get(connection: sa.Connection, ticket_id: str, *, lock: bool = True) -> Job:
    """The job of this id; its row is locked until the transaction ends. Who only reads locks nothing: on
    PostgreSQL it would wait for every writer.

    Raises:
        NotFound: there is none.
    """
    found = _first(connection, tickets.c.ticket_id == ticket_id, lock=lock)
    if found is None:
        raise NotFound(
            f"There is no job {ticket_id}.", code="ticket.not_found", hint="See `noktvrn ticket list`."
        )
    return found


def add(connection: sa.Connection, job: Job, at: datetime) -> Job | None:
    """Opens a job, with its first event. None: another process was first, and nothing was written."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    job = job._replace(events=1)
    row = _row({name: value for name, value in job._asdict().items() if name != "cost"})
    statement = insert(tickets).values(row).on_conflict_do_nothing().returning(tickets.c.key)
    if connection.execute(statement).first() is None:
        return None
    _tell(connection, job, "order", {}, at)
    _tell_state(connection, job, at)
    return job


def move(
    connection: sa.Connection,
    job: Job,
    event: Event,
    *,
    at: datetime,
    told: Mapping[str, Any] | None = None,
    **more: Any,
) -> Job:
    """The job after this event. `told` goes into the event's row, `more` are columns that change with it.

    Raises:
        Conflict: from where it stands there is no such move, or somebody else has moved it (`ticket.moved`).
    """
    target = MOVES.get((job.state, event))
    if target is None:
        raise _conflict(job, event)
    moved = job._replace(state=target, events=job.events + 1, **more)
    changed = {name: getattr(moved, name) for name in ("state", "events", *more)}
    seen = (
        tickets.c.ticket_id == job.id,
        tickets.c.state == job.state,
        tickets.c.events == job.events,
        tickets.c.owner == job.owner,
    )
    if not connection.execute(tickets.update().where(*seen).values(_row(changed))).rowcount:
        raise _conflict(job, event)
    _tell(connection, moved, event, told or {}, at)
    _tell_state(connection, moved, at)
    return moved


def correct(connection: sa.Connection, job: Job, event: str, *, at: datetime, **more: Any) -> Job:
    """The job with columns that change without a move (what it cost); told as an event of its own.

    Raises:
        Conflict: somebody else has moved it meanwhile.
    """
    after = job._replace(events=job.events + 1, **more)
    seen = tickets.c.ticket_id == job.id, tickets.c.events == job.events
    changed = _row({"events": after.events, **more})
    if not connection.execute(tickets.update().where(*seen).values(changed)).rowcount:
        raise _conflict(job, event)
    _tell(connection, after, event, {}, at)
    return after


def lease(connection: sa.Connection, job: Job, owner: str, until: datetime) -> Job | None:
    """The job in the hands of `owner`; None: somebody was faster."""
    seen = (
        tickets.c.ticket_id == job.id,
        tickets.c.state == job.state,
        tickets.c.owner == job.owner,
        tickets.c.leased_until == job.leased_until,
    )
    change = tickets.update().where(*seen).values(owner=owner, leased_until=until)
    if not connection.execute(change).rowcount:
        return None
    return job._replace(owner=owner, leased_until=until)


def renew(connection: sa.Connection, owner: str, until: datetime) -> None:
    """Prolongs every lease of an owner."""
    connection.execute(tickets.update().where(tickets.c.owner == owner).values(leased_until=until))


def release(connection: sa.Connection, ticket_id: str, owner: str) -> None:
    """Lets a job go, if it is this owner's."""
    mine = tickets.c.ticket_id == ticket_id, tickets.c.owner == owner
    connection.execute(tickets.update().where(*mine).values(owner=None, leased_until=None))


def note(connection: sa.Connection, job: Job, **more: Any) -> Job | None:
    """The job with columns that change while it stays where it is. None: it was moved, or is another's."""
    seen = (
        tickets.c.ticket_id == job.id,
        tickets.c.events == job.events,
        tickets.c.owner == job.owner,
    )
    if not connection.execute(tickets.update().where(*seen).values(_row(more))).rowcount:
        return None
    return job._replace(**more)


def look_at(connection: sa.Connection, ticket_id: str, moment: datetime) -> bool:
    """Its next look is at this moment, if it is one that is looked at. Repeats are harmless."""
    looked_at = tickets.c.state.in_((*AT_WORK, TicketState.STALE))
    change = tickets.update().where(tickets.c.ticket_id == ticket_id, looked_at).values(next_look_at=moment)
    return bool(connection.execute(change).rowcount)


def due(connection: sa.Connection, now: datetime, limit: int = 100) -> list[Job]:
    """Jobs that are to be looked at by now, and open ones (whose owners may be dead), oldest first."""
    waits = sa.or_(tickets.c.next_look_at <= now, tickets.c.state == TicketState.OPEN)
    query = sa.select(*_COLUMNS).where(_OURS, waits)
    order = tickets.c.next_look_at.asc(), tickets.c.opened_at
    return [_job(row) for row in connection.execute(query.order_by(*order).limit(limit))]


def at_work(connection: sa.Connection, provider: str, now: datetime) -> int:
    """How many jobs a provider has: those it took, and those just being sent."""
    sent = tickets.c.state == TicketState.OPEN, tickets.c.leased_until > now
    busy = sa.or_(tickets.c.state.in_(AT_WORK), sa.and_(*sent))
    query = sa.select(sa.func.count()).where(tickets.c.provider == provider, _OURS, busy)
    return int(connection.scalar(query) or 0)


def every(
    connection: sa.Connection, *, provider: str = "", states: tuple[TicketState, ...] = ()
) -> list[Job]:
    """Jobs, oldest first: all, or those of a provider, or those in these states."""
    query = sa.select(*_COLUMNS).where(_OURS).order_by(tickets.c.opened_at, tickets.c.ticket_id)
    if provider:
        query = query.where(tickets.c.provider == provider)
    if states:
        query = query.where(tickets.c.state.in_(states))
    return [_job(row) for row in connection.execute(query)]


def pending(connection: sa.Connection, run_id: str, stage: str) -> list[Job]:
    """A stage's jobs that may still bring something, or be billed, oldest first; none a person gave up."""
    found = (job for job in every(connection, states=PENDING) if not job.data.get("abandoned"))
    return [job for job in found if _of(job, "run_id") == run_id and _of(job, "stage") == stage]


def _of(job: Job, name: str) -> str:
    return str(job.order.get("errand", {}).get(name, ""))


def _first(connection: sa.Connection, mine: sa.ColumnElement[bool], *, lock: bool = False) -> Job | None:
    query = sa.select(*_COLUMNS).where(mine, _OURS)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return _job(row) if row is not None else None


def _tell(connection: sa.Connection, job: Job, event: str, told: Mapping[str, Any], at: datetime) -> None:
    ticket_events.add(connection, job.id, job.events, event=event, state=job.state, data=told, at=at)


def _tell_state(connection: sa.Connection, job: Job, at: datetime) -> None:
    """For those who watch the label; the ticket's own story has more."""
    events.add(
        connection,
        kind=f"ticket.{job.state.value}",
        subject=job.id,
        artist_id=_of(job, "artist_id"),
        run_id=_of(job, "run_id"),
        state=job.state.value,
        detail={"provider": job.provider, "purpose": job.purpose},
        at=at,
    )


def _conflict(job: Job, event: str) -> Conflict:
    return Conflict(
        f"The ticket {job.id} is {job.state.value}: {event!r} does not lead on from there.",
        code=MOVED,
        hint="Look at it anew by `noktvrn ticket show`.",
    )


def _row(values: Mapping[str, Any]) -> dict[str, Any]:
    row = {_NAMES.get(name, name): value for name, value in values.items()}
    if "units" in row:
        row["units"] = dict(row["units"])
    if "scopes" in row:
        row["scopes"] = [list(scope) for scope in row["scopes"]]
    return row


def _job(row: Any) -> Job:
    told = dict(zip(Job._fields, row, strict=True))
    told["state"] = TicketState(told["state"])
    told["scopes"] = tuple(Limit(*scope) for scope in told["scopes"])
    return Job(**told)
