"""What was asked of the outside and what it cost: tickets shown and settled, budgets shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa

from noktvrn.kernel.errors import Invalid, NotFound
from noktvrn.kernel.ids import parse
from noktvrn.kernel.money import Money
from noktvrn.label.office import Office
from noktvrn.outbound.budgets import overview
from noktvrn.outbound.tickets import Tickets
from noktvrn.settings import Settings
from noktvrn.storage import audit
from noktvrn.storage.ledger import tickets
from noktvrn.storage.ledger.tickets import Ticket, TicketState

LARGEST_ANSWER = 4_000_000


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A scope and how it stands, in micro-units. `cap` None: counted, not capped."""

    scope: str
    currency: str
    spent: int
    held: int
    cap: int | None


class Cashbook:
    """Verbs about money that leaves the house."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio

    def tickets(self, states: Sequence[TicketState] = (), *, limit: int = 100) -> list[Ticket]:
        """Tickets, newest first; without states, all of them. What dead processes left is closed first."""
        self._desk.sweep(self._studio.clock.now())
        with self._studio.database.read() as connection:
            return tickets.every(connection, states=states or tuple(TicketState), limit=limit)

    def ticket(self, ticket_id: str) -> Ticket:
        """One ticket. Raises NotFound."""
        with self._studio.database.read() as connection:
            return tickets.get(connection, parse("ticket", ticket_id))

    def settle(
        self,
        ticket_id: str,
        *,
        lost: bool = False,
        found: Path | None = None,
        cost: str | None = None,
        actor: str = "person",
    ) -> Ticket:
        """A person's word on a ticket: `lost` gives the money back, `found` is a file with the answer, `cost`
        what it really was, in units of its currency.

        Raises:
            NotFound: no such ticket or file. NotReady: it is open. Conflict: its outcome is known already.
            Invalid: nothing, a contradiction or no amount was said.
        """
        ticket = self.ticket(ticket_id)
        text = _stored(ticket, _read(found)) if found is not None else None
        micros = _micros(cost, ticket.currency) if cost is not None else None
        at = self._studio.clock.now()
        detail = {"lost": lost, "found": found is not None, "cost": cost, "before": ticket.cost}

        def note(connection: sa.Connection, _done: Ticket) -> None:
            audit.record(
                connection,
                "ticket.settled",
                artist_id=audit.LABEL,
                subject=ticket.id,
                actor=actor,
                at=at,
                detail=detail,
            )

        return self._desk.settle(ticket.id, lost=lost, found_text=text, cost=micros, note=note)

    def budgets(self) -> list[BudgetLine]:
        """Every scope anything was spent in, by name. What dead processes held is charged first."""
        now = self._studio.clock.now()
        self._desk.sweep(now)
        with self._studio.database.read() as connection:
            found = overview(connection)
        settings = self._studio.settings
        return [BudgetLine(o.scope, o.currency, o.spent, o.held, _cap(o.scope, settings)) for o in found]

    @cached_property
    def _desk(self) -> Tickets:
        return Tickets(self._studio.database, self._studio.clock)


def _cap(scope: str, settings: Settings) -> int | None:
    caps = {
        "label": settings.budget,
        "day": settings.budget_day,
        "artist": settings.budget_artist,
        "task": settings.budget_task,
        "provider": settings.budget_provider,
    }
    return caps.get(scope.partition(":")[0])


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_ANSWER:
            raise Invalid(
                f"{path.name} is no answer: it is too long.",
                code="ticket.bad_file",
                hint=f"An answer has at most {LARGEST_ANSWER:,} bytes.",
            )
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise Invalid(
            f"{path.name} is no text in UTF-8.", code="ticket.bad_file", hint="Save it as UTF-8."
        ) from None
    except OSError:
        raise NotFound(f"There is no file {path}.", code="ticket.no_file", hint="Check the path.") from None


def _stored(ticket: Ticket, text: str) -> str:
    """The answer as the room that asked keeps it: a language model's is kept with how it ended."""
    if not ticket.purpose.startswith("llm."):
        return text
    from noktvrn.llm.result import Reply

    return Reply(text=text.replace("\x00", ""), finish="stop").model_dump_json()


def _micros(amount: str, currency: str) -> int:
    try:
        money = Money.of(Decimal(amount), currency)
    except (ValueError, InvalidOperation, OverflowError):
        money = Money(-1, currency)
    if not 0 <= money.micros < 2**53:
        raise Invalid(f"{amount[:20]!r} is no amount.", code="ticket.bad_cost", hint="Write it as 0.25.")
    return money.micros
