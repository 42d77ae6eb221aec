"""Whose turn it is: how many requests a provider gets, and how many jobs at once, over all workers."""

from __future__ import annotations

from datetime import timedelta

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.jobs.room import Case
from noktvrn.outbound.jobs.service import Caps
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.storage.ledger import jobs, paces


def rhythm(caps: Caps) -> tuple[timedelta, timedelta]:
    """The time between two requests, and how much sooner one may come, so that no window of `per_s` seconds
    ever holds more than `requests`.

    A window holds the burst and one more for each interval that ends in it, so the burst is half of them.
    """
    requests = caps.requests or 1
    burst = max(1, requests // 2)
    every = timedelta(seconds=caps.per_s / (requests - burst + 1))
    return every, every * (burst - 1)


def turn(case: Case) -> None:
    """Waits for this request's turn.

    Raises:
        Unavailable: it would come after the deadline.
    """
    caps, room = case.service.caps, case.room
    if caps.requests is None:
        return
    every, slack = rhythm(caps)
    now = room.now()
    left = max(case.deadline - now, timedelta(seconds=caps.longest_look_s))
    provider = case.order.provider
    wait = room.write(
        lambda books: paces.turn(books, provider, every=every, slack=slack, now=now, longest=left)
    )
    if wait > left:
        raise crowded(case)
    if wait:
        room.pause(wait.total_seconds())


def place(case: Case) -> None:
    """Waits until the provider has room for another job.

    Raises:
        Unavailable: it has none until the deadline.
    """
    while is_full(case):
        if case.room.now() >= case.deadline:
            raise crowded(case)
        case.room.until(None)


def is_full(case: Case) -> bool:
    """Whether as many jobs run there as it takes at once."""
    most = case.service.caps.at_once
    if most is None:
        return False
    with case.room.scribe.database.read() as books:
        return jobs.at_work(books, case.order.provider, case.room.now()) >= most


def crowded(case: Case) -> LabelError:
    """Too many of our own stand in line."""
    return trouble(Trouble.BUSY, case.order.provider, "others of this label are before it")
