"""A kept connection to the ledger that does works in transactions of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from noktvrn.storage.database import BUSY_TIMEOUT_MS, Database

T = TypeVar("T")
CHECKPOINT_PAGES = 4000
"""Small commits write the same pages again and again: they are copied home every 16 MB, not every 4."""
_ORDER = sa.text("SELECT pg_advisory_xact_lock(120395171521890)")
"""Scribes of several processes take turns, as SQLite's writers do, so that no two of them dead-lock."""


@dataclass(slots=True, eq=False)
class Job(Generic[T]):
    """A work and who waits for it: a future of `loop`, or of a waiting thread where there is no loop."""

    work: Callable[[sa.Connection], T]
    future: Future[T] | asyncio.Future[T]
    loop: asyncio.AbstractEventLoop | None = None
    result: T | None = None
    error: BaseException | None = None

    def deliver(self) -> None:
        """Hands the outcome over, unless nobody waits any more."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]


class Pen:
    """Writes for one thread at a time; its owner sees to that."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._engine = database.engine.execution_options(writes=True)
        self._connection: sa.Connection | None = None

    def commit(self, jobs: Sequence[Job[Any]]) -> bool:
        """Does the works in one transaction. False: one of them raised, and nothing was written."""
        job = None
        try:
            with self._database.answering(), self._begun() as connection:
                for job in jobs:
                    job.result = job.work(connection)
                job = None
        except BaseException as error:
            self.put_down()
            if job is not None:
                job.error = error
                return False
            for each in jobs:  # beginning or committing failed: whether it is written is not known
                each.error = error
        return True

    def done_at_once(self, job: Job[Any]) -> bool:
        """Does one work in a transaction of its own, on SQLite. False: it could not begin at once, and
        nothing was done."""
        try:
            transaction = self._begun_at_once()
        except sa.exc.SQLAlchemyError:  # busy, or no connection is left: who waits for those may try
            return False
        try:
            with self._database.answering(), transaction:
                job.result = job.work(transaction.connection)
        except BaseException as error:
            self.put_down()
            job.error = error
        return True

    def _begun_at_once(self) -> sa.RootTransaction:
        if self._connection is None:
            self._connection = self._connect()
        _pragma(self._connection, "busy_timeout=0")
        try:
            return self._connection.begin()
        finally:
            _pragma(self._connection, f"busy_timeout={BUSY_TIMEOUT_MS}")

    @contextlib.contextmanager
    def _begun(self) -> Iterator[sa.Connection]:
        """A transaction on the kept connection; on a new one, where a server has dropped that meanwhile."""
        try:
            transaction = self._begin()
        except sa.exc.DBAPIError as error:
            if not error.connection_invalidated:
                raise
            self.put_down()
            transaction = self._begin()
        with transaction:
            yield transaction.connection

    def _begin(self) -> sa.RootTransaction:
        if self._connection is None:
            self._connection = self._connect()
        transaction = self._connection.begin()
        if not self._database.is_sqlite:
            self._connection.execute(_ORDER)
        return transaction

    def _connect(self) -> sa.Connection:
        connection = self._engine.connect()
        if self._database.is_sqlite:
            connection.detach()  # kept for long, it would be missed in the pool
            _pragma(connection, f"wal_autocheckpoint={CHECKPOINT_PAGES}")
        return connection

    def put_down(self) -> None:
        """Closes the connection itself: the pool it came from may be gone."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                if not connection.connection.is_detached:
                    connection.detach()
                connection.close()

    def forget(self) -> sa.Connection | None:
        """Lets go of the connection without closing it: after a fork it is the parent's."""
        connection, self._connection = self._connection, None
        return connection


def _pragma(connection: sa.Connection, told: str) -> None:
    """By the driver: SQLAlchemy would begin a transaction for it, and wait for the lock."""
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA {told}")
