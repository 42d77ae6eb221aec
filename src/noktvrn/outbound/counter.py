"""What happens to a ticket inside one transaction: opened with its reservation, closed with its cost.

A ticket's hold lies in its budgets exactly as long as the ticket is open, and whoever closes that very
opening settles it: so nothing is settled twice, whoever else finds the ticket meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, Fault, Invalid, NotReady
from noktvrn.kernel.ids import TicketId, derive
from noktvrn.outbound.budgets import BudgetNotice, Scope, reserve, settle
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.storage.ledger import tickets
from noktvrn.storage.ledger.tickets import MOVES, Ticket, TicketState

Notices = tuple[BudgetNotice, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked. `key` names the wish (the same wish, the same key), `request_hash` its exact wording.

    `worst_micros` is the most it can cost, held in every one of `scopes`. `deadline_s` is how long the
    request may take: an open ticket older than that was left behind by a process that died. `run_id` is the
    run it is asked for, if it is for one.
    """

    key: str
    provider: str
    purpose: str
    request_hash: str
    free: bool = False
    scopes: tuple[Scope, ...] = ()
    worst_micros: int = 0
    deadline_s: float = 600.0
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """How a request ended, what is kept of it, and what it is charged."""

    event: Literal["answer", "refusal", "loss"]
    data: dict[str, Any] = field(default_factory=dict)
    cost: int = 0


def loss(ticket: Ticket, code: str = OUTCOME_UNKNOWN) -> End:
    """Nobody knows what became of it: charged at its worst case, and flagged."""
    return End("loss", {"code": code, "cost_known": not ticket.held}, ticket.held)


def opened(connection: sa.Connection, order: Order, at: datetime) -> Ticket | Scope:
    """The open ticket the caller now holds, or the one that stands in its way: answered, or unknown.

    A scope instead: it has no room for the worst case, and nothing was written.

    Raises:
        Conflict: the key was used for other words.
    """
    full = reserve(connection, order.scopes, order.worst_micros, at=at)
    if full is None:
        mine = _fresh(order, at)
        row = mine._asdict()
        for name in ("id", "state", "closed_at", "cost", "opened_at", "kind"):
            del row[name]
        if tickets.add(connection, at=at, **row):
            return mine
        settle(connection, order.scopes, order.worst_micros, 0, at=at)
    found = tickets.find(connection, order.key)
    if found is None:
        if full is None:
            raise Fault(f"The ticket of {order.purpose} vanished.", code="ticket.vanished")
        return full
    return _found(connection, order, found, at)


def _fresh(order: Order, at: datetime, cost: int | None = None) -> Ticket:
    return Ticket(
        id=TicketId(derive("ticket", order.key)),
        key=order.key,
        provider=order.provider,
        purpose=order.purpose,
        request_hash=order.request_hash,
        state=TicketState.OPEN,
        data={"deadline_at": (at + timedelta(seconds=order.deadline_s)).isoformat()},
        opened_at=at,
        held=order.worst_micros,
        cost=cost,
        scopes=order.scopes,
        run_id=order.run_id,
    )


def _found(connection: sa.Connection, order: Order, found: Ticket, at: datetime) -> Ticket | Scope:
    if found.request_hash != order.request_hash:
        raise Conflict(
            f"The ticket {found.id} was opened for another request.",
            code="ticket.other_request",
            hint="Change the version of the prompt when its words change.",
        )
    if found.state is TicketState.OPEN:
        found, _ = close(connection, found, loss(found), at)
    event: tickets.Event = "ask again for free" if order.free else "ask again"
    if (found.state, event) not in MOVES:
        return found
    full = reserve(connection, order.scopes, order.worst_micros, at=at)
    if full is not None:
        return full
    mine = _fresh(order, at, found.cost)
    scopes = [list(scope) for scope in mine.scopes]
    tickets.move(connection, mine.key, event, at=at, data=mine.data, held=mine.held, scopes=scopes)
    return mine


