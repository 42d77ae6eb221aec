"""Waits for a ledger that is away for a moment: a server that restarts is no reason to fail a run.

One whose disk is full is waited for as long as it takes: nothing can be written down before, not even that
the run has failed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from noktvrn.kernel.errors import Unavailable
from noktvrn.storage import standing

AWAY = (standing.AWAY, "database.busy")
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
            late = error.code not in AWAY or time.monotonic() > deadline
            if late and error.code != standing.FULL:
                raise
        time.sleep(PAUSE_S)
