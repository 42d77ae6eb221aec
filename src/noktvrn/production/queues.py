"""The queues work is taken from: by what it keeps busy, so that no kind of work waits behind another."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from noktvrn.kernel.errors import Invalid
from noktvrn.settings import Settings


class Queue(StrEnum):
    """What a piece of work keeps busy."""

    RENDER = "render"
    """This machine: synthesis, painting, filming."""
    OUTSIDE = "outside"
    """Somebody else's: the machine waits."""
    LIGHT = "light"
    """Nearly nothing: words, checks, sealing, delivery."""


EVERY = tuple(Queue)


def pace(settings: Settings) -> Mapping[Queue, int]:
    """How many pieces of each kind one worker does at a time."""
    return {
        Queue.RENDER: settings.renders,
        Queue.OUTSIDE: settings.outside_at_once,
        Queue.LIGHT: settings.light_at_once,
    }


def named(words: str) -> tuple[Queue, ...]:
    """The queues of a list separated by commas, each once, in its order.

    Raises:
        Invalid: there is no such queue, or none is named.
    """
    names = [name.strip() for name in words.split(",") if name.strip()]
    wrong = [name for name in names if name not in EVERY]
    if wrong or not names:
        raise Invalid(
            f"There is no queue {wrong[0]!r}." if wrong else "No queue is named.",
            code="queue.unknown",
            hint=f"The queues are {', '.join(EVERY)}; separate several by commas.",
        )
    return tuple(dict.fromkeys(Queue(name) for name in names))
