"""Tickets: what was asked of the outside, so that nothing is asked and paid for twice.

A ticket is written before the request leaves and closed after it. One that is found open by somebody who
did not open it belongs to a process that died (or still works elsewhere): its outcome is unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.kernel.errors import NotFound
from noktvrn.kernel.ids import TicketId, derive
from noktvrn.storage.ledger.budgets import Limit
from noktvrn.storage.prepared import Prepared
from noktvrn.storage.tables import tickets

WORDS = "words"
"""The kind of a ticket that is answered in words; a job's is the kind of its files."""


class TicketState(StrEnum):
    """Where a ticket stands. One for words is open, answered, refused or unknown; one for a job knows all
    but `answered`."""

    OPEN = "open"
    ANSWERED = "answered"
    REFUSED = "refused"
    """Nothing was accepted and nothing is billed."""
    UNKNOWN = "unknown"
    SUBMITTED = "submitted"
    RUNNING = "running"
    PARTIAL = "partial"
    READY = "ready"
    FETCHING = "fetching"
    VERIFIED = "verified"
    STORED = "stored"
    NEEDS_HUMAN = "needs_human"
    STALE = "stale"
    """It took longer than anybody waits for; it is still looked after, because it may be paid for."""
    FAILED = "failed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    LOST = "lost"


S = TicketState
AT_WORK = (S.SUBMITTED, S.RUNNING, S.PARTIAL, S.NEEDS_HUMAN)
"""The service has the job, as far as anybody knows."""
TO_FETCH = (S.READY, S.FETCHING)
ENDED = (S.STORED, S.FAILED, S.REJECTED, S.CANCELLED, S.EXPIRED, S.LOST)
"""Where a job moves no more by itself."""

Event = Literal[
    "answer",
    "refusal",
    "loss",
    "ask again",
    "ask again for free",
    "submit",
    "arrive",
    "run",
    "part",
    "finish",
    "fetch",
    "verify",
    "store",
    "call a person",
    "be late",
    "fail",
    "reject",
    "expire",
    "vanish",
    "cancel",
    "found",
    "lost",
]

MOVES: dict[tuple[TicketState, Event], TicketState] = {
    (S.OPEN, "answer"): S.ANSWERED,
    (S.OPEN, "refusal"): S.REFUSED,
    (S.OPEN, "loss"): S.UNKNOWN,
    # The one who asked was only slow: what they bring late is the truth all the same.
    (S.UNKNOWN, "answer"): S.ANSWERED,
    (S.UNKNOWN, "refusal"): S.REFUSED,
    (S.REFUSED, "ask again"): S.OPEN,
    (S.REFUSED, "ask again for free"): S.OPEN,
    (S.UNKNOWN, "ask again for free"): S.OPEN,
    # A job only: it was taken, or its results came at once, or it was found there later.
    (S.LOST, "ask again for free"): S.OPEN,
    **{(source, "submit"): S.SUBMITTED for source in (S.OPEN, S.UNKNOWN)},
    **{(source, "arrive"): S.READY for source in (S.OPEN, S.UNKNOWN)},
    (S.OPEN, "reject"): S.REJECTED,
    (S.OPEN, "fail"): S.FAILED,
    # While the service has it.
    **{(source, "run"): S.RUNNING for source in (S.SUBMITTED, S.NEEDS_HUMAN)},
    **{(source, "part"): S.PARTIAL for source in (S.SUBMITTED, S.RUNNING, S.NEEDS_HUMAN)},
    **{(source, "call a person"): S.NEEDS_HUMAN for source in (S.SUBMITTED, S.RUNNING, S.PARTIAL)},
    **{(source, "finish"): S.READY for source in (*AT_WORK, S.STALE)},
    **{(source, "be late"): S.STALE for source in (S.SUBMITTED, S.RUNNING, S.PARTIAL, *TO_FETCH)},
    **{(source, "reject"): S.REJECTED for source in (*AT_WORK, S.STALE)},
    **{(source, "vanish"): S.LOST for source in (*AT_WORK, S.STALE)},
    **{(source, "cancel"): S.CANCELLED for source in (*AT_WORK, S.STALE)},
    **{(source, "fail"): S.FAILED for source in (*AT_WORK, *TO_FETCH, S.STALE)},
    **{(source, "expire"): S.EXPIRED for source in (*AT_WORK, *TO_FETCH, S.STALE)},
    # Its files come home.
    (S.READY, "fetch"): S.FETCHING,
    (S.FETCHING, "verify"): S.VERIFIED,
    (S.VERIFIED, "store"): S.STORED,
    # A person's word, where nobody else knows better.
    **{
        (source, "found"): S.STORED
        for source in (S.UNKNOWN, S.STALE, S.NEEDS_HUMAN, S.FAILED, S.EXPIRED, S.LOST)
    },
    **{(source, "lost"): S.REFUSED for source in (S.UNKNOWN, S.STALE, S.NEEDS_HUMAN, S.EXPIRED, S.LOST)},
}
"""Every move there is. What was answered or stored moves no more."""


class Ticket(NamedTuple):
    """A row as words know it; `jobs.Job` has the rest.

    `data` holds the answer (`text`) of an answered one, the error's `code` of another.

    `held` is the reservation of an open one, `cost` what all its requests were charged so far, both in
    micro-units; `scopes` are the budgets they stand in. `run_id`: the run it was asked for, if for one.
    """

    id: TicketId
    key: str
    provider: str
    purpose: str
    request_hash: str
    state: TicketState
    data: dict[str, Any]
    opened_at: datetime
    closed_at: datetime | None = None
    currency: str = "USD"
    held: int = 0
    cost: int | None = None
    scopes: tuple[Limit, ...] = ()
    kind: str = WORDS
    run_id: str = ""

    @property
    def cost_known(self) -> bool:
        """Whether the cost is the outside's word (or zero), not our worst case."""
        return bool(self.data.get("cost_known", self.state is not TicketState.UNKNOWN))


