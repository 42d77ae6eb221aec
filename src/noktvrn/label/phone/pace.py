"""How fast a bot may write: one message a second in a chat, twenty a minute in a group, thirty a second in
all (facts of the Bot API), and whom it was told to leave alone. One chat's flood holds up no other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PRIVATE_S, GROUP_S, ALL_S = 1.0, 3.0, 1 / 30


class Pace:
    """Safe to share between threads. `now` counts seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._next: dict[int, float] = {}
        self._next_of_all = 0.0

    def wait_s(self, chat: int) -> float:
        """Seconds until something may be sent to a chat."""
        with self._lock:
            return max(0.0, self._next.get(chat, 0.0) - self._now(), self._next_of_all - self._now())

    def sent(self, chat: int, messages: int = 1) -> None:
        """Counts what was sent; an album is as many messages as it has files."""
        each = PRIVATE_S if chat > 0 else GROUP_S
        with self._lock:
            self._next[chat] = max(self._next.get(chat, 0.0), self._now()) + each * messages
            self._next_of_all = max(self._next_of_all, self._now()) + ALL_S * messages

    def pause(self, chat: int, wait_s: float) -> None:
        """Leaves one chat alone."""
        with self._lock:
            self._next[chat] = max(self._next.get(chat, 0.0), self._now() + wait_s)
