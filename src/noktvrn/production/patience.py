"""Waits for a ledger that is away for a moment: a server that restarts is no reason to fail a run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from noktvrn.kernel.errors import Unavailable

AWAY = ("database.unavailable", "database.busy")
PATIENCE_S = 60.0
PAUSE_S = 0.5

T = TypeVar("T")


def patiently(act: Callable[[], T], *, patience_s: float = PATIENCE_S) -> T:
    """What `act` returns, repeated while the ledger is away. `act` must be safe to repeat.

    Raises:
        Unavailable: the ledger did not come back in time.
    """
    deadline = time.monotonic() + patience_s
    while True:
        try:
            return act()
        except Unavailable as error:
            if error.code not in AWAY or time.monotonic() > deadline:
                raise
        time.sleep(PAUSE_S)
