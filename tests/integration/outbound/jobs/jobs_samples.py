"""A desk on a real ledger, a service that plays by a script, and a small door for its files."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from noktvrn.kernel.clock import Clock, FixedClock
from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.badge import Badge
from noktvrn.outbound.jobs.desk import JobDesk
from noktvrn.outbound.jobs.notices import JobNotice
from noktvrn.outbound.jobs.nouns import Charge, JobOrder, Kind, Progress, Quote, Remote, Submitted
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import budgets, jobs, ticket_events
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.vault import Vault

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ARTIST = "art_0000000000001"
WHO = "studio_x"
SONG = b"a song, as far as this door can tell"


class Patient(FixedClock):
    """A clock that goes on while somebody waits by it, so that minutes take no time."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.waited: list[float] = []
        self.waits: Callable[[float], None] = lambda _seconds: None
        self._lock = threading.Lock()

    def pause(self, seconds: float) -> None:
        """Waits, as far as anybody can tell."""
        with self._lock:
            self.waited.append(seconds)
            self.advance(timedelta(seconds=seconds))
        self.waits(seconds)


@dataclass(frozen=True)
class Found:
    """What the small door found."""

    path: Path
    media_type: str
    duration_s: float | None


@dataclass
class SmallDoor:
    """Reads `file:` addresses. What does not begin like a song is none; `troubles` come before any file."""

    troubles: deque[LabelError] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)

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
    ) -> Found:
        """Copies a file."""
        assert badge is None  # no service here has one
        self.asked.append(url)
        if self.troubles:
            raise self.troubles.popleft()
        shutil.copyfile(url.removeprefix("file:"), into)
        return self.check(into, kind=kind, duration_s=duration_s)

    def check(self, path: Path, *, kind: Kind, duration_s: float | None = None) -> Found:
        """Looks at its first byte."""
        if not path.read_bytes().startswith(b"a song"):
            raise trouble(Trouble.CONTRACT, WHO, "it is no song")
        return Found(path, "audio/mpeg", duration_s)


Step = Progress | LabelError | Callable[[], Any]


@dataclass
class Studio:
    """A service that says what it is told to: `takes` for each submission, `looks` for each look; the last of
    each is said for ever. `submissions` are the ones that were taken, and billed."""

    takes: list[Any]
    looks: list[Any] = field(default_factory=list)
    caps: Caps = field(default_factory=Caps)
    found: str | None = None
    cancelled: bool = True
    asked: list[str] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    submissions: int = 0

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Takes the next one."""
        self.asked.append("submit")
        self.slips.append(slip)
        said: Submitted = _said(_next(self.takes))
        self.submissions += 1
        return said

    def look(self, ref: str) -> Progress:
        """Says the next one."""
        self.asked.append(f"look {ref}")
        said: Progress = _said(_next(self.looks))
        return said

    def find(self, order: JobOrder) -> str | None:
        """What it was told to find."""
        self.asked.append("find")
        return self.found

    def cancel(self, ref: str) -> bool:
        """Whether it can."""
        self.asked.append(f"cancel {ref}")
        return self.cancelled


def _next(script: list[Any]) -> Any:
    return script.pop(0) if len(script) > 1 else script[0]


def _said(step: Any) -> Any:
    if callable(step):
        step = step()
    if isinstance(step, BaseException):
        raise step
    return step


class House:
    """A ledger, a vault, a spool and a clock; `desk` opens a desk as a process would."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.clock = Patient()
        self.door = SmallDoor()
        self.news: list[JobNotice] = []
        self.vault = Vault(settings.home / "vault")

    @property
    def spool(self) -> Path:
        """Where files come in."""
        return self.settings.home / "spool"

    def desk(self, clock: Clock | None = None, **more: Any) -> JobDesk:
        """A desk of its own."""
        told = {"pause": self.clock.pause, **more}
        return JobDesk(
            self.database,
            clock or self.clock,
            self.vault,
            self.spool,
            self.door,
            self.settings,
            self.news.append,
            **told,
        )

    def file(self, name: str = "song.mp3", content: bytes = SONG) -> Remote:
        """A file that lies at the service."""
        path = self.settings.home / "outside" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return Remote(clip=name, url=f"file:{path}", kind="audio", duration_s=30.0, title="Night Bus")

    def ready(self, *names: str, **more: Any) -> Progress:
        """A job that has finished."""
        return Progress(state="ready", files=tuple(self.file(n) for n in names or ("a", "b")), **more)

    def job(self, order: JobOrder) -> Job:
        """Its row."""
        with self.database.read() as books:
            found = jobs.by_key(books, order.key)
        assert found is not None
        return found

    def events(self, order: JobOrder) -> list[str]:
        """What happened to it."""
        with self.database.read() as books:
            return [one.event for one in ticket_events.every(books, self.job(order).id)]


def order(
    words: str = "a song",
    *,
    attempt: int = 0,
    charges: Iterable[Charge] = (Charge(unit="suno credits", amount=12), Charge(amount=60_000)),
    **more: Any,
) -> JobOrder:
    """An order for a song."""
    told = {"provider": WHO, "purpose": "compose", "kind": "audio", "outputs": 2, **more}
    return JobOrder(
        errand=Errand(artist_id=ARTIST, run_id="run_0000000000001", stage="track", attempt=attempt),
        request={"prompt": words},
        quote=Quote(charges=tuple(charges)),
        **told,
    )


def took(ref: str = "job-1", **more: Any) -> Submitted:
    """The service took it."""
    return Submitted(ref=ref, **more)


def balances(books: sa.Connection, unit: str) -> dict[str, tuple[int, int]]:
    """Spent and held of one unit, by scope."""
    return {one.scope: (one.spent, one.held) for one in budgets.every(books) if one.currency == unit}


def sha(content: bytes) -> str:
    """Of these bytes."""
    return hashlib.sha256(content).hexdigest()
