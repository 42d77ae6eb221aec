"""Whether the ledger can be used: told when its server goes away or its disk is full, and when it is back."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

AWAY = "database.unavailable"
FULL = "ledger.full"
ROOM_BYTES = 1 << 20
CALM_S = 1.0
"""A server that goes away lets one go on while it throws out another: who answers within this is no sign."""

log = logging.getLogger("noktvrn.storage")


class Standing:
    """One process's knowledge of one ledger. Who opens one that is away has the error itself, so that is not
    told. `room`: whether its disk has any: a full one can still be read, so an answer alone is no sign."""

    def __init__(self, room: Callable[[], bool]) -> None:
        self._lock = threading.Lock()
        self._room = room
        self._answered = False
        self._away = False
        self._failed_at = 0.0

    def away(self, message: str) -> None:
        """It did not answer, or could not be written."""
        with self._lock:
            tell = self._answered and not self._away
            self._away = self._away or tell
            self._failed_at = time.monotonic()
        if tell:
            log.warning("%s What needs it waits.", message)

    def here(self) -> None:
        """It answered."""
        if self._answered and not self._away:
            return
        with self._lock:
            tell = self._away and time.monotonic() - self._failed_at > CALM_S and self._room()
            self._away, self._answered = self._away and not tell, True
        if tell:
            log.warning("The ledger answers again.")


def has_room(path: str | None) -> bool:
    """Whether the disk a file lies on has room for a little more."""
    return path is None or shutil.disk_usage(Path(path).parent).free >= ROOM_BYTES
