"""What happened to a job, in order: one row with every move, in the transaction of the move."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from noktvrn.storage.tables import ticket_events


class TicketEvent(NamedTuple):
    """A row. `state` is where the ticket stood after it; `data` holds no address and no secret."""

    number: int
    event: str
    state: str
    data: dict[str, Any]
    at: datetime


def add(
    connection: sa.Connection,
    ticket_id: str,
    number: int,
    *,
    event: str,
    state: str,
    data: Mapping[str, Any],
    at: datetime,
) -> None:
    """Writes one down. `number` counts from 1 and is the ticket's own, so that none is written twice."""
    row = {"number": number, "event": event, "state": state, "data": dict(data), "at": at}
    connection.execute(ticket_events.insert().values(ticket_id=ticket_id, **row))


def every(connection: sa.Connection, ticket_id: str) -> list[TicketEvent]:
    """All that happened to a ticket, oldest first. Tickets for words have none."""
    mine = sa.select(*(ticket_events.c[name] for name in TicketEvent._fields))
    query = mine.where(ticket_events.c.ticket_id == ticket_id).order_by(ticket_events.c.number)
    return [TicketEvent(*row) for row in connection.execute(query)]
