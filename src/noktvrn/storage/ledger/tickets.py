"""Tickets: what was asked of the outside, so that nothing is asked and paid for twice.

A ticket is written before the request leaves and closed after it. One that is found open by somebody who
did not open it belongs to a process that died (or still works elsewhere): its outcome is unknown.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.kernel.ids import TicketId, derive
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
    """A row. `data` holds the answer (`text`) of an answered one, the error's `code` of another."""

    id: TicketId
    key: str
    provider: str
    purpose: str
    request_hash: str
    state: TicketState
    data: dict[str, Any]
    opened_at: datetime
    closed_at: datetime | None


def find(connection: sa.Connection, key: str) -> Ticket | None:
    """The ticket of this idempotency key, or None."""
    row = connection.execute(sa.select(tickets).where(tickets.c.key == key)).first()
    return _ticket(row) if row is not None else None


def add(
    connection: sa.Connection, *, key: str, provider: str, purpose: str, request_hash: str, at: datetime
) -> bool:
    """Opens a ticket. False: another process was first, and nothing was written."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = insert(tickets).values(
        ticket_id=derive("ticket", key),
        key=key,
        provider=provider,
        purpose=purpose,
        request_hash=request_hash,
        state=TicketState.OPEN,
        data={},
        opened_at=at,
    )
    written = row.on_conflict_do_nothing().returning(tickets.c.key)
    return connection.execute(written).first() is not None


def move(connection: sa.Connection, key: str, event: Event, *, at: datetime, data: dict[str, Any]) -> bool:
    """Moves a ticket by the table. False: from where it stands there is no such move, and nothing changed."""
    sources = [(source, target) for (source, told), target in MOVES.items() if told == event]
    target = sources[0][1]
    again = target is TicketState.OPEN
    times = {"opened_at": at, "closed_at": None} if again else {"closed_at": at}
    states = [source for source, _ in sources]
    change = tickets.update().where(tickets.c.key == key, tickets.c.state.in_(states))
    return bool(connection.execute(change.values(state=target, data=data, **times)).rowcount)


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
    )
