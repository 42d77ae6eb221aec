"""Work of an older version that no worker of today's can replay: begun anew from the ledger's records.

The ledger's stage record is the truth and not the engine's history, so a workflow is forked by cancelling it
and enqueueing its run once more: what is done is passed over, what was under way is done again under the
same keys. See docs/decisions/0017-versions.md.
"""

from __future__ import annotations

import logging
from datetime import datetime

from noktvrn.kernel.errors import LabelError
from noktvrn.model.run import UNDER_WAY
from noktvrn.production.dispatcher import Dispatcher, Going, Named
from noktvrn.production.version import older
from noktvrn.storage import audit
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import runs

log = logging.getLogger("noktvrn.production")


def adopt_waiting(database: Database, dispatcher: Dispatcher, now: datetime) -> int:
    """Brings what waits in the queues of older versions into today's; returns how many."""
    return _adopted(database, dispatcher, now, executor_id="")


def adopt_from(dead: str, database: Database, dispatcher: Dispatcher, now: datetime) -> int:
    """Brings what a dead executor of an older version had under way into today's queues."""
    return _adopted(database, dispatcher, now, executor_id=dead)


def fork(
    database: Database,
    dispatcher: Dispatcher,
    run_id: str,
    workflow: str,
    *,
    by: str = "production",
    at: datetime,
) -> int:
    """Cancels the workflow a run has, if it has one, and enqueues the run once more from where the ledger
    stands; it waits for as long as the old one would have, so that a release may still be taken back. Returns
    the number of the new workflow; 0: nothing is under way, and nothing was done."""
    number, alive = dispatcher.last(workflow, run_id)
    with database.begin() as connection:
        run = runs.held(connection, run_id)
        if run.state not in UNDER_WAY:
            return 0
        audit.record(connection, "run.forked", artist_id=run.artist_id, subject=run.id, actor=by, at=at)
        wait_s = dispatcher.waits_s(connection, Named(run_id, workflow, number))
        dispatcher.enqueue(connection, workflow, run_id, again=number + 1, delay_s=wait_s)
    if alive:
        dispatcher.cancel(workflow, run_id, number)
    return number + 1


def _adopted(database: Database, dispatcher: Dispatcher, now: datetime, *, executor_id: str) -> int:
    found = [one for one in dispatcher.going(older()) if one.executor_id == executor_id]
    return sum(_adopt(database, dispatcher, one, now) for one in found)


def _adopt(database: Database, dispatcher: Dispatcher, old: Going, now: datetime) -> bool:
    last, _ = dispatcher.last(old.workflow, old.run_id)
    try:
        if last > old.number:  # somebody has begun it anew already, and died before the old one was cancelled
            dispatcher.cancel(old.workflow, old.run_id, old.number)
            return False
        if not fork(database, dispatcher, old.run_id, old.workflow, at=now):
            dispatcher.cancel(old.workflow, old.run_id, old.number)
    except LabelError as error:
        log.warning(
            "%s of %s stays with version %s: %s", old.workflow, old.run_id, old.version, error.message
        )
        return False
    return True
