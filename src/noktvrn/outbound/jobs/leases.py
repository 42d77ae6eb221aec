"""Leases: a job is in the hands of one owner at a time, who renews it while it lives."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.jobs.owners import Owner
from noktvrn.outbound.scribe import Scribe
from noktvrn.storage.ledger import jobs

LEASE = timedelta(seconds=60)
RENEW_S = 15.0


class Leases:
    """The leases of one desk. While anybody is `at_work`, a thread renews them all."""

    def __init__(self, owner: Owner, scribe: Scribe, clock: Clock) -> None:
        self.owner = owner
        self._scribe = scribe
        self._clock = clock
        self._lock = threading.Lock()
        self._working = 0
        self._end: threading.Event | None = None

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Whatever is taken in here is renewed until the end."""
        with self._lock:
            self._working += 1
            if self._end is None:
                self._end = threading.Event()
                threading.Thread(target=self._keep, args=(self._end,), name="leases", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._working -= 1
                if not self._working and self._end is not None:
                    self._end.set()
                    self._end = None

    def _keep(self, end: threading.Event) -> None:
        while not end.wait(RENEW_S):
            # A ledger that is busy just now is asked again long before a lease ends.
            with contextlib.suppress(LabelError):
                until = self._clock.now() + LEASE
                self._scribe.write_now(lambda books, until=until: jobs.renew(books, self.owner.name, until))  # type: ignore[misc]
