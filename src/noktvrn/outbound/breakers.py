"""Breakers: a service that fails is left alone for a while, and tried again by one caller at a time.

They are written in the ledger, so they survive a restart and hold for every process. While one is closed,
no call touches the ledger: only failures are written, and the row is read again once a second.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from noktvrn.kernel.clock import Clock
from noktvrn.outbound.circuit import Category, Circuit
from noktvrn.outbound.scribe import Scribe
from noktvrn.storage.ledger import breakers
from noktvrn.storage.ledger.breakers import Breaker

FRESH = timedelta(seconds=1)
"""How long this process goes by what it read last."""


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to send one request. Hand it back by `worked`, `failed` or `returned`."""

    name: str
    trial: bool = False


@dataclass(frozen=True, slots=True)
class BreakerNotice:
    """A breaker opened, or closed again: always in pairs. `until` is when it may be tried."""

    name: str
    event: Literal["opened", "closed"]
    category: str = ""
    until: datetime | None = None


@dataclass(slots=True)
class _Seen:
    """What this process knows of a breaker."""

    breaker: Breaker
    read_at: datetime
    successes: deque[datetime] = field(default_factory=deque)


class Breakers:
    """The breakers of this label, by name ("provider/model"); for the event loop of one process.

    `notify` is told when one opens and when it closes again, by the process that did it.
    """

    def __init__(
        self,
        scribe: Scribe,
        clock: Clock,
        circuit: Circuit | None = None,
        notify: Callable[[BreakerNotice], None] | None = None,
    ) -> None:
        self._scribe = scribe
        self._clock = clock
        self._circuit = circuit or Circuit()
        self._notify = notify
        self._seen: dict[str, _Seen] = {}

    async def permit(self, name: str) -> Permit | None:
        """The right to ask this service; None while it is left alone or somebody else tries it."""
        now = self._clock.now()
        seen = self._seen.get(name)
        if seen is None or not timedelta(0) <= now - seen.read_at < FRESH:  # a clock may be set back
            seen = await self._read(name, now)
        if seen.breaker.state == "closed":
            return Permit(name)
        return await self._trial(name, now) if self._circuit.may_try(seen.breaker, now) else None

    async def worked(self, permit: Permit) -> None:
        """The request was answered. A trial that worked closes the breaker."""
        now = self._clock.now()
        seen = self._seen.get(permit.name)
        if seen is not None:
            seen.successes.append(now)
            if len(seen.successes) > self._circuit.calls:
                seen.successes.popleft()
        if permit.trial:
            await self._change(permit.name, lambda _: Breaker(permit.name), now)

    async def failed(self, permit: Permit, category: Category, retry_after_s: float | None = None) -> None:
        """The request failed. `retry_after_s` is the service's own word on when to come again."""
        now = self._clock.now()
        seen = self._seen.get(permit.name)
        successes = tuple(seen.successes) if seen is not None else ()

        def change(breaker: Breaker) -> Breaker:
            return self._circuit.after_failure(
                breaker, successes, now, category=category, retry_after_s=retry_after_s, trial=permit.trial
            )

        await self._change(permit.name, change, now)

    async def returned(self, permit: Permit) -> None:
        """Nothing was learnt (cancelled, no budget): a trial may be taken by the next one at once."""
        now = self._clock.now()
        if permit.trial:
            await self._change(permit.name, lambda breaker: breaker._replace(state="open", until=now), now)

    def state(self, name: str) -> Breaker:
        """How the breaker of this name stands in the ledger."""
        with self._scribe.database.read() as books:
            return breakers.find(books, name)

    def every(self) -> list[Breaker]:
        """Every breaker that ever opened or counted a failure, by name."""
        with self._scribe.database.read() as books:
            return breakers.every(books)

    async def _read(self, name: str, now: datetime) -> _Seen:
        return self._remember(await self._scribe.write(lambda books: breakers.find(books, name)), now)

    async def _trial(self, name: str, now: datetime) -> Permit | None:
        taken = False

        def take(books: sa.Connection) -> Breaker:
            nonlocal taken
            breaker = breakers.find(books, name, lock=True)
            taken = self._circuit.may_try(breaker, now)
            if taken:
                breaker = self._circuit.tried(breaker, now)
                breakers.save(books, breaker, now)
            return breaker

        def undo(books: sa.Connection) -> None:
            if taken:
                breaker = breakers.find(books, name, lock=True)
                breakers.save(books, breaker._replace(state="open", until=now), now)

        try:
            breaker = await self._scribe.write(take)
        except asyncio.CancelledError:
            # The scribe keeps the order: by now, or before this, the trial is taken.
            await self._scribe.write(undo)
            raise
        self._remember(breaker, now)
        if breaker.state == "closed":
            return Permit(name)
        return Permit(name, trial=True) if taken else None

    async def _change(self, name: str, change: Callable[[Breaker], Breaker], now: datetime) -> None:
        def work(books: sa.Connection) -> tuple[Breaker, Breaker]:
            before = breakers.find(books, name, lock=True)
            after = change(before)
            if after != before:
                breakers.save(books, after, now)
            return before, after

        before, after = await self._scribe.write(work)
        seen = self._remember(after, now)
        if before.state != "closed" and after.state == "closed":
            seen.successes.clear()
            self._tell(BreakerNotice(name, "closed", before.category))
        elif before.state == "closed" and after.state == "open":
            self._tell(BreakerNotice(name, "opened", after.category, after.until))

    def _remember(self, breaker: Breaker, now: datetime) -> _Seen:
        seen = self._seen.setdefault(breaker.name, _Seen(breaker, now))
        seen.breaker, seen.read_at = breaker, now
        return seen

    def _tell(self, notice: BreakerNotice) -> None:
        if self._notify is not None:
            self._notify(notice)
