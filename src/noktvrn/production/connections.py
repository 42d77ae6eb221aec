"""The engine's own connections to the ledger."""

from __future__ import annotations

import sqlite3

import psycopg
import sqlalchemy as sa
from sqlalchemy import event

from noktvrn.kernel.errors import Unavailable
from noktvrn.storage.database import BUSY_TIMEOUT_MS, LINE, Database

WORKER_CONNECTIONS = 20
CLIENT_CONNECTIONS = 5
IDLE_IN_TRANSACTION = "-c idle_in_transaction_session_timeout=60s"
"""A worker that is frozen in a transaction of the engine's does not keep its rows for longer."""


def engine_for(database: Database, durability: str, connections: int = WORKER_CONNECTIONS) -> sa.Engine:
    """The engine's own connections to SQLite in WAL mode, or so many to a server. They end by `let_go`."""
    return _on_sqlite(database, durability) if database.is_sqlite else _on_server(database, connections)


def let_go(engine: sa.Engine) -> None:
    """Closes every connection, those in use as soon as whoever uses them is done.

    A thread that still ends its work may connect once more; one that waits for a ledger which is away waits
    no longer, as it would keep the process from ending.
    """
    event.listen(engine, "checkin", _close)
    event.listen(engine, "handle_error", _give_up)
    engine.dispose()


def _give_up(context: sa.ExceptionContext) -> None:
    if context.connection is None:
        raise Unavailable("The workflow engine of this process has ended.", code="engine.ended")


def _close(_connection: object, record: sa.pool.ConnectionPoolEntry) -> None:
    record.invalidate()


def _on_sqlite(database: Database, durability: str) -> sa.Engine:
    engine = sa.create_engine(database.url, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            f"synchronous={'FULL' if durability == 'full' else 'NORMAL'}",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "handle_error")
    def _wait(context: sa.ExceptionContext) -> None:
        # The engine waits for a database that is locked and gives up on one that is full: its workflow would
        # end unrecorded, and nobody would go on with it before the next start.
        if "is full" in str(context.original_exception):
            raise sqlite3.OperationalError("database is locked: its disk is full")

    return engine


def _on_server(database: Database, connections: int) -> sa.Engine:
    line = {**LINE, "options": f"{LINE['options']} {IDLE_IN_TRANSACTION}"}
    engine = sa.create_engine(
        database.url, pool_pre_ping=True, pool_size=connections, max_overflow=0, connect_args=line
    )

    @event.listens_for(engine, "handle_error")
    def _wait(context: sa.ExceptionContext) -> None:
        # The engine waits for a server by the words of the error, and does not know those of one whose socket
        # or whose name is gone while it restarts: its workflow would end unrecorded there as well.
        if context.connection is None and isinstance(context.original_exception, psycopg.OperationalError):
            context.is_disconnect = True

    return engine


def plain_url(database: Database) -> str:
    """The ledger's address as the engine reads it."""
    url = database.url if database.is_sqlite else database.url.set(drivername="postgresql")
    return url.render_as_string(hide_password=False)
