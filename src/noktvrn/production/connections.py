"""The engine's own connections to the ledger."""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa
from sqlalchemy import event

from noktvrn.storage.database import BUSY_TIMEOUT_MS, Database


def engine_for(database: Database, durability: str) -> sa.Engine | None:
    """The engine's own connections: SQLite in WAL mode; None lets it connect to PostgreSQL by itself."""
    if not database.is_sqlite:
        return None
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


def plain_url(database: Database) -> str:
    """The ledger's address as the engine reads it."""
    url = database.url if database.is_sqlite else database.url.set(drivername="postgresql")
    return url.render_as_string(hide_password=False)
