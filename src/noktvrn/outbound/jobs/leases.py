"""Leases: a job is in the hands of one owner at a time, who renews it while it lives."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.jobs.owners import Owner
from noktvrn.outbound.scribe import Scribe
from noktvrn.storage.ledger import jobs

LEASE = timedelta(seconds=60)
RENEW_S = 15.0
LEFT_S = 2 * RENEW_S
"""How long a lease that is over has to stay as it is, where its owner lives on this machine."""


class Leases:
    """The leases of one desk. While anybody is `at_work`, a thread renews them all."""

    def __init__(self, owner: Owner, scribe: Scribe, clock: Clock) -> None:
        self.owner = owner
        self._scribe = scribe
        self._clock = clock
        self._lock = threading.Lock()
        self._working = 0
        self._end: threading.Event | None = None
        self._over: dict[str, tuple[datetime, float]] = {}

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

    def is_left(self, ticket_id: str, owner: str, until: datetime) -> bool:
        """Whether a lease that is over by the clock was really left. A clock that jumps ends the lease of a
        living process too, which renews it soon: one on this machine is given the time for that."""
        if not self.owner.is_alive(owner):
            return True
        now = time.monotonic()
        with self._lock:
            seen = self._over.get(ticket_id)
            if seen is None or seen[0] != until:
                self._over[ticket_id] = until, now
                return False
            return now - seen[1] >= LEFT_S

    def _keep(self, end: threading.Event) -> None:
        while not end.wait(RENEW_S):
            # A ledger that is busy just now is asked again long before a lease ends.
            with contextlib.suppress(LabelError):
                until = self._clock.now() + LEASE
                self._scribe.write_now(lambda books, until=until: jobs.renew(books, self.owner.name, until))  # type: ignore[misc]
