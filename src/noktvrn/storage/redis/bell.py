"""A bell that is heard in every process of the label, by way of Redis.

Rings go out and come in on threads of their own: who rings never waits for Redis, and while Redis is away
the bell rings in this process only, as if there were none.
"""

from __future__ import annotations

import threading
from typing import Any

from noktvrn.storage.bell import HouseBell
from noktvrn.storage.redis.line import Line

LISTEN_S = 0.5
"""The longest the listener sleeps before it looks whether the label is being closed."""


class RedisBell:
    """A HouseBell joined to those of other processes."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._channel = f"{line.prefix}:bell"
        self._here = HouseBell()
        self._out = HouseBell()
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}

    @property
    def rung(self) -> int:
        """How often it was rung so far, here or elsewhere."""
        return self._here.rung

    def ring(self) -> None:
        """Wakes whoever waits here, and soon those elsewhere."""
        self._begin("redis: rings out", self._send)
        self._here.ring()
        self._out.ring()

    def wait(self, mark: int, timeout_s: float) -> int:
        """Waits for the next ring after `mark`, from here or elsewhere, at most `timeout_s`."""
        self._begin("redis: rings in", self._listen)
        return self._here.wait(mark, timeout_s)

    def close(self) -> None:
        """Ends its threads."""
        self._closed.set()
        self._out.ring()
        for thread in list(self._threads.values()):
            thread.join(LISTEN_S * 4)

    def _begin(self, name: str, work: Any) -> None:
        if name in self._threads:
            return
        with self._lock:
            if name not in self._threads and not self._closed.is_set():
                self._threads[name] = threading.Thread(target=work, name=name, daemon=True)
                self._threads[name].start()

    def _send(self) -> None:
        """Rings that come while one is on its way go out as one."""
        mark = 0
        while not self._closed.is_set():
            heard = self._out.wait(mark, LISTEN_S)
            # A fallen line is tried even while nobody rings, so that its return is told.
            if (heard != mark or self._line.fallen) and not self._closed.is_set():
                self._line.ask(lambda redis: redis.publish(self._channel, ""))
            mark = heard

    def _listen(self) -> None:
        while not self._closed.is_set():
            if self._line.rests:
                self._closed.wait(min(LISTEN_S, self._line.rests_for_s))
                continue
            try:
                self._hear(self._line.client)
            except Exception as error:  # whatever a broken server says
                self._line.fell(error)

    def _hear(self, redis: Any) -> None:
        """Listens until the line falls, for whomever, or the label is closed. Raises what the line raises."""
        with redis.pubsub(ignore_subscribe_messages=True) as ear:
            ear.subscribe(self._channel)
            redis.ping()  # a server that hangs takes a subscription all the same
            self._line.rose()
            self._here.ring()  # what was rung while nobody listened
            while not self._closed.is_set() and not self._line.rests:
                if ear.get_message(timeout=LISTEN_S) is not None:
                    self._here.ring()
