"""One thread that writes the ledger, and commits together what waits at the same moment (group commit).

A commit costs the same for one work as for fifty, so fifty callers at once pay a fiftieth each, and no
caller's event loop ever waits for a lock. Works are done in the order they were handed in. A caller who is
alone, where nobody else writes, is spared the way through the thread, which costs more than the work.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import threading
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

import sqlalchemy as sa

from noktvrn.outbound.pen import Job, Pen
from noktvrn.storage.database import Database

T = TypeVar("T")

MOST = 256
"""Works in one transaction at most."""
IDLE_S = 2.0
"""How long the thread and its connection are kept without work."""


class Scribe:
    """Writes the ledger of a database; safe to share between threads and event loops.

    A work gets the connection and nothing else to change: where another work of its transaction fails, it
    is done again. One that raises spoils only itself. The thread ends by itself when there is nothing to do.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._pen, self._writing = Pen(database), threading.Lock()
        self._handed_in = 0
        """Works that are not delivered yet."""
        self._waiting: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
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

    def handed(self, work: Callable[[sa.Connection], T], *, alone: bool = False) -> asyncio.Future[T]:
        """The same as a future of the running loop, for who has to shield it. `alone`: nobody else is about
        to write, so that there is nothing to wait for and to commit together with."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        job = Job(work, future, loop)
        if alone and self._done_at_once(job):
            job.deliver()
        else:
            self._hand(job)
        return future

    def write_now(self, work: Callable[[sa.Connection], T]) -> T:
        """The same for plain code, which waits."""
        future: Future[T] = Future()
        self._hand(Job(work, future))
        return future.result()

    def _done_at_once(self, job: Job[Any]) -> bool:
        """Whether it was done here and now; never before what was handed in earlier."""
        if not self.database.commits_at_once or not self._writing.acquire(blocking=False):
            return False
        try:
            return not self._handed_in and self._pen.done_at_once(job)
        finally:
            self._writing.release()

    def _hand(self, job: Job[Any]) -> None:
        with self._lock:
            self._handed_in += 1
            if self._thread is None:
                thread = threading.Thread(target=self._work, name="scribe", daemon=True)
                thread.start()  # at the end of the process it may be too late for that
                self._thread = thread
            self._waiting.put(job)

    def forked(self) -> None:
        """A forked process has no such thread, and its parent's connections are not its own to close."""
        _of_the_parent.append(self._pen.forget())
        self._thread, self._handed_in = None, 0
        self._waiting, self._lock, self._writing = queue.SimpleQueue(), threading.Lock(), threading.Lock()
        self.database.engine.dispose(close=False)

    def _leave(self, _engine: sa.Engine) -> None:
        """The ledger is being closed: its last connection too."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            self._waiting.put(None)
            thread.join()
        with self._writing:
            self._pen.put_down()

    def _work(self) -> None:
        while True:
            jobs = self._next()
            if jobs:
                with self._writing:
                    self._write(jobs)
                with self._lock:
                    self._handed_in -= len(jobs)
                _deliver(jobs)
                continue
            with self._writing:
                self._pen.put_down()
            with self._lock:
                if self._waiting.empty():
                    self._thread = None
                    return

    def _next(self) -> list[Job[Any]]:
        """What waits now; nothing when it is time to go."""
        jobs: list[Job[Any]] = []
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

    def _write(self, jobs: Sequence[Job[Any]]) -> None:
        if self._pen.commit(jobs):
            return
        if len(jobs) > 1:
            for job in jobs:
                job.result = job.error = None
                self._pen.commit([job])


_scribes: weakref.WeakSet[Scribe] = weakref.WeakSet()
_of_the_parent: list[sa.Connection | None] = []


def _forked() -> None:
    for scribe in tuple(_scribes):
        scribe.forked()


os.register_at_fork(after_in_child=_forked)


def _deliver(jobs: Sequence[Job[Any]]) -> None:
    """One call per event loop, however many wait there."""
    by_loop: dict[asyncio.AbstractEventLoop | None, list[Job[Any]]] = {}
    for job in jobs:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, theirs in by_loop.items():
        if loop is None:
            _hand_over(theirs)
        else:
            with contextlib.suppress(RuntimeError):  # that loop is closed: nobody waits there
                loop.call_soon_threadsafe(_hand_over, theirs)


def _hand_over(jobs: Sequence[Job[Any]]) -> None:
    for job in jobs:
        job.deliver()
