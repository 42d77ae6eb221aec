"""Whether the ledger's server answers: told when it goes away and when it is back, each in one line."""

from __future__ import annotations

import logging
import threading

AWAY = "database.unavailable"

log = logging.getLogger("noktvrn.storage")


class Standing:
    """One process's knowledge of one server. Who opens a ledger that is away has the error itself, so that
    is not told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answered = False
        self._away = False

    def away(self, message: str) -> None:
        """It did not answer."""
        with self._lock:
            tell = self._answered and not self._away
            self._away = self._away or tell
        if tell:
            log.warning("%s What needs it waits.", message)

    def here(self) -> None:
        """It answered."""
        if self._answered and not self._away:
            return
        with self._lock:
            tell, self._away, self._answered = self._away, False, True
        if tell:
            log.warning("The database answers again.")
