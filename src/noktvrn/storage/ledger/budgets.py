"""Budgets: per scope, what was spent and what is held for requests under way. Integers of micro-units.

Every change is one statement, so the books balance whoever else writes at the same moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from noktvrn.storage.tables import UtcTime, budgets

NO_CAP = 2**62


class Balance(NamedTuple):
    """One scope's books. `currency` is ISO 4217; amounts are millionths of its unit."""

    scope: str
    currency: str
    spent: int
    held: int
    updated_at: datetime


class Limit(NamedTuple):
    """A scope and the most that may be spent and held in it together; None: counted, not capped."""

    name: str
    cap_micros: int | None = None


def hold(
    connection: sa.Connection, limits: Sequence[Limit], micros: int, *, currency: str, at: datetime
) -> Limit | None:
    """Holds an amount in every scope or in none. None: it is held; else the first scope that is full."""
    too_small = next((one for one in limits if one.cap_micros is not None and micros > one.cap_micros), None)
    if too_small is not None or not limits:
        return too_small
    told: dict[str, object] = {"micros": micros, "currency": currency, "at": at}
    for number, limit in enumerate(limits):
        told[f"scope{number}"] = limit.name
        told[f"cap{number}"] = NO_CAP if limit.cap_micros is None else limit.cap_micros
    held = {row.scope for row in connection.execute(_hold(len(limits)), told)}
    if len(held) == len(limits):
        return None
    full = next(one for one in limits if one.name not in held)
    move(connection, sorted(held), currency=currency, held=-micros, spent=0, at=at)
    return full


def move(
    connection: sa.Connection, scopes: Sequence[str], *, currency: str, held: int, spent: int, at: datetime
) -> list[Balance]:
    """Adds to what is held and what is spent in existing scopes; returns how they stand now."""
    if not scopes:
        return []
    told: dict[str, object] = {"held": held, "spent": spent, "currency": currency, "at": at}
    told |= {f"scope{number}": name for number, name in enumerate(scopes)}
    return [Balance(*row) for row in connection.execute(_move(len(scopes)), told)]


def every(connection: sa.Connection) -> list[Balance]:
    """Every scope there is, by name."""
    query = sa.select(budgets).order_by(budgets.c.scope, budgets.c.currency)
    columns = ("scope", "currency", "spent", "held", "updated_at")
    return [Balance(*(getattr(row, name) for name in columns)) for row in connection.execute(query)]


def _typed(count: int, *amounts: str) -> list[sa.BindParameter[Any]]:
    texts = ["currency", *(f"scope{number}" for number in range(count))]
    return [
        *(sa.bindparam(name, type_=sa.String()) for name in texts),
        *(sa.bindparam(name, type_=sa.BigInteger()) for name in amounts),
        sa.bindparam("at", type_=UtcTime()),
    ]


@cache
def _hold(count: int) -> sa.TextClause:
    """Text, because SQLAlchemy compiles an insert of several rows anew each time."""
    rows = ", ".join(f"(:scope{number}, :currency, 0, :micros, :at)" for number in range(count))
    caps = " ".join(f"WHEN :scope{number} THEN :cap{number}" for number in range(count))
    statement = sa.text(
        "INSERT INTO budgets (scope, currency, spent, held, updated_at) VALUES "  # noqa: S608 - numbers only
        f"{rows} ON CONFLICT (scope, currency) DO UPDATE "
        "SET held = budgets.held + excluded.held, updated_at = excluded.updated_at "
        "WHERE budgets.spent + budgets.held + excluded.held <= "
        f"CASE budgets.scope {caps} END RETURNING scope"
    )
    caps_of = [f"cap{number}" for number in range(count)]
    return statement.bindparams(*_typed(count, "micros", *caps_of))


@cache
def _move(count: int) -> sa.TextualSelect:
    names = ", ".join(f":scope{number}" for number in range(count))
    statement = sa.text(
        "UPDATE budgets SET held = held + :held, spent = spent + :spent, updated_at = :at "  # noqa: S608
        f"WHERE currency = :currency AND scope IN ({names}) "
        "RETURNING scope, currency, spent, held, updated_at"
    )
    shown = statement.bindparams(*_typed(count, "held", "spent"))
    return shown.columns(*(budgets.c[name] for name in Balance._fields))
