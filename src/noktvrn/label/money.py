"""What was asked of the outside and what it cost: tickets shown and settled, budgets shown and capped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from noktvrn.kernel.errors import Invalid, NotFound
from noktvrn.kernel.ids import parse
from noktvrn.label import amounts
from noktvrn.label.amounts import USD
from noktvrn.label.office import Office
from noktvrn.outbound.budgets import overview
from noktvrn.outbound.tickets import Tickets
from noktvrn.storage import audit
from noktvrn.storage.ledger import budgets, caps, jobs, ticket_events, ticket_files, tickets
from noktvrn.storage.ledger.budgets import Limit
from noktvrn.storage.ledger.caps import Cap
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.ticket_events import TicketEvent
from noktvrn.storage.ledger.ticket_files import FileRow
from noktvrn.storage.ledger.tickets import WORDS, Ticket, TicketState

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.desk import JobDesk

LARGEST_ANSWER = 4_000_000


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A scope and how it stands: in millionths for USD, else in whole units. `cap` None: counted, not capped;
    `set_by` is the person whose cap it is, empty where it is the settings'."""

    scope: str
    currency: str
    spent: int
    held: int
    cap: int | None
    set_by: str = ""


@dataclass(frozen=True, slots=True)
class JobSheet:
    """A job, the files it brought (no addresses), and all that happened to it."""

    job: Job
    files: tuple[FileRow, ...]
    events: tuple[TicketEvent, ...]


