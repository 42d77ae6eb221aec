"""Whose turn it is: how many requests a provider gets, and how many jobs at once, over all workers."""

from __future__ import annotations

from datetime import timedelta

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.jobs.room import Case
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.storage.ledger import jobs, paces
from noktvrn.storage.turnstile import Booked, passed, rhythm_of


def turn(case: Case) -> None:
    """Waits for this request's turn.

    Raises:
        Unavailable: it would come after the deadline.
    """
    caps, room, provider = case.service.caps, case.room, case.order.provider
    if caps.requests is None:
        return
    rhythm = rhythm_of(caps.requests, caps.per_s)

    def book(turns: int, longest: timedelta) -> Booked | None:
        return room.write(
            lambda books: paces.book(books, provider, rhythm, turns, now=room.now(), longest=longest)
        )

    until = max(case.deadline, room.now() + timedelta(seconds=caps.longest_look_s))
    stile = room.scribe.database.turnstile
    if passed(stile, provider, rhythm, until, book=book, now=room.now, pause=room.pause) is None:
        raise crowded(case)


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
