"""The house's event loop: one background thread, so that connections are pooled over all that is asked.

Plain code hands it a coroutine and waits. A caller that is interrupted cancels the coroutine and waits until
it has let go of what it held.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError as FutureCancelledError
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")

FAREWELL_S = 2.0
"""How long an interrupted caller, or the end of the process, waits for a coroutine to let go."""


class _House:
    """The loop and its thread, made when first asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            with self._lock:
                if self._loop is None:
                    self._loop = self._started()
        return self._loop

    def _started(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=_run, args=(loop,), name="outbound", daemon=True)
        self._thread.start()
        return loop

    def on_it(self) -> bool:
        """Whether this very thread runs the loop."""
        return self._thread is not None and threading.current_thread() is self._thread

    def close(self) -> None:
        """Ends what still runs, so that connections are closed and not dropped."""
        if self._loop is None or self._thread is None:
            return
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(_end_all(), self._loop).result(FAREWELL_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(FAREWELL_S)

    def forget(self) -> None:
        """A forked process has no such thread."""
        self.__init__()  # type: ignore[misc]


def _run(loop: asyncio.AbstractEventLoop) -> None:
    """Runs it until it is stopped. A coroutine that wants to end the process ends itself: its caller is told,
    and everybody else is served on."""
    while True:
        try:
            return loop.run_forever()
        except (KeyboardInterrupt, SystemExit):
            continue


_house = _House()
atexit.register(_house.close)
os.register_at_fork(after_in_child=_house.forget)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """What `work` returns or raises, from any thread, also from inside another running loop.

    A coroutine that was cancelled raises asyncio.CancelledError, as it would in a loop of the caller's.
    Code that runs on this loop itself should await instead: it is served by a loop of its own, on a thread
    of its own, and holds up everybody else meanwhile.
    """
    if _house.on_it():
        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(asyncio.run, work).result()
    ended = threading.Event()
    future = asyncio.run_coroutine_threadsafe(_told(work, ended), _house.loop())
    try:
        return future.result()
    except FutureCancelledError:
        raise asyncio.CancelledError from None
    except BaseException:
        if not future.done():
            _cancel(future, ended)
        raise


def _cancel(future: Future[Any], ended: threading.Event) -> None:
    future.cancel()
    ended.wait(FAREWELL_S)


async def _told(work: Coroutine[Any, Any, Result], ended: threading.Event) -> Result:
    try:
        return await work
    finally:
        ended.set()


async def _end_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
