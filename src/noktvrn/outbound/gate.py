"""The gate every request passes on its way out: shut while one of the labels of this process is stopped.

Tickets ask the ledger in their own transaction. What has no ticket (a poll, a search, a download, a message)
asks here; the ledger's word is kept for a second, so that a stop reaches the last of them within two. It is
asked when a request comes and once more when its first byte is about to leave: looking a name up, connecting
and waiting for a server's `Retry-After` may take longer than that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from noktvrn.kernel.errors import LabelError
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import switch

KEPT_S = 1.0

_open: ContextVar[bool] = ContextVar("gate_open", default=False)
_watched: list[Callable[[], None]] = []


@contextmanager
def watching(database: Database) -> Iterator[None]:
    """The switch of this ledger shuts the gate, as long as the block lasts."""
    watch = _Watch(database)
    _watched.append(watch)
    try:
        yield
    finally:
        _watched.remove(watch)


@contextmanager
def held_open() -> Iterator[None]:
    """For what a stop must not silence: the news of the stop, and the line a person starts again by."""
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


def pass_out() -> None:
    """Passes where a request may leave.

    Raises:
        NotReady: the label is stopped (`label.stopped`).
    """
    if _watched and not _open.get():
        for watch in tuple(_watched):
            watch()


class _Watch:
    """One ledger's switch, as it was found at most a second ago."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._until = 0.0
        self._refusal: LabelError | None = None

    def __call__(self) -> None:
        if time.monotonic() >= self._until:
            self._refusal = self._found()
            self._until = time.monotonic() + KEPT_S
        if self._refusal is not None:
            raise self._refusal

    def _found(self) -> LabelError | None:
        try:
            with self._database.read() as connection:
                switch.check(connection)
        except LabelError as refusal:
            if refusal.code == switch.STOPPED:
                return refusal
            return self._refusal  # a ledger that is away says nothing new
        return None
