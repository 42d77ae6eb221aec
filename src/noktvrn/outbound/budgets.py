"""Budgets: the worst case is held before a request leaves, and what it cost is settled after it.

Five scopes are counted: the whole label, the day (UTC), the artist, the task and the provider. A scope
without a cap is counted all the same. No float is ever involved.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from noktvrn.settings import Settings
from noktvrn.storage.ledger import budgets, caps
from noktvrn.storage.ledger.budgets import Balance, Limit

Scope = Limit
"""A name and a cap in micro-units, or None: counted, not capped."""

FRESH_S = 1.0
"""How long a process goes by the caps it read last."""

MARKS = (80, 100)
"""Percent of a cap at which people are told."""


@dataclass(frozen=True, slots=True)
class BudgetNotice:
    """A scope that has just reached `percent` of its cap, or, `full`, has no room for a request."""

    scope: str
    percent: int
    spent_micros: int
    cap_micros: int
    currency: str = "USD"
    full: bool = False


def caps_for(
    settings: Settings, *, provider: str, task: str, artist_id: str, now: datetime
) -> tuple[Scope, ...]:
    """The scopes a request counts in, widest first. Without an artist there is no scope of one."""
    day = now.astimezone(UTC).date()
    found = [
        Scope("label", settings.budget),
        Scope(f"day:{day}", settings.budget_day),
        Scope(f"provider:{provider}", settings.budget_provider),
        Scope(f"task:{task}", settings.budget_task),
    ]
    if artist_id:
        found.append(Scope(f"artist:{artist_id}", settings.budget_artist))
    return tuple(found)


def reserve(
    connection: sa.Connection,
    scopes: Sequence[Scope],
    micros: int,
    currency: str = "USD",
    *,
    at: datetime,
) -> Scope | None:
    """Holds the worst case in every scope, or in none. None: it is held; else the scope that is full.

    What costs nothing needs no room.

    Raises:
        ValueError: a negative amount would make room for what is not there.
    """
    if micros < 0:
        raise ValueError("nobody can hold less than nothing")
    return budgets.hold(connection, scopes, micros, currency=currency, at=at) if micros else None


def settle(
    connection: sa.Connection,
    scopes: Sequence[Scope],
    held: int,
    cost: int,
    currency: str = "USD",
    *,
    at: datetime,
) -> tuple[BudgetNotice, ...]:
    """Lets go of what was held and counts what it cost; returns the marks this has reached.

    A negative cost gives money back that was charged before.
    """
    if not held and not cost:
        return ()
    names = [scope.name for scope in scopes]
    if not held:
        budgets.ensure(connection, names, currency=currency, at=at)
    spent = budgets.move(connection, names, currency=currency, held=-held, spent=cost, at=at)
    return tuple(notice for scope in scopes for notice in _reached(scope, spent[scope.name], cost, currency))


class PersonsCaps:
    """Caps set by people, as this process read them last; one that is set counts here within a second."""

    def __init__(self) -> None:
        self._known: caps.Known = {}
        self._read_at = -FRESH_S

    def over(self, connection: sa.Connection, scopes: tuple[Scope, ...]) -> tuple[Scope, ...]:
        """These scopes with the caps that hold today, in money."""
        now = time.monotonic()
        if now - self._read_at >= FRESH_S:
            self._known, self._read_at = caps.known(connection), now
        return caps.over(self._known, scopes) if self._known else scopes


def overview(connection: sa.Connection) -> list[Balance]:
    """How every scope stands, by name."""
    return budgets.every(connection)


def _reached(scope: Scope, spent: int, cost: int, currency: str) -> list[BudgetNotice]:
    cap = scope.cap_micros
    if not cap or cost <= 0:
        return []
    return [
        BudgetNotice(scope.name, mark, spent, cap, currency)
        for mark in MARKS
        if (spent - cost) * 100 < mark * cap <= spent * 100
    ]
