"""What jobs are looked after with: the ledger, the spool, the vault, the door, and who is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

import sqlalchemy as sa

from noktvrn.kernel.clock import Clock
from noktvrn.outbound.badge import Badge
from noktvrn.outbound.breakers import Breakers
from noktvrn.outbound.jobs.leases import LEASE, Leases
from noktvrn.outbound.jobs.notices import JobNotice, Notify
from noktvrn.outbound.jobs.nouns import JobOrder, Kind
from noktvrn.outbound.jobs.service import Service
from noktvrn.outbound.scribe import Scribe
from noktvrn.settings import Settings
from noktvrn.storage.ledger import jobs
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.vault import Vault

T = TypeVar("T")
TICK_S = 1.0
"""How often a thread that waits looks into the ledger: did a callback come, was somebody else faster?"""


class File(Protocol):
    """A file that was found to be what it is said to be."""

    @property
    def path(self) -> Path:
        """Where it lies."""

    @property
    def media_type(self) -> str:
        """What it is."""

    @property
    def duration_s(self) -> float | None:
        """How long it is, where it has a length."""


class Doorway(Protocol):
    """The one way in for files from outside (`outbound.door.Door`)."""

    def fetch(
        self,
        url: str,
        into: Path,
        *,
        kind: Kind,
        named: str,
        private_hosts: Collection[str] = (),
        duration_s: float | None = None,
        badge: Badge | None = None,
    ) -> File:
        """Downloads a file and checks it."""

    def check(self, path: Path, *, kind: Kind, duration_s: float | None = None) -> File:
        """Checks a file that is here already."""


@dataclass(frozen=True, slots=True)
class Room:
    """`pause` waits so many seconds. `patience_s` is how long an order that was not accepted is tried again
    for before its caller hears of it."""

    scribe: Scribe
    clock: Clock
    vault: Vault
    spool: Path
    door: Doorway
    settings: Settings
    breakers: Breakers
    leases: Leases
    notify: Notify | None = None
    pause: Callable[[float], None] = time.sleep
    patience_s: float = 0.0
    told: set[str] = field(default_factory=set)

    def now(self) -> datetime:
        """The present moment."""
        return self.clock.now()

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """One transaction."""
        return self.scribe.write_now(work)

    def find(self, key: str) -> Job | None:
        """The job of a key as it stands."""
        with self.scribe.database.read() as books:
            return jobs.by_key(books, key)

    def is_free(self, job: Job) -> bool:
        """Whether nobody looks after it: no owner, or one whose lease has ended, or who is dead."""
        if job.owner is None or job.leased_until is None or job.owner == self.leases.owner.name:
            return True
        if job.leased_until <= self.now():
            return self.leases.is_left(job.id, job.owner, job.leased_until)
        return self.leases.owner.is_dead(job.owner)

    def taken(self, job: Job) -> Job | None:
        """The job in our hands; None: somebody else has it."""
        if not self.is_free(job):
            return None
        owner, until = self.leases.owner.name, self.now() + LEASE
        return self.write(lambda books: jobs.lease(books, job, owner, until))

    def let_go(self, ticket_id: str) -> None:
        """Nobody looks after it any more."""
        owner = self.leases.owner.name
        self.write(lambda books: jobs.release(books, ticket_id, owner))

    def until(self, moment: datetime | None) -> None:
        """Waits until then, but no longer than a tick."""
        left = (moment - self.now()).total_seconds() if moment is not None else TICK_S
        self.pause(min(TICK_S, max(left, 0.01)))

    def folder(self, job: Job) -> Path:
        """Where the files of this very attempt come in."""
        return self.spool / job.id / str(job.data.get("attempt", 1))

    def tell(self, *news: JobNotice) -> None:
        """Tells people, each news once."""
        for one in news:
            if self.notify is not None and one.key not in self.told:
                self.told.add(one.key)
                self.notify(one)


@dataclass(slots=True)
class Case:
    """An order being seen through by one caller. `sent` and `looks` count what it did itself."""

    room: Room
    order: JobOrder
    service: Service
    told: Callable[[float], None] | None = None
    started_at: datetime | None = None
    sent: int = 0
    looks: int = 0
    sought: bool = False
    again: bool = False
    retry_after_s: float | None = None

    @property
    def deadline(self) -> datetime:
        """Until when this caller waits for a place and a turn."""
        begin = self.started_at or self.room.now()
        return begin + timedelta(seconds=self.service.caps.deadline_s)
