"""Asks the outside once per key: the ticket is committed before the request leaves, and closed after it.

The same transactions hold the worst case in every budget and settle what it cost. A repeated step (kill -9,
resume) gets the stored answer. Where nobody knows whether a request was served, it is charged at its worst
case and flagged, and it is not sent again: the caller goes on without, unless the server was declared free.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import BudgetSpent, LabelError, Unavailable
from noktvrn.outbound import counter
from noktvrn.outbound.budgets import BudgetNotice, PersonsCaps, Scope
from noktvrn.outbound.counter import End, Notices, Order
from noktvrn.outbound.failures import OUTCOME_UNKNOWN, outcome_unknown
from noktvrn.outbound.flights import Flights
from noktvrn.outbound.scribe import Scribe
from noktvrn.outbound.wire import Wire
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import switch, tickets
from noktvrn.storage.ledger.tickets import Ticket, TicketState

__all__ = ["Order", "Receipt", "Tickets"]
Note = Callable[[sa.Connection, Ticket], None]
T = TypeVar("T")
CANCELLED = "outside.cancelled"
GRACE = timedelta(minutes=1)
"""How long after its deadline an open ticket counts as one that a dead process left behind."""
SWEEP_S = 300.0
"""How often a process that lives on writes off what dead ones held."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """An answer and what it cost, in millionths of a US dollar. `cost_known` False: our estimate."""

    text: str
    cost_micros: int = 0
    cost_known: bool = True


class Tickets:
    """The tickets of this label; safe to share between threads and event loops.

    `notify` is told, once each, when a budget reaches 80 and 100 percent of its cap.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        scribe: Scribe | None = None,
        notify: Callable[[BudgetNotice], None] | None = None,
    ) -> None:
        self._scribe = scribe or Scribe(database)
        self._clock = clock
        self._flights = Flights()
        self._notify = notify
        self._told_full: set[Scope] = set()
        self._caps = PersonsCaps()
        self._sweep_at = 0.0

    async def asked(
        self, order: Order, send: Callable[[], Awaitable[Receipt]], note: Note | None = None
    ) -> Receipt:
        """The stored answer to this order, else what `send` brings, stored.

        `send` raises the kernel's errors; `outcome_unknown` decides whether the ticket stays unknown, charged
        at its worst case, or is closed as refused and free. Cancelled: unknown if a byte had left by the
        guarded transport, else refused and free. `note` runs in the transaction that closes the ticket.

        Raises:
            BudgetSpent: a budget has no room for the worst case (`budget.full`); nothing was sent.
            NotReady: the label is stopped (`label.stopped`); nothing was sent.
            Unavailable: the outcome of an earlier request is unknown, and it is not free to ask again.
            Conflict: the key was used for other words.
            LabelError: what `send` raised.
        """
        if time.monotonic() >= self._sweep_at:  # the first thing a process does, then now and again
            self._sweep_at = time.monotonic() + SWEEP_S
            self._tell_swept(await self._scribe.write(self._sweeping(self._clock.now(), GRACE)))
        async with self._flights.alone(order.key):
            mine = self._usable(order, await self._open(order))
            if mine.state is TicketState.ANSWERED:
                return _receipt(mine)
            with Wire() as wire:
                try:
                    receipt = await send()
                except BaseException as error:
                    await self._close(mine, _failed(mine, error, wire.sent), note)
                    raise
            await self._close(mine, _answer(receipt), note)
            return receipt

    def ask(self, order: Order, send: Callable[[], str]) -> str:
        """The same for plain code and answers whose cost is not counted. A crash in `send` leaves the ticket
        open, which counts as unknown."""
        with self._flights.alone_now(order.key):
            at = self._clock.now()
            mine = self._usable(order, self._scribe.write_now(lambda books: self._opened(books, order, at)))
            if mine.state is TicketState.ANSWERED:
                return str(mine.data["text"])
            try:
                text = send()
            except LabelError as error:
                self._close_now(mine, _failed(mine, error, sent=True))
                raise
            self._close_now(mine, _answer(Receipt(text)))
            return text

    def sweep(self, now: datetime, older_than: timedelta = GRACE) -> int:
        """Closes as unknown what dead processes left open; returns how many.

        A ticket was left behind when its request's deadline passed `older_than` ago, and nobody in this
        process is at it.
        """

        return self._tell_swept(self._scribe.write_now(self._sweeping(now, older_than)))

    def settle(
        self,
        ticket_id: str,
        *,
        lost: bool = False,
        found_text: str | None = None,
        cost: int | None = None,
        note: Note | None = None,
    ) -> Ticket:
        """A person's word on a ticket: `lost` gives the money back (it may then be asked again), `found_text`
        is stored as its answer, `cost` in micro-units is what it really was.

        Raises:
            NotFound: no such ticket. NotReady: it is open. Conflict: its outcome is known already.
            Invalid: nothing or a contradiction was said.
        """

        def work(books: sa.Connection) -> tuple[Ticket, Notices]:
            at = self._clock.now()
            done, notices = counter.settled(
                books, ticket_id, lost=lost, found_text=found_text, cost=cost, at=at
            )
            if note is not None:
                note(books, done)
            return done, notices

        done, notices = self._scribe.write_now(work)
        self._tell(notices)
        return done

    def _sweeping(self, now: datetime, older_than: timedelta) -> Callable[[sa.Connection], list[Notices]]:
        def work(books: sa.Connection) -> list[Notices]:
            old = tickets.opened_before(books, now - older_than)
            late = [one for one in old if counter.deadline(one) <= now - older_than]
            left = [one for one in late if not self._flights.under_way(one.key)]
            return [counter.close(books, one, counter.loss(one), now)[1] for one in left]

        return work

    def _tell_swept(self, swept: list[Notices]) -> int:
        for notices in swept:
            self._tell(notices)
        return len(swept)

    async def _open(self, order: Order) -> Ticket | Scope:
        """Opens it. Where the caller is cancelled meanwhile, what was opened is closed again."""
        at = self._clock.now()
        try:
            return await self._handed(lambda books: self._opened(books, order, at))
        except asyncio.CancelledError:
            # The scribe keeps the order: by now, or before this, the ticket is open.
            await self._uncancelled(lambda books: _unopen(books, order.key, at))
            raise

    def _opened(self, books: sa.Connection, order: Order, at: datetime) -> Ticket | Scope:
        switch.check(books)
        scopes = self._caps.over(books, order.scopes)
        return counter.opened(books, order if scopes is order.scopes else replace(order, scopes=scopes), at)

    async def _close(self, mine: Ticket, end: End, note: Note | None) -> None:
        at = self._clock.now()

        def work(books: sa.Connection) -> Notices:
            done, notices = counter.close(books, mine, end, at)
            if note is not None:
                note(books, done)
            return notices

        try:
            notices = await self._uncancelled(work)
        except Exception:
            if note is not None:  # a note that fails must not keep the books open
                await self._close(mine, end, None)
            raise
        self._tell(notices)

    def _close_now(self, mine: Ticket, end: End) -> None:
        at = self._clock.now()
        self._tell(self._scribe.write_now(lambda books: counter.close(books, mine, end, at))[1])

    async def _uncancelled(self, work: Callable[[sa.Connection], T]) -> T:
        """Waits for a write that is not to be missed, also while the caller is being cancelled."""
        return await asyncio.shield(self._handed(work))

    def _handed(self, work: Callable[[sa.Connection], T]) -> asyncio.Future[T]:
        return self._scribe.handed(work, alone=self._flights.count <= 1)

    def _usable(self, order: Order, opened: Ticket | Scope) -> Ticket:
        if not isinstance(opened, Ticket):
            raise self._full(opened)
        if opened.state is TicketState.UNKNOWN:
            raise Unavailable(
                f"Nobody knows whether {order.provider} served an earlier request (ticket {opened.id}).",
                code=OUTCOME_UNKNOWN,
                hint="It is not sent again. Look at the account there, then use `noktvrn ticket settle`.",
            )
        return opened

    def _full(self, scope: Scope) -> BudgetSpent:
        if scope not in self._told_full:
            self._told_full.add(scope)
            cap = scope.cap_micros or 0
            self._tell([BudgetNotice(scope.name, 100, cap, cap, full=True)])
        return BudgetSpent(
            f"The budget {scope.name} has no room for another request.",
            code="budget.full",
            hint="See `noktvrn budget show`; `noktvrn budget set` and NOKTVRN_BUDGET and its kin set caps.",
        )

    def _tell(self, notices: Iterable[BudgetNotice]) -> None:
        if self._notify is not None:
            for notice in notices:
                self._notify(notice)


def _unopen(books: sa.Connection, key: str, at: datetime) -> None:
    found = tickets.find(books, key)
    if found is not None and found.state is TicketState.OPEN and found.opened_at == at:
        counter.close(books, found, End("refusal", {"code": CANCELLED}), at)


def _answer(receipt: Receipt) -> End:
    data = {"text": receipt.text} if receipt.cost_known else {"text": receipt.text, "cost_known": False}
    return End("answer", data, receipt.cost_micros)


def _failed(mine: Ticket, error: BaseException, sent: bool) -> End:
    code = error.code if isinstance(error, LabelError) else CANCELLED
    unknown = outcome_unknown(error) if isinstance(error, LabelError) else sent
    return counter.loss(mine, code) if unknown else End("refusal", {"code": code})


def _receipt(ticket: Ticket) -> Receipt:
    """What the stored answer costs today is nothing: it was paid when it was asked."""
    return Receipt(str(ticket.data["text"]), 0, cost_known=True)
