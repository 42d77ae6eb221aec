"""The bell: what wakes those who wait for events, so that they need not ask the ledger all the time.

It carries nothing and promises nothing. Whoever hears it asks the ledger, and whoever never hears it asks
the ledger a moment later all the same.
"""

from __future__ import annotations

import threading
from typing import Protocol


class Bell(Protocol):
    """Rung after every commit that told an event."""

    @property
    def rung(self) -> int:
        """How often it was rung so far, as a mark for `wait`."""

    def ring(self) -> None:
        """Wakes whoever waits. Never raises, never blocks."""

    def wait(self, mark: int, timeout_s: float) -> int:
        """Returns once it was rung after `mark` was read, or after `timeout_s`; returns the new mark."""


class HouseBell:
    """A bell for the threads of this process."""

    def __init__(self) -> None:
        self._rung = 0
        self._heard = threading.Condition()

    @property
    def rung(self) -> int:
        """How often it was rung so far."""
        return self._rung

    def ring(self) -> None:
        """Wakes whoever waits."""
        with self._heard:
            self._rung += 1
            self._heard.notify_all()

    def wait(self, mark: int, timeout_s: float) -> int:
        """Waits for the next ring after `mark`, at most `timeout_s`."""
        with self._heard:
            self._heard.wait_for(lambda: self._rung != mark, timeout_s)
            return self._rung
