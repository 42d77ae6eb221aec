"""Resting points of long work: whoever renders or waits asks here, every few seconds, whether to go on.

The crafts know neither a label nor a worker, so they only say that a point is reached; who set the work going
listens, and may end it there. Nothing is listening where a craft is used by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Halt(BaseException):
    """The work is to end here and now, to be taken up again another time.

    No error of the work: none of the handlers on its way up, which look for troubles, may keep it.
    """


_listener: ContextVar[Callable[[], None] | None] = ContextVar("checkpoint", default=None)


def reached() -> None:
    """Says that work can end here without loss. Raises Halt where it is to."""
    listener = _listener.get()
    if listener is not None:
        listener()


@contextmanager
def watched(listener: Callable[[], None]) -> Iterator[None]:
    """Every point that this thread reaches inside the block is told to `listener`, which may raise Halt."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
