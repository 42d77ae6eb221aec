"""Whether a stage may go on: asked at every checkpoint, of a worker that leaves and of the switch."""

from __future__ import annotations

import contextlib
import threading
import time

from noktvrn.kernel.checkpoint import Halt
from noktvrn.kernel.errors import Unavailable
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import switch

LOOK_EVERY_S = 0.5
"""How often the ledger is asked. The worker's own word costs nothing and is heard every time."""


class Watch:
    """Listens to the checkpoints of one stage."""

    def __init__(self, database: Database, leaving: threading.Event | None = None) -> None:
        self._database = database
        self._leaving = leaving
        self._next_look = time.monotonic() + LOOK_EVERY_S  # who begins a stage has just asked

    def __call__(self) -> None:
        """Raises Halt where the worker leaves or the label was stopped."""
        if self._leaving is not None and self._leaving.is_set():
            raise Halt("the worker leaves")
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + LOOK_EVERY_S
            self._look()

    def _look(self) -> None:
        # A ledger that is away for a moment says nothing; the end of the stage asks it again.
        with contextlib.suppress(Unavailable), self._database.read() as connection:
            if switch.is_off(switch.turns(connection)):
                raise Halt("the label is stopped")