_COLUMNS = [tickets.c.ticket_id, *(tickets.c[name] for name in Ticket._fields if name != "id")]


def find(connection: sa.Connection, key: str) -> Ticket | None:
    """The ticket of this idempotency key, or None."""
    row = connection.execute(_BY_KEY, {"key": key}).first()
    return _ticket(row) if row is not None else None


def get(connection: sa.Connection, ticket_id: str, *, lock: bool = True) -> Ticket:
    """The ticket of this id, for the person's hand: the row is locked until the transaction ends. Who only
    reads locks nothing: on PostgreSQL it would wait for every writer.

    Raises:
        NotFound: there is none.
    """
    query = sa.select(*_COLUMNS).where(tickets.c.ticket_id == ticket_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound(
            f"There is no ticket {ticket_id}.", code="ticket.not_found", hint="See `noktvrn ticket list`."
        )
    return _ticket(row)


def every(
    connection: sa.Connection, *, states: Collection[TicketState] = tuple(TicketState), limit: int = 100
) -> list[Ticket]:
    """Tickets in these states, newest first."""
    query = sa.select(*_COLUMNS).where(tickets.c.state.in_(tuple(states)))
    newest = query.order_by(tickets.c.opened_at.desc(), tickets.c.ticket_id).limit(limit)
    return [_ticket(row) for row in connection.execute(newest)]


def opened_before(connection: sa.Connection, moment: datetime) -> list[Ticket]:
    """Open tickets for words that were opened at this moment or earlier, oldest first."""
    old = tickets.c.state == TicketState.OPEN, tickets.c.opened_at <= moment, tickets.c.kind == WORDS
    query = sa.select(*_COLUMNS).where(*old).order_by(tickets.c.opened_at)
    return [_ticket(row) for row in connection.execute(query)]


def add(
    connection: sa.Connection,
    *,
    key: str,
    provider: str,
    purpose: str,
    request_hash: str,
    at: datetime,
    held: int = 0,
    currency: str = "USD",
    scopes: Sequence[Limit] = (),
    data: dict[str, Any] | None = None,
    run_id: str = "",
) -> bool:
    """Opens a ticket. False: another process was first, and nothing was written."""
    row = {
        "ticket_id": derive("ticket", key),
        "key": key,
        "provider": provider,
        "purpose": purpose,
        "request_hash": request_hash,
        "state": TicketState.OPEN,
        "data": data or {},
        "held": held,
        "currency": currency,
        "scopes": [list(scope) for scope in scopes],
        "opened_at": at,
        "run_id": run_id,
    }
    return bool(_insert(connection.dialect.name).rows(connection, row))


def move(
    connection: sa.Connection, key: str, event: Event, *, at: datetime, data: dict[str, Any], **more: Any
) -> bool:
    """Moves a ticket by the table. False: from where it stands there is no such move, and nothing changed.

    `more` are columns that change with it.
    """
    sources = [(source, target) for (source, told), target in MOVES.items() if told == event]
    target = sources[0][1]
    again = target is TicketState.OPEN
    times = {"opened_at": at, "closed_at": None} if again else {"closed_at": at}
    states = [source for source, _ in sources]
    change = tickets.update().where(tickets.c.key == key, tickets.c.state.in_(states))
    return bool(connection.execute(change.values(state=target, data=data, **times, **more)).rowcount)


def close(connection: sa.Connection, mine: Ticket, end: Ticket) -> bool:
    """Closes the very opening `mine` as `end` says. False: somebody else has closed it meanwhile."""
    told = {
        "its_key": mine.key,
        "its_opening": mine.opened_at,
        "new_state": end.state,
        "new_data": end.data,
        "new_cost": end.cost,
        "end": end.closed_at,
    }
    return bool(_CLOSE.count(connection, told))


def correct(connection: sa.Connection, ticket: Ticket) -> None:
    """Writes state, answer and cost of a closed ticket anew, as a person or a late answer found them."""
    row = {"state": ticket.state, "data": ticket.data, "cost": ticket.cost, "closed_at": ticket.closed_at}
    connection.execute(tickets.update().where(tickets.c.key == ticket.key).values(held=0, **row))


_BY_KEY = sa.select(*_COLUMNS).where(tickets.c.key == sa.bindparam("key"))
_CLOSE = Prepared(
    tickets.update()
    .where(
        tickets.c.key == sa.bindparam("its_key"),
        tickets.c.state == TicketState.OPEN,
        tickets.c.opened_at == sa.bindparam("its_opening"),
    )
    .values(
        state=sa.bindparam("new_state"),
        data=sa.bindparam("new_data"),
        cost=sa.bindparam("new_cost"),
        closed_at=sa.bindparam("end"),
        held=0,
    )
)


@cache
def _insert(dialect: str) -> Prepared:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    left_out = ("cost", "closed_at", "kind")
    row: dict[str, Any] = {one.name: sa.bindparam(one.name) for one in _COLUMNS if one.name not in left_out}
    return Prepared(insert(tickets).values(row).on_conflict_do_nothing().returning(tickets.c.key))


def _ticket(row: Any) -> Ticket:
    return Ticket(
        id=row.ticket_id,
        key=row.key,
        provider=row.provider,
        purpose=row.purpose,
        request_hash=row.request_hash,
        state=TicketState(row.state),
        data=row.data,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        currency=row.currency,
        held=row.held,
        cost=row.cost,
        scopes=tuple(Limit(*scope) for scope in row.scopes),
        kind=row.kind,
        run_id=row.run_id,
    )
