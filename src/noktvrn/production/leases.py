"""Who is alive: an executor is alive as long as it holds its lock.

The kernel (a file lock beside SQLite) or the server (an advisory lock on PostgreSQL) drops the lock with the
process, so there is no heartbeat, no clock and no time-out to tune. Whoever gets a listed executor's lock has
proved that executor dead and may take over its work.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from noktvrn.kernel.errors import Fault
from noktvrn.storage.database import Database
from noktvrn.storage.tables import executors


class Lock(Protocol):
    """A lock that ends with its holder."""

    def release(self) -> None:
        """Lets go."""


class Leases:
    """The list of executors and their locks."""

    def __init__(self, database: Database, home: Path) -> None:
        self._database = database
        self._folder = home / "locks"

    def enlist(self, executor_id: str, at: datetime) -> Lock:
        """Takes the lock of a new executor, then lists it."""
        lock = self.try_lock(executor_id)
        if lock is None:
            raise Fault(f"Executor {executor_id} is listed twice.")
        with self._database.begin() as connection:
            connection.execute(
                executors.insert().values(
                    executor_id=executor_id, home=str(self._folder.parent), started_at=at
                )
            )
        return lock

    def strike(self, executor_id: str) -> None:
        """Takes an executor off the list."""
        with self._database.begin() as connection:
            connection.execute(executors.delete().where(executors.c.executor_id == executor_id))
        if self._database.is_sqlite:
            (self._folder / executor_id).unlink(missing_ok=True)

    def bury_dead(self, mine: str, take_over: Callable[[str], bool]) -> int:
        """Hands every dead executor to `take_over`, which says whether none of its work is left.

        Returns how many dead were found. An executor stays listed until its last piece of work is taken.
        """
        dead = 0
        for executor_id in self._listed():
            lock = None if executor_id == mine else self.try_lock(executor_id)
            if lock is None:
                continue
            dead += 1
            try:
                if take_over(executor_id):
                    self.strike(executor_id)
            finally:
                lock.release()
        return dead

    def try_lock(self, executor_id: str) -> Lock | None:
        """The executor's lock, or None while it is alive."""
        if self._database.is_sqlite:
            self._folder.mkdir(parents=True, exist_ok=True)
            return _FileLock.take(self._folder / executor_id)
        return _ServerLock.take(self._database.engine, executor_id)

    def _listed(self) -> tuple[str, ...]:
        with self._database.read() as connection:
            return tuple(connection.execute(sa.select(executors.c.executor_id)).scalars())


class _FileLock:
    def __init__(self, handle: int) -> None:
        self._handle = handle

    @classmethod
    def take(cls, path: Path) -> _FileLock | None:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return cls(handle)

    def release(self) -> None:
        os.close(self._handle)


class _ServerLock:
    def __init__(self, connection: sa.Connection, key: int) -> None:
        self._connection = connection
        self._key = key

    @classmethod
    def take(cls, engine: sa.Engine, executor_id: str) -> _ServerLock | None:
        digest = hashlib.blake2b(executor_id.encode(), digest_size=8).digest()
        key = int.from_bytes(digest, "big", signed=True)
        connection = engine.connect()
        connection.detach()
        if connection.execute(sa.select(sa.func.pg_try_advisory_lock(key))).scalar():
            connection.commit()
            return cls(connection, key)
        connection.close()
        return None

    def release(self) -> None:
        self._connection.close()
