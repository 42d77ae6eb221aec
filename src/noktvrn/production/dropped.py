"""Workflows that are this executor's by the ledger and that it does not run.

The engine takes a workflow from its queue in one transaction and runs it after that. Where the answer to the
commit is lost, as with a server that restarts, it takes the workflow for one it did not get: it would be
pending for as long as this process lives. Here it is found and put back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable

from dbos._dbos import _get_dbos_instance

from noktvrn.production.dispatcher import Claimed, Dispatcher

DROPPED_AFTER_S = 5.0
"""How long a workflow is nobody's before it is put back. One that begins late after all does no harm: the
engine lets only the last one who took it record anything."""

log = logging.getLogger("noktvrn.production")


class Dropped:
    """What one executor has taken and does not run."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._since: dict[str, float] = {}

    def put_back(self, mine: Iterable[Claimed]) -> int:
        """Puts back what was dropped out of `mine`, looked up just now; returns how much."""
        now, at_work = time.monotonic(), under_way()
        idle = {one.workflow_id: one for one in mine if one.workflow_id not in at_work}
        self._since = {key: self._since.get(key, now) for key in idle}
        dropped = [one for key, one in idle.items() if now - self._since[key] >= DROPPED_AFTER_S]
        for one in dropped:
            log.debug("%s was claimed and not begun; it is put back", one.workflow_id)
            del self._since[one.workflow_id]
        return sum(self._dispatcher.put_back(one) for one in dropped)


def under_way() -> Collection[str]:
    """The workflows that run in this process, as the engine's memory has them: no ledger is asked."""
    return frozenset(_get_dbos_instance()._active_workflows_set.activeList())
