"""One at a time: whoever does cycles holds the label's batch lock, which ends with its process.

The rows of a slot keep it from starting anything twice even without; the lock keeps two workers from writing
one artist's words, and paying for them, at the same moment.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from noktvrn.kernel.errors import TimedOut
from noktvrn.production.leases import Leases
from noktvrn.production.studio import Studio

NAME = "batch"
LOOK_EVERY_S = 0.2


@contextmanager
def alone(studio: Studio) -> Iterator[bool]:
    """Whether this block is the one at work on cycles; whoever is not leaves them to who is."""
    lock = Leases(studio.database, studio.settings.home).try_lock(NAME)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            lock.release()


@contextmanager
def in_turn(studio: Studio, patience_s: float) -> Iterator[None]:
    """Waits until nobody else is at work on cycles.

    Raises:
        TimedOut: somebody was for all of `patience_s`.
    """
    deadline = time.monotonic() + patience_s
    while True:
        with alone(studio) as mine:
            if mine:
                yield
                return
        if time.monotonic() > deadline:
            raise TimedOut(
                "Another process is at work on a cycle.",
                code="batch.busy",
                hint="`noktvrn batch status` shows what it started.",
            )
        time.sleep(LOOK_EVERY_S)
