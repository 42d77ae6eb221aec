"""Where outside players are booked: the one desk of this process for outside jobs, and under which terms.

Nothing is opened, and no network code or table of jobs imported, before somebody from outside is cast.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import LabelError
from noktvrn.model.provenance import Rights
from noktvrn.providers import registry
from noktvrn.providers._kit import Kit
from noktvrn.roles.messenger import Notice
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.vault import Vault

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.desk import JobDesk
    from noktvrn.outbound.jobs.notices import JobNotice
    from noktvrn.outbound.jobs.nouns import Delivery, JobOrder
    from noktvrn.outbound.jobs.service import Service


class Booking:
    """Opens desk, kit and services when they are first needed; safe to share between threads."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        database: Database,
        vault: Vault,
        notify: Callable[[Notice], object],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._database = database
        self._vault = vault
        self._notify = notify
        self._lock = threading.RLock()
        self._desk: JobDesk | None = None
        self._services: dict[tuple[str, str], Service | None] = {}

    @property
    def kit(self) -> Kit:
        """What every provider of this label is opened with. Its desk is this: opened with the first order."""
        scratch = self._settings.home / "scratch"
        return Kit(self._clock, scratch, jobs=self, rights=self.rights, database=self._database)

    @property
    def desk(self) -> JobDesk:
        """The desk for outside jobs."""
        with self._lock:
            if self._desk is None:
                self._desk = self._opened()
            return self._desk

    def done(
        self, order: JobOrder, service: Service, told: Callable[[float], None] | None = None
    ) -> Delivery:
        """Hands an order to the desk; see `outbound.jobs.service.Jobs`."""
        return self.desk.done(order, service, told)

    def tend(self) -> int:
        """Looks after outside jobs nobody waits for; returns how many. Without any, nothing is opened."""
        from noktvrn.storage.ledger import jobs

        now = self._clock.now()
        with self._database.read() as connection:
            any_due = bool(jobs.due(connection, now, limit=1))
        return self.desk.tend(self.service, now) if any_due else 0

    def rights(self, provider: str) -> Rights:
        """Under which rights a provider's work is made today: its manifest's, and what a person recorded.

        Raises:
            NotFound: there is no such provider.
        """
        from noktvrn.storage.ledger import terms

        with self._database.read() as connection:
            record = terms.covering(connection, provider, self._clock.now().date())
        template = registry.rights_of(provider)
        return record.over(template) if record is not None else template

    def service(self, provider: str, purpose: str) -> Service | None:
        """Whom to ask about a provider's jobs of one purpose; None where it cannot be opened now."""
        with self._lock:
            key = (provider, purpose)
            if self._services.get(key) is None:
                self._services[key] = self._service(provider, purpose)
            return self._services[key]

    def _service(self, provider: str, purpose: str) -> Service | None:
        try:
            return registry.open_service(provider, purpose, self._settings, self.kit)
        except LabelError:  # no key any more, or no such provider: its jobs wait for both
            return None

    def _opened(self) -> JobDesk:
        from noktvrn.film.ffmpeg import find_ffmpeg
        from noktvrn.outbound.door import Door
        from noktvrn.outbound.jobs.desk import JobDesk

        return JobDesk(
            self._database,
            self._clock,
            self._vault,
            self._settings.home / "spool",
            Door(lambda: find_ffmpeg(self._settings.ffmpeg)),
            self._settings,
            self._told,
            patience_s=self._settings.patience_s,
        )

    def _told(self, news: JobNotice) -> None:
        text = f"{news.text} {news.hint}".strip()
        self._notify(Notice(key=news.key[:120], kind="warning", title=news.title, text=text))

    def close(self) -> None:
        """Lets go of the desk, if it was ever opened."""
        with self._lock:
            if self._desk is not None:
                self._desk.close()
                self._desk = None
