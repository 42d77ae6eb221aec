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


class TicketState(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"
    ANSWERED = "answered"
    REFUSED = "refused"
    UNKNOWN = "unknown"


Event = Literal["answer", "refusal", "loss", "ask again", "ask again for free"]

MOVES: dict[tuple[TicketState, Event], TicketState] = {
    (TicketState.OPEN, "answer"): TicketState.ANSWERED,
    (TicketState.OPEN, "refusal"): TicketState.REFUSED,
    (TicketState.OPEN, "loss"): TicketState.UNKNOWN,
    # The one who asked was only slow: what they bring late is the truth all the same.
    (TicketState.UNKNOWN, "answer"): TicketState.ANSWERED,
    (TicketState.UNKNOWN, "refusal"): TicketState.REFUSED,
    (TicketState.REFUSED, "ask again"): TicketState.OPEN,
    (TicketState.REFUSED, "ask again for free"): TicketState.OPEN,
    (TicketState.UNKNOWN, "ask again for free"): TicketState.OPEN,
}
"""Every move there is. An answered ticket moves no more."""


class Ticket(NamedTuple):
    """A row. `data` holds the answer (`text`) of an answered one, the error's `code` of another.

    `held` is the reservation of an open one, `cost` what all its requests were charged so far, both in
    micro-units; `scopes` are the budgets they stand in.
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

    @property
    def cost_known(self) -> bool:
        """Whether the cost is the outside's word (or zero), not our worst case."""
        return bool(self.data.get("cost_known", self.state is not TicketState.UNKNOWN))


def find(connection: sa.Connection, key: str) -> Ticket | None:
    """The ticket of this idempotency key, or None."""
    row = connection.execute(_BY_KEY, {"key": key}).first()
    return _ticket(row) if row is not None else None


def get(connection: sa.Connection, ticket_id: str) -> Ticket:
    """The ticket of this id, for the person's hand: the row is locked until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    query = sa.select(tickets).where(tickets.c.ticket_id == ticket_id).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(
            f"There is no ticket {ticket_id}.", code="ticket.not_found", hint="See `noktvrn ticket list`."
        )
    return _ticket(row)


def every(
    connection: sa.Connection, *, states: Collection[TicketState] = tuple(TicketState), limit: int = 100
) -> list[Ticket]:
    """Tickets in these states, newest first."""
    query = sa.select(tickets).where(tickets.c.state.in_(tuple(states)))
    newest = query.order_by(tickets.c.opened_at.desc(), tickets.c.ticket_id).limit(limit)
    return [_ticket(row) for row in connection.execute(newest)]


def opened_before(connection: sa.Connection, moment: datetime) -> list[Ticket]:
    """Open tickets that were opened at this moment or earlier, oldest first."""
    query = sa.select(tickets).where(tickets.c.state == TicketState.OPEN, tickets.c.opened_at <= moment)
    return [_ticket(row) for row in connection.execute(query.order_by(tickets.c.opened_at))]


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


_BY_KEY = sa.select(tickets).where(tickets.c.key == sa.bindparam("key"))
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
    left_out = ("cost", "closed_at")
    row: dict[str, Any] = {one.name: sa.bindparam(one.name) for one in tickets.c if one.name not in left_out}
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
    )