class Cashbook:
    """Verbs about money that leaves the house."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._studio = office.studio

    def tickets(self, states: Sequence[TicketState] = (), *, limit: int = 100) -> list[Ticket]:
        """Tickets, newest first; without states, all of them. What dead processes left is closed first."""
        self._desk.sweep(self._studio.clock.now())
        with self._studio.database.read() as connection:
            return tickets.every(connection, states=states or tuple(TicketState), limit=limit)

    def ticket(self, ticket_id: str) -> Ticket:
        """One ticket. Raises NotFound."""
        with self._studio.database.read() as connection:
            return tickets.get(connection, parse("ticket", ticket_id), lock=False)

    def job(self, ticket_id: str) -> JobSheet | None:
        """What a ticket that brings files has beside it; None: it is one for words. Raises NotFound."""
        ticket = self.ticket(ticket_id)
        if ticket.kind == WORDS:
            return None
        with self._studio.database.read() as connection:
            return JobSheet(
                jobs.get(connection, ticket.id, lock=False),
                tuple(ticket_files.kept(connection, ticket.id)),
                tuple(ticket_events.every(connection, ticket.id)),
            )

    def settle(
        self,
        ticket_id: str,
        *,
        lost: bool = False,
        found: Path | Sequence[Path] | None = None,
        cost: str | None = None,
        charges: Sequence[str] = (),
        actor: str = "person",
    ) -> Ticket:
        """A person's word on a ticket: `lost` gives the money back, `found` are files with the answer, `cost`
        what it really was, in units of its currency, and `charges` the same in a service's own units
        (`12 suno credits`).

        Raises:
            NotFound: no such ticket or file. NotReady: it is open. Conflict: its outcome is known already.
            Invalid: nothing, a contradiction or no amount was said. Refused: a file is no such file.
        """
        ticket = self.ticket(ticket_id)
        files = [found] if isinstance(found, Path) else list(found or ())
        said = {"lost": lost, "found": bool(files), "cost": cost}
        note = self._noted("ticket.settled", ticket, actor, {**said, "before": ticket.cost})
        if ticket.kind != WORDS:
            charged = _charged(cost, charges)
            self._jobs.settle(ticket.id, lost=lost, found=files, charged=charged, note=note)
            return self.ticket(ticket.id)
        if len(files) > 1 or charges:
            raise _only_words()
        text = _stored(ticket, _read(files[0])) if files else None
        micros = amounts.micros(cost, ticket.currency) if cost is not None else None
        return self._desk.settle(ticket.id, lost=lost, found_text=text, cost=micros, note=note)

    def cancel(self, ticket_id: str, *, actor: str = "person") -> Ticket:
        """Calls a job off where its service can; else marks it: what it brings is still kept, it is paid for.

        Raises:
            NotFound: no such job. Conflict: it has ended. Outside: the service did not answer.
        """
        ticket = self.ticket(ticket_id)
        service = self._office.booking.service(ticket.provider, ticket.purpose)
        note = self._noted("ticket.cancelled", ticket, actor, {"before": ticket.state.value})
        self._jobs.cancel(ticket.id, service, note)
        return self.ticket(ticket.id)

    def acknowledge(self, provider: str, *, actor: str = "person") -> bool:
        """A person has seen what a provider charged beyond its quote: it gets orders again. False: there was
        nothing to see."""
        now = self._studio.clock.now()

        def note(connection: sa.Connection) -> None:
            _record(connection, "provider.acknowledged", provider, actor, now, {})

        return self._jobs.acknowledge(provider, note)

    def blocked(self) -> list[str]:
        """Providers that get no orders until a person has seen what they charged."""
        return self._jobs.blocked()

    def budgets(self) -> list[BudgetLine]:
        """Every scope anything was spent in, by name. What dead processes held is charged first."""
        now = self._studio.clock.now()
        self._desk.sweep(now)
        with self._studio.database.read() as connection:
            found = overview(connection)
            known, persons = caps.known(connection), caps.every(connection)
        by_whom = {(one.scope, one.unit): one.actor for one in persons}
        settings = self._studio.settings
        lines = []
        for one in found:
            own = Limit(one.scope, amounts.cap_of(settings, one.scope))
            (limit,) = caps.over(known, [own], one.currency)
            keys = [(name, one.currency) for name in (one.scope, one.scope.partition(":")[0])]
            who = next((by_whom[key] for key in keys if key in by_whom), "")
            lines.append(BudgetLine(one.scope, one.currency, one.spent, one.held, limit.cap_micros, who))
        return lines

    def today(self) -> BudgetLine:
        """What went out today (UTC) in dollars, and the cap of a day. Nothing is swept for it: what a dead
        process held still counts as held."""
        scope = f"day:{self._studio.clock.now().astimezone(UTC).date()}"
        with self._studio.database.read() as connection:
            books = budgets.find(connection, scope, USD)
            own = Limit(scope, amounts.cap_of(self._studio.settings, scope))
            (limit,) = caps.over(caps.known(connection), [own])
        spent, held = (books.spent, books.held) if books is not None else (0, 0)
        return BudgetLine(scope, USD, spent, held, limit.cap_micros)

    def caps(self) -> list[Cap]:
        """Caps that people have set, by budget and unit."""
        with self._studio.database.read() as connection:
            return caps.every(connection)

    def set_cap(self, scope: str, amount: str | None, *, unit: str = USD, actor: str = "person") -> None:
        """Caps a budget (`provider:suno_gateway`) or all of a kind (`day`), in dollars or in a service's own
        unit. It wins over the settings, in every process, within a second. None takes it away.

        Raises:
            Invalid: no such budget, unit or amount.
        """
        name, of = amounts.scope(scope), amounts.unit(unit)
        most = amounts.in_unit(amount, of) if amount is not None else None
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            caps.set_cap(connection, name, of, most, actor=actor, at=now)

    def _noted(
        self, act: str, ticket: Ticket, actor: str, detail: dict[str, Any]
    ) -> Callable[[sa.Connection, object], None]:
        at = self._studio.clock.now()
        return lambda books, _done: _record(books, act, ticket.id, actor, at, detail)

    @cached_property
    def _desk(self) -> Tickets:
        return Tickets(self._studio.database, self._studio.clock)

    @property
    def _jobs(self) -> JobDesk:
        return self._office.booking.desk


def _record(
    books: sa.Connection, act: str, subject: str, actor: str, at: datetime, detail: dict[str, Any]
) -> None:
    audit.record(books, act, artist_id=audit.LABEL, subject=subject, actor=actor, at=at, detail=detail)


def _charged(cost: str | None, charges: Sequence[str]) -> dict[str, int] | None:
    told = dict(amounts.charge(one) for one in charges)
    if cost is not None:
        told[USD] = amounts.micros(cost)
    return told or None


def _only_words() -> Invalid:
    return Invalid(
        "This ticket is one for words: it has one answer, and costs money only.",
        code="ticket.contradiction",
        hint="Say --lost, one --found FILE, or --cost USD.",
    )


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
