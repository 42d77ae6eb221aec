"""How many pieces of work this process does at a time, queue by queue.

The engine keeps a queue's concurrency in its database, one figure for all workers. A machine with a graphics
card and a small one beside it need figures of their own, and a worker that leaves takes nothing more at all;
so what the engine reads there is replaced by this process's own figure on its way in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dbos._dbos import _get_dbos_instance

from noktvrn.production.queues import Queue


class Tempo:
    """The pace of this process. Call `keep` once the engine was launched."""

    def __init__(self, pace: Mapping[Queue, int]) -> None:
        self._pace: dict[str, int] = {queue.value: most for queue, most in pace.items()}

    def keep(self) -> None:
        """From now on the engine works at this pace."""
        books: Any = _get_dbos_instance()._sys_db
        read = books.get_queue

        def get_queue(name: str, **more: Any) -> Any:
            queue = read(name, **more)
            if queue is not None and name in self._pace:
                queue._worker_concurrency = self._pace[name]
            return queue

        books.get_queue = get_queue

    def rest(self) -> None:
        """No more work is taken from any queue."""
        self._pace = dict.fromkeys(self._pace, 0)
