"""A ledger that is about to be filled: made, empty, and with nobody at work; and what holds afterwards."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, NotReady
from noktvrn.model.run import TRANSITIONS, RunState
from noktvrn.settings import Settings
from noktvrn.storage import audit, migrate
from noktvrn.storage.books.writing import is_empty
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import events, runs
from noktvrn.storage.tables import executors

TO_HOLD = tuple(state for state in RunState if RunState.HELD in TRANSITIONS[state])


def make(database: Database, revision: str = "") -> None:
    """Makes the tables of the engine and an empty ledger, of the newest revision or of an older one."""
    from noktvrn.production import engine

    engine.migrate(database)
    if revision in ("", migrate.newest()):
        migrate.upgrade(database)
    else:
        migrate.upgrade_to(database, revision)


def refuse_filled(database: Database) -> None:
    """Passes where no ledger with rows is. Raises Conflict."""
    with database.read() as connection:
        empty = is_empty(connection)
    if not empty:
        where = database.url.render_as_string(hide_password=True)
        raise Conflict(
            f"There is a label in {where} already.",
            code="ledger.not_empty",
            hint="Name a database without one; nothing is ever overwritten.",
        )


def refuse_work(database: Database, settings: Settings) -> None:
    """Passes where no worker is at work on a ledger. Raises NotReady."""
    from noktvrn.production.leases import Leases

    leases = Leases(database, settings.home)
    with database.read() as connection:
        listed = tuple(connection.execute(sa.select(executors.c.executor_id)).scalars())
    alive = 0
    for executor_id in listed:
        lock = leases.try_lock(executor_id)
        if lock is None:
            alive += 1
        else:
            lock.release()
    if alive:
        raise NotReady(
            f"{alive} worker(s) are at work on this label.",
            code="ledger.at_work",
            hint="Stop every `noktvrn worker` and `noktvrn serve`, then run it again.",
        )


def hold_runs(connection: sa.Connection, *, by: str, at: datetime) -> int:
    """Holds every run a workflow was at work on: the engine that knew it is not here. Whoever lets held runs
    go on enqueues them anew from the ledger. Returns how many."""
    events.settle(connection)
    held = runs.every(connection, states=TO_HOLD)
    for run in held:
        runs.move(connection, run.id, RunState.HELD, at)
        audit.record(connection, "run.held", artist_id=run.artist_id, subject=run.id, actor=by, at=at)
    return len(held)
