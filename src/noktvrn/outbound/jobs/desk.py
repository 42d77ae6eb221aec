"""The desk for outside jobs: ordered once, waited for, fetched, checked, kept, settled."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.breakers import Breakers
from noktvrn.outbound.circuit import Circuit
from noktvrn.outbound.flights import Flights
from noktvrn.outbound.jobs import accounts, keeping, seeing, settling
from noktvrn.outbound.jobs.accounts import Amounts
from noktvrn.outbound.jobs.endings import HOUR
from noktvrn.outbound.jobs.leases import Leases
from noktvrn.outbound.jobs.notices import Notify
from noktvrn.outbound.jobs.nouns import Delivery, JobOrder
from noktvrn.outbound.jobs.opening import hashed
from noktvrn.outbound.jobs.owners import Owner
from noktvrn.outbound.jobs.room import Case, Doorway, Room
from noktvrn.outbound.jobs.service import Service
from noktvrn.outbound.jobs.settling import Note
from noktvrn.outbound.scribe import Scribe
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import jobs
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.tickets import TO_FETCH, TicketState
from noktvrn.storage.vault import Vault

log = logging.getLogger("noktvrn.jobs")
SELDOM = Circuit(window_s=600.0, share=2.0, rest_s=15.0, longest_s=900.0, trial_s=900.0)
"""Orders are few, and take long: it takes three failures in a row to leave a service alone, not a share."""
MOST_AT_A_TIME = 10
"""Jobs that are looked after in one go: each may take as long as its service, and its files."""
Services = Callable[[str, str], Service | None]
"""Who plays a provider for a purpose; None: nobody does, by today's settings."""


class JobDesk:
    """The one way to order files outside; safe to share between threads.

    `spool` is a folder on a local disk where files come in; it outlives the process. `notify` hears what
    people have to know.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        vault: Vault,
        spool: Path,
        door: Doorway,
        settings: Settings,
        notify: Notify | None = None,
        *,
        pause: Callable[[float], None] = time.sleep,
        patience_s: float = 0.0,
    ) -> None:
        scribe = Scribe(database)
        self._flights = Flights()
        self._room = Room(
            scribe=scribe,
            clock=clock,
            vault=vault,
            spool=spool,
            door=door,
            settings=settings,
            breakers=Breakers(scribe, clock, SELDOM),
            leases=Leases(Owner(spool / "owners"), scribe, clock),
            notify=notify,
            pause=pause,
            patience_s=patience_s,
        )

    def done(
        self, order: JobOrder, service: Service, told: Callable[[float], None] | None = None
    ) -> Delivery:
        """Orders once per key, waits, fetches, checks and keeps; see `service.Jobs.done`."""
        with self._room.scribe.database.read() as books:
            order = keeping.kept(books, order)
        with self._flights.alone_now(order.key), self._room.leases.at_work():
            return seeing.seen_through(Case(self._room, order, service, told))

    def tend(self, services: Services, now: datetime) -> int:
        """Looks after jobs nobody waits for; returns how many. What is due is looked at, what is ready is
        fetched, and what dead processes left open is found out about."""
        with self._room.scribe.database.read() as books:
            due = jobs.due(books, now)
        tended = (job for job in due if self._tended(job, services))
        return sum(1 for _ in islice(tended, MOST_AT_A_TIME))

    def hint(self, provider: str, token: str) -> bool:
        """A service called back: the next look is due now. What it said is not believed, only looked up.

        False: nobody knows that token, or there is nothing left to look at; both are normal.
        """
        with self._room.scribe.database.read() as books:
            job = jobs.by_token(books, hashed(token))
        if job is None or job.provider != provider:
            return False
        now = self._room.now()
        return self._room.write(lambda books: jobs.look_at(books, job.id, now))

    def settle(
        self,
        ticket_id: str,
        *,
        lost: bool = False,
        found: Sequence[Path] = (),
        charged: Amounts | None = None,
        note: Note | None = None,
    ) -> Job:
        """A person's word on a job: `lost` gives back what it held or was charged (it may then be ordered
        again), `found` files are checked and stored as its result, `charged` is what it cost in all, by unit
        (millionths for USD). `note` runs in the same transaction.

        Raises:
            NotFound: no such job or file. NotReady: it is still looked after. Conflict: its outcome is known.
            Invalid: nothing or a contradiction was said. Refused: a file is no such file.
        """
        return settling.settled(self._room, ticket_id, lost=lost, found=found, charged=charged, note=note)

    def cancel(self, ticket_id: str, service: Service | None, note: Note | None = None) -> Job:
        """Calls a job off where its service can; else marks it as abandoned: what it brings is still kept.

        Raises:
            NotFound: there is no such job. Conflict: it has ended. Outside: the service did not answer.
        """
        return settling.called_off(self._room, ticket_id, service, note)

    def acknowledge(self, provider: str, note: Callable[[sa.Connection], None] | None = None) -> bool:
        """A person has seen that a provider charged more than it had quoted: it gets orders again. False:
        there was nothing to see."""
        at = self._room.now()

        def work(books: sa.Connection) -> bool:
            was = accounts.unblock(books, provider, at)
            if was and note is not None:
                note(books)
            return was

        return self._room.write(work)

    def blocked(self) -> list[str]:
        """Providers that get no orders until a person has seen what they charged."""
        with self._room.scribe.database.read() as books:
            return accounts.blocked(books)

    def close(self) -> None:
        """Lets go of what marks this desk as alive."""
        self._room.leases.owner.leave()

    def _tended(self, job: Job, services: Services) -> bool:
        if not self._room.is_free(job):
            return False
        with self._flights.alone_at_once(job.key) as ours, self._room.leases.at_work():
            if not ours:
                return False
            service = services(job.provider, job.purpose)
            if service is None:
                self._put_off(job)
                return False
            return self._seen_to(job, Case(self._room, JobOrder.model_validate(job.order), service))

    def _seen_to(self, job: Job, case: Case) -> bool:
        mine = self._room.taken(job)
        if mine is None:
            return False
        try:
            with seeing.moved_meanwhile():
                seeing.stepped(case, mine)
                after = self._room.find(job.key)
                if after is not None and after.state in TO_FETCH and after.state is not job.state:
                    seeing.stepped(case, after)
        except LabelError as error:
            log.warning("%s: %s", job.id, error.message)
        except Exception:
            log.exception("%s could not be looked after", job.id)
            self._put_off(mine)
        finally:
            self._room.let_go(job.id)
        return True

    def _put_off(self, job: Job) -> None:
        if job.state is not TicketState.OPEN:
            again = self._room.now() + HOUR
            self._room.write(lambda books: jobs.note(books, job, next_look_at=again))