def close(connection: sa.Connection, mine: Ticket, end: End, at: datetime) -> tuple[Ticket, Notices]:
    """Closes an opening and settles its hold. Returns the ticket as it stands now.

    Where somebody has written it off meanwhile, a late answer is the truth all the same: the charge is
    corrected by the difference.
    """
    before = mine.cost or 0
    state = MOVES[TicketState.OPEN, end.event]
    done = mine._replace(state=state, data=end.data, closed_at=at, held=0, cost=before + end.cost)
    if tickets.close(connection, mine, done):
        return done, settle(connection, mine.scopes, mine.held, end.cost, mine.currency, at=at)
    now = tickets.find(connection, mine.key)
    if now is None or end.event == "loss":
        return now or done, ()
    charged = 0
    if now.state is TicketState.UNKNOWN and now.opened_at == mine.opened_at:
        charged = (now.cost or 0) - before
        tickets.correct(connection, done)
        now = done
    return now, settle(connection, mine.scopes, 0, end.cost - charged, mine.currency, at=at)


def deadline(ticket: Ticket) -> datetime:
    """When the request of an open ticket has ended, whatever became of it."""
    told = ticket.data.get("deadline_at")
    return datetime.fromisoformat(told) if told else ticket.opened_at


def settled(
    connection: sa.Connection,
    ticket_id: str,
    *,
    lost: bool,
    found_text: str | None,
    cost: int | None,
    at: datetime,
) -> tuple[Ticket, Notices]:
    """A person's word on a closed ticket: it was lost, this is its answer, this is what it cost.

    Raises:
        NotFound: no such ticket. NotReady: it is open. Conflict: its outcome is known already.
        Invalid: nothing or a contradiction was said.
    """
    _consistent(lost, found_text, cost)
    ticket = tickets.get(connection, ticket_id)
    if ticket.state is TicketState.OPEN:
        raise NotReady(
            f"The ticket {ticket.id} is open: its request may still be under way.",
            code="ticket.open",
            hint=f"Wait until {deadline(ticket):%Y-%m-%d %H:%M} UTC.",
        )
    if ticket.state is not TicketState.UNKNOWN and (lost or found_text is not None):
        raise Conflict(
            f"The outcome of ticket {ticket.id} is known: {ticket.state.value}.",
            code="ticket.settled",
            hint="Only what it cost can still be corrected, by --cost.",
        )
    charged = ticket.cost or 0
    total = cost if cost is not None else 0 if lost else charged
    done = _as_said(ticket, lost, found_text, known=lost or cost is not None)._replace(cost=total)
    tickets.correct(connection, done._replace(closed_at=at))
    return done, settle(connection, ticket.scopes, 0, total - charged, ticket.currency, at=at)


def _consistent(lost: bool, found_text: str | None, cost: int | None) -> None:
    if lost and (found_text is not None or cost):
        raise Invalid(
            "A lost request has no answer and cost nothing.",
            code="ticket.contradiction",
            hint="Say --lost, or --found FILE, or --cost USD; the last two go together.",
        )
    if not lost and found_text is None and cost is None:
        raise Invalid(
            "Nothing was said about the ticket.",
            code="ticket.nothing_said",
            hint="Say --lost, --found FILE or --cost USD.",
        )
    if cost is not None and cost < 0:
        raise Invalid("A cost is never negative.", code="ticket.bad_cost", hint="Say 0 or more.")


def _as_said(ticket: Ticket, lost: bool, found_text: str | None, *, known: bool) -> Ticket:
    known = known or ticket.cost_known
    if lost:
        return ticket._replace(state=TicketState.REFUSED, data={"code": "ticket.lost", "cost_known": True})
    if found_text is not None:
        return ticket._replace(state=TicketState.ANSWERED, data={"text": found_text, "cost_known": known})
    return ticket._replace(data={**ticket.data, "cost_known": known})
