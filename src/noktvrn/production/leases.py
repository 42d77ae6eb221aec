"""Who is alive: an executor is alive as long as it holds its lock.

The kernel (a file lock beside SQLite) or the server (an advisory lock on PostgreSQL) drops the lock with the
process, so there is no heartbeat, no clock and no time-out to tune. Whoever gets a listed executor's lock has
proved that executor dead and may take over its work.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from noktvrn.kernel.errors import Fault, Unavailable
from noktvrn.storage.database import Database
from noktvrn.storage.tables import executors


class Lock(Protocol):
    """A lock that ends with its holder."""

    def holds(self) -> bool:
        """Whether it still keeps others out."""

    def release(self) -> None:
        """Lets go."""


class Leases:
    """The list of executors and their locks."""

    def __init__(self, database: Database, home: Path) -> None:
        self._database = database
        self._home = home
        # Beside the ledger and not in the home: whoever shares the ledger must see the same locks.
        self._folder = (Path(database.url.database or "").parent if database.is_sqlite else home) / "locks"

    def enlist(self, executor_id: str, at: datetime) -> Lock:
        """Takes the lock of a new executor, then lists it."""
        lock = self.try_lock(executor_id)
        if lock is None:
            raise Fault(f"Executor {executor_id} is listed twice.")
        self._list(executor_id, at)
        return lock

    def renew(self, executor_id: str, lock: Lock, at: datetime) -> Lock:
        """The executor's lock, taken anew if it was lost; the lost one while somebody else holds it.

        A server that restarts, or a lock folder that is deleted, frees the lock of a living executor. Others
        may then have taken over its work and struck it off; work it takes from now on must not be orphaned.
        """
        if lock.holds():
            return lock
        again = self.try_lock(executor_id)
        if again is None:
            return lock
        lock.release()
        if executor_id not in self._listed():
            self._list(executor_id, at)
        return again

    def strike(self, executor_id: str) -> None:
        """Takes an executor off the list."""
        with self._database.begin() as connection:
            connection.execute(executors.delete().where(executors.c.executor_id == executor_id))
        if self._database.is_sqlite:
            (self._folder / executor_id).unlink(missing_ok=True)

    def bury_dead(self, mine: str, working: Iterable[str], take_over: Callable[[str], bool]) -> int:
        """Hands every dead executor to `take_over`, which says whether none of its work is left.

        `working` are the executors that have work, listed or not: one that is not listed cannot be alive.
        Returns how many dead were found. An executor stays listed until its last piece of work is taken. Work
        of one that cannot be taken over keeps no other's from it.

        Raises:
            Exception: what went wrong with the first of those, once all had their turn.
        """
        dead, wrong = 0, list[Exception]()
        for executor_id in sorted({*working, *self._listed()} - {mine}):
            lock = self.try_lock(executor_id)
            if lock is None:
                continue
            dead += 1
            try:
                if take_over(executor_id):
                    self.strike(executor_id)
            except Unavailable:
                raise
            except Exception as error:
                wrong.append(error)
            finally:
                lock.release()
        if wrong:
            raise wrong[0]
        return dead

    def alive(self) -> int:
        """How many executors are alive, by a look that takes no lock anybody could miss."""
        listed = self._listed()
        if self._database.is_sqlite:
            return sum(_is_held(self._folder / executor_id) for executor_id in listed)
        with self._database.read() as connection:
            held = set(connection.execute(_HELD).scalars())
        return sum(_key(executor_id) in held for executor_id in listed)

    def try_lock(self, executor_id: str) -> Lock | None:
        """The executor's lock, or None while it is alive."""
        if self._database.is_sqlite:
            self._folder.mkdir(parents=True, exist_ok=True)
            return _FileLock.take(self._folder / executor_id)
        with self._database.answering():
            return _ServerLock.take(self._database.engine, executor_id)

    def _list(self, executor_id: str, at: datetime) -> None:
        row = {"executor_id": executor_id, "home": str(self._home), "started_at": at}
        with self._database.begin() as connection:
            connection.execute(executors.insert().values(**row))

    def _listed(self) -> tuple[str, ...]:
        with self._database.read() as connection:
            return tuple(connection.execute(sa.select(executors.c.executor_id)).scalars())


_HELD = sa.text(
    "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""The keys of the server's advisory locks that somebody holds in this database."""


def _key(executor_id: str) -> int:
    """The advisory lock of an executor."""
    digest = hashlib.blake2b(executor_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _is_held(path: Path) -> bool:
    """Whether a process holds this file's lock. A look may share it with other looks, and makes no file."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


class _FileLock:
    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle = handle

    @classmethod
    def take(cls, path: Path) -> _FileLock | None:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return cls(path, handle)

    def holds(self) -> bool:
        try:
            return self._path.stat().st_ino == os.fstat(self._handle).st_ino
        except FileNotFoundError:
            return False

    def release(self) -> None:
        os.close(self._handle)


class _ServerLock:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    @classmethod
    def take(cls, engine: sa.Engine, executor_id: str) -> _ServerLock | None:
        connection = engine.connect()
        try:
            taken = connection.execute(sa.select(sa.func.pg_try_advisory_lock(_key(executor_id)))).scalar()
            connection.commit()
            if taken:
                # A session of its own from now on: the lock lasts exactly as long as it does.
                connection.detach()
                return cls(connection)
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        connection.close()
        return None

    def holds(self) -> bool:
        try:
            self._connection.execute(sa.select(1))
            self._connection.commit()
        except sa.exc.SQLAlchemyError:
            return False
        return True

    def release(self) -> None:
        with contextlib.suppress(sa.exc.SQLAlchemyError):
            self._connection.close()
