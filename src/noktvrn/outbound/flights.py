"""Single flight: of all who ask for one key at the same moment in this process, one goes, the others wait."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager


class Flights:
    """Safe to share between threads and event loops; those who waited go one after the other."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: dict[str, list[Callable[[], None]]] = {}

    def under_way(self, key: str) -> bool:
        """Whether somebody is at it now."""
        return key in self._waiting

    @property
    def count(self) -> int:
        """How many are inside."""
        return len(self._waiting)

    @asynccontextmanager
    async def alone(self, key: str) -> AsyncIterator[None]:
        """Nobody else of this process is inside with this key."""
        loop = asyncio.get_running_loop()
        while True:
            landed: asyncio.Future[None] = loop.create_future()
            if self._takes_off(key, lambda landed=landed: _wake(loop, landed)):  # type: ignore[misc]
                break
            await landed
        try:
            yield
        finally:
            self._land(key)

    @contextmanager
    def alone_now(self, key: str) -> Iterator[None]:
        """The same for plain code, which waits."""
        while True:
            landed = threading.Event()
            if self._takes_off(key, landed.set):
                break
            landed.wait()
        try:
            yield
        finally:
            self._land(key)

    @contextmanager
    def alone_at_once(self, key: str) -> Iterator[bool]:
        """The same for who does not wait; False: somebody else is inside."""
        mine = self._takes_off(key, lambda: None)
        try:
            yield mine
        finally:
            if mine:
                self._land(key)

    def _takes_off(self, key: str, wake: Callable[[], None]) -> bool:
        with self._guard:
            if key not in self._waiting:
                self._waiting[key] = []
                return True
            self._waiting[key].append(wake)
            return False

    def _land(self, key: str) -> None:
        with self._guard:
            waiting = self._waiting.pop(key)
        for wake in waiting:
            wake()


def _wake(loop: asyncio.AbstractEventLoop, landed: asyncio.Future[None]) -> None:
    with contextlib.suppress(RuntimeError):  # that loop is closed: nobody waits there
        loop.call_soon_threadsafe(_let_on, landed)


def _let_on(landed: asyncio.Future[None]) -> None:
    if not landed.done():
        landed.set_result(None)
