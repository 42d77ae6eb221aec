"""The turnstile: which request to a service may leave when, for all workers of the label together.

The ledger is the truth: for each provider it allots stretches of time, one after the other, each to one
request only (the generic cell rate algorithm, ITU-T I.371, annex A). The request of a stretch that begins at
`due` leaves between `due - slack` and `due + grace`, or not at all. However many keepers hand stretches out,
and whichever of them dies, no two requests have the same one. So of the requests that leave within any
`window` the stretches begin within `window + slack + grace`, which has room for

    (window + slack + grace) / every

of them, and `rhythm` sets `every` so that this is the number the service allows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

LATE = 20
SHORTEST_GRACE, LONGEST_GRACE = timedelta(milliseconds=100), timedelta(seconds=1)
"""The grace is a twentieth of the window, within these: what a busy machine or a slow ledger may take."""
MICRO = timedelta(microseconds=1)


class Rhythm(NamedTuple):
    """`every`: the length of a stretch; `slack` and `grace`: how long before and after its beginning its
    request may leave."""

    every: timedelta
    slack: timedelta
    grace: timedelta


class Booked(NamedTuple):
    """Stretches of the ledger's: the first begins at `due`, `at` is the moment of the booking, both by the
    ledger's clock; `seen` is a moment no later than `at` by the clock of whoever booked."""

    due: datetime
    at: datetime
    seen: datetime


class Turn(NamedTuple):
    """When a request may leave: at `opens` at the earliest, at `closes` at the latest."""

    opens: datetime
    closes: datetime


Now = Callable[[], datetime]
Book = Callable[[int, timedelta], Booked | None]
"""Books so many stretches in one write, unless the first opens later than in so long (None)."""


class Turnstile(Protocol):
    """Hands out turns. Never raises but what `book` raises."""

    def take(self, provider: str, rhythm: Rhythm, longest: timedelta, book: Book, now: Now) -> Turn | None:
        """A turn nobody else gets; None: it would open later than in `longest`, and nothing was taken."""


class LedgerTurnstile:
    """Asks the ledger for every turn."""

    def take(self, provider: str, rhythm: Rhythm, longest: timedelta, book: Book, now: Now) -> Turn | None:
        """A turn, by one write; None: it would open too late."""
        return booked_turn(rhythm, lambda: book(1, longest), now)


def booked_turn(rhythm: Rhythm, book: Callable[[], Booked | None], now: Now) -> Turn | None:
    """The turn of the first stretch that is booked, if one is."""
    booked = book()
    return turn_ahead(booked.due - booked.at, booked.seen, now(), rhythm) if booked is not None else None


def turn_ahead(ahead: timedelta, asked: datetime, answered: datetime, rhythm: Rhythm) -> Turn:
    """The turn whose stretch begins so far ahead of a moment between these two: each bound by the one of them
    that is on the safe side. So no two clocks are ever compared."""
    return Turn(answered + max(timedelta(0), ahead - rhythm.slack), asked + ahead + rhythm.grace)


def passed(
    turnstile: Turnstile,
    provider: str,
    rhythm: Rhythm,
    until: datetime,
    *,
    book: Book,
    now: Now,
    pause: Callable[[float], None],
) -> datetime | None:
    """Waits for a turn and returns the moment in it at which the request leaves; None: there is none before
    `until`. A turn whose time has gone meanwhile, because the ledger or this machine was slow, is not used.
    `pause` waits so many seconds.
    """
    while True:
        turn = turnstile.take(provider, rhythm, until - now(), book, now)
        if turn is None:
            return None
        wait_s = (turn.opens - now()).total_seconds()
        if wait_s > 0:
            pause(wait_s)
        leaves = now()
        if leaves <= turn.closes:
            return leaves


def rhythm_of(requests: int, per_s: float) -> Rhythm:
    """The rhythm of a service that takes so many requests in any `per_s` seconds.

    A service that rested gets half of them at once; the others follow evenly.
    """
    window = timedelta(seconds=per_s)
    grace = min(LONGEST_GRACE, max(SHORTEST_GRACE, window / LATE))
    burst = max(1, requests // 2)
    # Rounded up: a stretch that is too short by half a millionth lets one in too many.
    every = (window + grace) / (requests - burst + 1) + MICRO
    return Rhythm(every, every * (burst - 1), grace)
