"""One thread that writes the ledger, and commits together what waits at the same moment (group commit).

A commit costs the same for one work as for fifty, so fifty callers at once pay a fiftieth each, and no
caller's event loop ever waits for a lock. Works are done in the order they were handed in.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from noktvrn.storage.database import Database

T = TypeVar("T")

MOST = 256
"""Works in one transaction at most."""
IDLE_S = 2.0
"""How long the thread and its connection are kept without work."""
CHECKPOINT_PAGES = 4000
"""Small commits write the same pages again and again: they are copied home every 16 MB, not every 4."""
_ORDER = sa.text("SELECT pg_advisory_xact_lock(120395171521890)")
"""Scribes of several processes take turns, as SQLite's writers do, so that no two of them dead-lock."""


@dataclass(slots=True, eq=False)
class _Job(Generic[T]):
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


class Scribe:
    """Writes the ledger of a database; safe to share between threads and event loops.

    A work gets the connection and nothing else to change: where another work of its transaction fails, it
    is done again. One that raises spoils only itself. The thread ends by itself when there is nothing to do.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._engine = database.engine.execution_options(writes=True)
        self._connection: sa.Connection | None = None
        self._waiting: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        sa.event.listen(database.engine, "engine_disposed", self._leave)
        _scribes.add(self)

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """What the work returns or raises, once it is committed. Cancelling does not take it back.

        Raises:
            Unavailable: the ledger is busy or does not answer. Fault: it is damaged.
        """
        return await self.handed(work)

    def handed(self, work: Callable[[sa.Connection], T]) -> asyncio.Future[T]:
        """The same as a future of the running loop, for who has to shield it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._hand(_Job(work, future, loop))
        return future

    def write_now(self, work: Callable[[sa.Connection], T]) -> T:
        """The same for plain code, which waits."""
        future: Future[T] = Future()
        self._hand(_Job(work, future))
        return future.result()

    def _hand(self, job: _Job[Any]) -> None:
        with self._lock:
            if self._thread is None:
                thread = threading.Thread(target=self._work, name="scribe", daemon=True)
                thread.start()  # at the end of the process it may be too late for that
                self._thread = thread
            self._waiting.put(job)

    def forked(self) -> None:
        """A forked process has no such thread, and its parent's connections are not its own to close."""
        _of_the_parent.append(self._connection)
        self._connection, self._thread = None, None
        self._waiting, self._lock = queue.SimpleQueue(), threading.Lock()
        self.database.engine.dispose(close=False)

    def _leave(self, _engine: sa.Engine) -> None:
        """The ledger is being closed: its last connection too."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            self._waiting.put(None)
            thread.join()

    def _work(self) -> None:
        while True:
            jobs = self._next()
            if jobs:
                self._write(jobs)
                _deliver(jobs)
                continue
            self._drop_connection()
            with self._lock:
                if self._waiting.empty():
                    self._thread = None
                    return

    def _next(self) -> list[_Job[Any]]:
        """What waits now; nothing when it is time to go."""
        jobs: list[_Job[Any]] = []
        with contextlib.suppress(queue.Empty):
            job = self._waiting.get(timeout=IDLE_S)
            while job is not None:
                jobs.append(job)
                if len(jobs) == MOST:
                    return jobs
                job = self._waiting.get_nowait()
            if jobs:
                self._waiting.put(None)  # first these, then go
        return jobs

    def _write(self, jobs: Sequence[_Job[Any]]) -> None:
        if self._commit(jobs):
            return
        if len(jobs) > 1:
            for job in jobs:
                job.result = job.error = None
                self._commit([job])

    def _commit(self, jobs: Sequence[_Job[Any]]) -> bool:
        """Does the works in one transaction. False: one of them raised, and nothing was written."""
        job = None
        try:
            with self.database.answering(), self._begun() as connection:
                for job in jobs:
                    job.result = job.work(connection)
                job = None
        except BaseException as error:
            self._drop_connection()
            if job is not None:
                job.error = error
                return False
            for each in jobs:  # beginning or committing failed: whether it is written is not known
                each.error = error
        return True

    @contextlib.contextmanager
    def _begun(self) -> Iterator[sa.Connection]:
        """A transaction on the kept connection; on a new one, where a server has dropped that meanwhile."""
        try:
            transaction = self._begin()
        except sa.exc.DBAPIError as error:
            if not error.connection_invalidated:
                raise
            self._drop_connection()
            transaction = self._begin()
        with transaction:
            yield transaction.connection

    def _begin(self) -> sa.RootTransaction:
        if self._connection is None:
            self._connection = self._connect()
        transaction = self._connection.begin()
        if not self.database.is_sqlite:
            self._connection.execute(_ORDER)
        return transaction

    def _connect(self) -> sa.Connection:
        connection = self._engine.connect()
        if self.database.is_sqlite:
            connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
            connection.rollback()
        return connection

    def _drop_connection(self) -> None:
        """Closes the connection itself: the pool it came from may be gone."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.detach()
                connection.close()


_scribes: weakref.WeakSet[Scribe] = weakref.WeakSet()
_of_the_parent: list[sa.Connection | None] = []


def _forked() -> None:
    for scribe in tuple(_scribes):
        scribe.forked()


os.register_at_fork(after_in_child=_forked)


def _deliver(jobs: Sequence[_Job[Any]]) -> None:
    """One call per event loop, however many wait there."""
    by_loop: dict[asyncio.AbstractEventLoop | None, list[_Job[Any]]] = {}
    for job in jobs:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, theirs in by_loop.items():
        if loop is None:
            _hand_over(theirs)
        else:
            with contextlib.suppress(RuntimeError):  # that loop is closed: nobody waits there
                loop.call_soon_threadsafe(_hand_over, theirs)


def _hand_over(jobs: Sequence[_Job[Any]]) -> None:
    for job in jobs:
        job.deliver()
