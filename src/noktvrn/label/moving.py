"""Moves a label's ledger to another database, SQLite or PostgreSQL, with nobody working on it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from pydantic import SecretStr

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import Conflict, NotReady
from noktvrn.label import ledgers
from noktvrn.settings import Settings
from noktvrn.storage import audit, migrate
from noktvrn.storage.books import shape
from noktvrn.storage.books.tally import Tally
from noktvrn.storage.books.writing import copy
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import switch
from noktvrn.storage.ledger.switch import Stop

MOVES = "the label moves to "
"""How the reason begins that the old place is stopped for."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the ledger is now (no secret), what it holds, and how many runs are held."""

    where: str
    tables: dict[str, Tally]
    held: int


def move(settings: Settings, url: str, clock: Clock, *, by: str) -> Moved:
    """Copies the ledger to `url` row by row, compares, and stops the label at the old place for good.

    Raises:
        Conflict: a label is there already, or it is the same place.
        NotReady: somebody is at work, or the ledger is not of the newest revision.
        Invalid: the address cannot be read.
    """
    with ExitStack() as stack:
        source = Database(settings)
        stack.callback(source.close)
        target = Database(settings.model_copy(update={"database_url": SecretStr(url)}))
        stack.callback(target.close)
        _refuse(source, target, settings)
        ledgers.make(target)
        return _moved(source, target, clock, by)


def _refuse(source: Database, target: Database, settings: Settings) -> None:
    if source.url == target.url:
        raise Conflict("The label is there already.", code="ledger.same", hint="Name another database.")
    current, newest = migrate.state(source)
    if current != newest:
        raise NotReady(
            "The ledger is not of the newest revision.",
            code="ledger.older",
            hint="`noktvrn db migrate` brings it there.",
        )
    ledgers.refuse_work(source, settings)
    ledgers.refuse_filled(target)


def _moved(source: Database, target: Database, clock: Clock, by: str) -> Moved:
    """The old place is stopped before the new one has a row: whatever dies in between, there are never two
    labels that work."""
    where = target.url.render_as_string(hide_password=True)
    now = clock.now()
    before = _stop_for_good(source, where, by, now)
    copied = False
    try:
        with source.begin() as old, target.begin() as new:
            _keep_out(old)
            tables = copy(old, new)
            held = ledgers.hold_runs(new, by=by, at=now)
            _stand_as_before(new, before, by, now)
            audit.record(
                new,
                "label.moved",
                artist_id=audit.LABEL,
                subject=audit.LABEL,
                actor=by,
                at=now,
                detail={"from": source.url.get_backend_name(), "to": target.url.get_backend_name()},
            )
            copied = True
    except BaseException:
        if not copied:  # else it may be there: a person has to look before the old place goes on
            with source.begin() as old:
                _stand_as_before(old, before, by, now)
        raise
    return Moved(where, tables, held)


def _stop_for_good(source: Database, where: str, by: str, now: datetime) -> Stop | None:
    """Stops the old place, also one that a person has stopped, so that everybody there reads why. Returns
    how it stood before."""
    with source.begin() as old:
        before = switch.stopped(old)
        if before is None or not before.reason.startswith(MOVES):
            switch.start(old, by=by, at=now)
            switch.stop(old, by=by, reason=f"{MOVES}{where}"[:500], at=now)
    return before


def _stand_as_before(connection: sa.Connection, before: Stop | None, by: str, now: datetime) -> None:
    """Turns the switch as it stood before the move. Where an earlier move broke off nobody knows that, and
    the label stays stopped."""
    if before is not None and before.reason.startswith(MOVES):
        return
    switch.start(connection, by=by, at=now)
    if before is not None:
        switch.stop(connection, by=before.by, reason=before.reason, at=before.at)


def _keep_out(connection: sa.Connection) -> None:
    """Nobody else writes until the transaction ends. SQLite's one writer is this one."""
    if connection.dialect.name == "postgresql":
        quoted = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in shape.names())
        connection.execute(sa.text(f"LOCK TABLE {quoted} IN SHARE ROW EXCLUSIVE MODE"))
