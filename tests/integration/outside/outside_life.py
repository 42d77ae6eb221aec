"""A worker's life inside the test's process: one order at the real desk, by a clock that does not wait.

What is left behind is read the way a person would read it: the ticket, the books, whatever was written.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from tests.integration.outside.outside_cases import Case, order_of

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.door import Door
from noktvrn.outbound.jobs.desk import JobDesk
from noktvrn.outbound.jobs.notices import JobNotice
from noktvrn.outbound.jobs.nouns import Delivery, JobOrder
from noktvrn.outbound.jobs.service import Service
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import budgets, jobs
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.tables import ticket_events, ticket_files, tickets
from noktvrn.storage.vault import Vault

STEPS = 60
"""Into so many pauses the longest wait for a job falls."""
NEXT_DAY = timedelta(hours=3)
"""Between a life and the next: every breaker has closed, every window has opened."""


class Striding:
    """A clock that goes `stride` times faster while somebody waits by it, and takes no time for that but for
    what happens `meanwhile`."""

    def __init__(self, late: timedelta = timedelta(0)) -> None:
        self.ahead = late
        self.stride = 1.0
        self.meanwhile: Callable[[], object] = object

    def now(self) -> datetime:
        """Later than it is."""
        return datetime.now(UTC) + self.ahead

    def pause(self, seconds: float) -> None:
        """Waits, as far as the clock knows."""
        self.meanwhile()
        self.ahead += timedelta(seconds=seconds * self.stride)


@dataclasses.dataclass(frozen=True)
class Desk:
    """A desk of its own process, as far as the ledger can tell, with the order it is asked for."""

    jobs: JobDesk
    settings: Settings
    clock: Striding
    database: Database
    order: JobOrder
    service: Service
    news: Sequence[JobNotice]

    def done(self) -> Delivery | LabelError:
        """What the order came to."""
        try:
            return self.jobs.done(self.order, self.service)
        except LabelError as error:
            return error

    def tend(self) -> int:
        """One round of a worker for whom nobody waits."""
        return self.jobs.tend(lambda *_: self.service, self.clock.now())

    def job(self) -> Job:
        """The one ticket there is of the order."""
        with self.database.read() as books:
            found = jobs.by_key(books, self.order.key)
        assert found is not None
        return found

    def books(self) -> dict[str, tuple[int, int]]:
        """What the label has spent and holds, by unit."""
        with self.database.read() as books:
            rows = budgets.every(books)
        return {row.currency: (row.spent, row.held) for row in rows if row.scope == "label"}

    def written(self) -> str:
        """Every ticket and all of its events."""
        with self.database.read() as books:
            found = [books.execute(sa.select(table)).all() for table in (tickets, ticket_events)]
        return repr(found)

    def addresses(self) -> list[str]:
        """Of files, as far as the ledger still has them."""
        with self.database.read() as books:
            return [url for url in books.scalars(sa.select(ticket_files.c.url)) if url]


@contextmanager
def desk(
    case: Case,
    home: Path,
    origin: str,
    *,
    attempt: int = 1,
    late: timedelta = timedelta(0),
    callbacks: str = "",
    pause: Callable[[float], None] | None = None,
    **more: Any,
) -> Iterator[Desk]:
    """A desk in `home` whose settings point at `origin`; `callbacks` is the label's public address."""
    told: Mapping[str, Any] = {**case.settings(origin), **more}
    if callbacks:
        told = {**told, "public_base_url": callbacks}
    settings = Settings(home=home, _env_file=None, **told)
    clock, news = Striding(late), list[JobNotice]()
    order, service = order_of(case, settings, attempt, home, clock)
    service.caps = dataclasses.replace(service.caps, requests=None)
    clock.stride = max(1.0, service.caps.deadline_s / STEPS)
    database = Database(settings)
    at_work = JobDesk(
        database,
        clock,
        Vault(home / "vault"),
        home / "spool",
        Door(partial(find_ffmpeg, None)),
        settings,
        news.append,
        pause=pause or clock.pause,
    )
    try:
        yield Desk(at_work, settings, clock, database, order, service, news)
    finally:
        at_work.close()
        database.close()


def moved_in(blank: Path, home: Path) -> Path:
    """A home of its own, its ledger laid out."""
    shutil.copytree(blank, home, dirs_exist_ok=True)
    return home


def as_text(found: object) -> str:
    """Everything an error tells, or a delivery."""
    if isinstance(found, LabelError):
        return json.dumps([found.message, found.hint, found.code, repr(found), str(found)])
    return repr(found)
