"""Asks the outside once per key: the ticket is committed before the request leaves, and closed after it.

A repeated step (kill -9, resume) gets the stored answer. Where nobody knows whether a request was served, it
is not sent again: the caller goes on without, unless the server was declared free.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import Conflict, Fault, LabelError, Unavailable
from noktvrn.outbound.failures import OUTCOME_UNKNOWN, outcome_unknown
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import tickets
from noktvrn.storage.ledger.tickets import Event, Ticket, TicketState


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked. `key` names the wish (the same wish, the same key), `request_hash` its exact wording."""

    key: str
    provider: str
    purpose: str
    request_hash: str
    free: bool = False


class Tickets:
    """The tickets of this label; safe to share between threads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._guard = threading.Lock()
        self._asking: dict[str, tuple[threading.Lock, int]] = {}

    def ask(self, order: Order, send: Callable[[], str]) -> str:
        """The stored answer to this order, else what `send` brings, stored.

        `send` raises the kernel's errors; `outcome_unknown` decides whether the ticket stays unknown or is
        closed as refused. Any other end (a crash, an interrupt) leaves it open, which counts as unknown.

        Raises:
            Unavailable: the outcome of an earlier request is unknown, and it is not free to ask again.
            Conflict: the key was used for other words.
            LabelError: what `send` raised.
        """
        with self._alone(order.key):
            ticket = self._take(order)
            if ticket is not None:
                return str(ticket.data["text"])
            try:
                text = send()
            except LabelError as error:
                self._close(order, "loss" if outcome_unknown(error) else "refusal", {"code": error.code})
                raise
            self._close(order, "answer", {"text": text})
            return text

    def _take(self, order: Order) -> Ticket | None:
        """The answered ticket, or None when the caller now holds an open one of its own."""
        with self._database.begin() as connection:
            mine = tickets.add(
                connection,
                key=order.key,
                provider=order.provider,
                purpose=order.purpose,
                request_hash=order.request_hash,
                at=self._clock.now(),
            )
            found = tickets.find(connection, order.key)
        if found is None:
            raise Fault(f"The ticket of {order.purpose} vanished.", code="ticket.vanished")
        if mine:
            return None
        if found.request_hash != order.request_hash:
            raise Conflict(
                f"The ticket {found.id} was opened for another request.",
                code="ticket.other_request",
                hint="Change the version of the prompt when its words change.",
            )
        if found.state is TicketState.ANSWERED:
            return found
        self._take_again(order, found)
        return None

    def _take_again(self, order: Order, found: Ticket) -> None:
        """Holds a ticket that ended without an answer, if the table has a way for that."""
        if found.state is TicketState.OPEN:
            self._close(order, "loss", {"code": OUTCOME_UNKNOWN})
        if not self._close(order, "ask again for free" if order.free else "ask again", {}):
            raise Unavailable(
                f"Nobody knows whether {order.provider} served an earlier request (ticket {found.id}).",
                code=OUTCOME_UNKNOWN,
                hint="It is not sent again. Look at the account there.",
            )

    def _close(self, order: Order, event: Event, data: dict[str, Any]) -> bool:
        with self._database.begin() as connection:
            return tickets.move(connection, order.key, event, at=self._clock.now(), data=data)

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """One thread of this process at a time per key; those who wait find the answer."""
        with self._guard:
            lock, waiting = self._asking.get(key, (threading.Lock(), 0))
            self._asking[key] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, waiting = self._asking[key]
                if waiting == 1:
                    del self._asking[key]
                else:
                    self._asking[key] = (lock, waiting - 1)
