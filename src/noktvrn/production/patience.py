"""Waits for a ledger that is away: a server that restarts is no reason to fail a run.

Nothing can be written down before it is back, not even that the run has failed, so to give up early helps
nobody. One whose disk is full is waited for as long as it takes; one that is away for an hour, since an error
that never ends may look like it. So is one that is busy: a writer that was put to sleep keeps it so.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TypeVar

from noktvrn.kernel.errors import Unavailable
from noktvrn.storage import standing

PATIENCE_S = {standing.FULL: math.inf, standing.AWAY: 3600.0, "database.busy": 3600.0}
"""By the code of the error, from the moment of the first one."""
ANSWERED_S = 90.0
"""What takes longer than this has met a ledger that answered: one that is away fails within half a minute."""
PAUSE_S = 0.5

T = TypeVar("T")


def patiently(act: Callable[[], T]) -> T:
    """What `act` returns, repeated while the ledger is away. `act` must be safe to repeat.

    Raises:
        Unavailable: the ledger did not come back in time, or it is something else that is away.
    """
    away_since: float | None = None
    while True:
        began = time.monotonic()
        try:
            return act()
        except Unavailable as error:
            now = time.monotonic()
            if away_since is None or now - began > ANSWERED_S:
                away_since = now
            if now - away_since >= PATIENCE_S.get(error.code, 0.0):
                raise
        time.sleep(PAUSE_S)
