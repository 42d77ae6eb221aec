"""Notices when the machine's clock jumps, which is told in one line."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from noktvrn.kernel.clock import Clock

JUMP = timedelta(minutes=1)
"""Less than this is an adjustment."""

log = logging.getLogger("noktvrn.label")


class ClockWatch:
    """Compares the clock with one that only goes on. Leases are locks and waits are counted on the latter, so
    that a jump takes no work from anybody; what has a date goes by the clock as it is."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset = self._now()

    def look(self) -> timedelta:
        """How far the clock has jumped since the last look; zero for less than a minute."""
        offset = self._now()
        jump = offset - self._offset
        if abs(jump) < JUMP:
            return timedelta(0)
        self._offset = offset
        minutes = jump / timedelta(minutes=1)
        log.warning("The clock jumped by %+.0f minutes. Reviews and dates go by it; work goes on.", minutes)
        return jump

    def _now(self) -> datetime:
        """The moment at which a clock that only goes on began, by the clock that may jump."""
        return self._clock.now() - timedelta(seconds=time.monotonic())
