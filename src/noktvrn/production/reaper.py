"""Keeps this executor's lease, takes over the work of the dead, and brings old work up to date."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterable

import sqlalchemy as sa
from dbos import error

from noktvrn.kernel.errors import LabelError, Unavailable
from noktvrn.production import adoption
from noktvrn.production.dispatcher import Claimed, Dispatcher
from noktvrn.production.dropped import Dropped
from noktvrn.production.leases import Leases
from noktvrn.production.studio import Studio
from noktvrn.production.version import PIPELINE_VERSION

REAP_EVERY_S = 1.0
ADOPT_EVERY_S = 15.0
STOP_WITHIN_S = 10.0
CALM_S = 5.0
"""How long nobody is taken for dead after this executor's own lock was lost: a server that restarts frees the
locks of all the living at once, and each of them needs a moment to take its own anew."""

log = logging.getLogger("noktvrn.production")


class Reaper:
    """One per executor."""

    def __init__(self, studio: Studio, executor_id: str, dispatcher: Dispatcher) -> None:
        self._clock = studio.clock
        self._database = studio.database
        self._dispatcher = dispatcher
        self._mine = executor_id
        self._dropped = Dropped(dispatcher)
        self._leases = Leases(studio.database, studio.settings.home)
        self._lock = self._leases.enlist(executor_id, studio.clock.now())
        self._adopt_at = 0.0
        self._calm_until = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reaper", daemon=True)

    def start(self) -> None:
        """Begins to look, at once and then every second."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the looking. The lease is still held."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(STOP_WITHIN_S)
        with contextlib.suppress(LabelError, sa.exc.SQLAlchemyError, error.DBOSException):
            if self._mine not in self._working():
                self._leases.strike(self._mine)

    def release(self) -> None:
        """Lets go of the lease: from here on others may take over what is left."""
        self._lock.release()

    def _run(self) -> None:
        told = ""
        while not self._stop.is_set():
            trouble = ""
            try:
                self._look()
            except (Unavailable, sa.exc.OperationalError):
                log.debug("looking for dead workers waits for the ledger", exc_info=True)
            except Exception as failure:  # a disk that is away for a moment is no reason to stop looking
                trouble = f"{type(failure).__name__}: {failure}".partition("\n")[0]
                log.debug("looking for dead workers failed", exc_info=True)
            if trouble and trouble != told:
                log.warning("Looking for dead workers failed, and is tried again every second: %s", trouble)
            told = trouble
            self._stop.wait(REAP_EVERY_S)

    def _look(self) -> None:
        before = self._lock
        self._lock = self._leases.renew(self._mine, before, self._clock.now())
        if self._lock is not before:
            self._calm_until = time.monotonic() + CALM_S
        if time.monotonic() >= self._adopt_at:
            self._adopt_at = time.monotonic() + ADOPT_EVERY_S
            adoption.adopt_waiting(self._database, self._dispatcher, self._clock.now())
        claimed = self._dispatcher.claimed()
        self._dropped.put_back(one for one in claimed if one.executor_id == self._mine)
        if time.monotonic() >= self._calm_until:
            self._leases.bury_dead(self._mine, executors_of(claimed), self._take_over)

    def _take_over(self, dead: str) -> bool:
        """Puts the work of a dead executor back into its queues, for whoever serves them."""
        adoption.adopt_from(dead, self._database, self._dispatcher, self._clock.now())
        for one in self._dispatcher.claimed():
            if one.executor_id == dead and one.version == PIPELINE_VERSION:
                self._dispatcher.put_back(one)
        return dead not in self._working()

    def _working(self) -> set[str]:
        return executors_of(self._dispatcher.claimed())


def executors_of(claimed: Iterable[Claimed]) -> set[str]:
    """The executors that have unfinished workflows."""
    return {one.executor_id for one in claimed if one.executor_id}
