"""Budgets: per scope, what was spent and what is held for requests under way. Integers of micro-units.

Every change is one statement, so the books balance whoever else writes at the same moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.storage.prepared import Prepared
from noktvrn.storage.tables import UtcTime, budgets


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
    if not limits:
        return None
    held = _held(connection, limits, micros, currency, at)
    left = [limit for limit in limits if limit.name not in held]
    if left:
        ensure(connection, [limit.name for limit in left], currency=currency, at=at)
        held |= _held(connection, left, micros, currency, at)
    full = next((limit for limit in limits if limit.name not in held), None)
    if full is not None:
        move(connection, sorted(held), currency=currency, held=-micros, spent=0, at=at)
    return full


def ensure(connection: sa.Connection, scopes: Sequence[str], *, currency: str, at: datetime) -> None:
    """Opens the books of scopes that have none yet."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    blank = {"currency": currency, "spent": 0, "held": 0, "updated_at": at}
    rows = [{"scope": name, **blank} for name in scopes]
    connection.execute(insert(budgets).on_conflict_do_nothing(), rows)


def move(
    connection: sa.Connection, scopes: Sequence[str], *, currency: str, held: int, spent: int, at: datetime
) -> dict[str, int]:
    """Adds to what is held and what is spent in existing scopes; returns what is spent in each by now."""
    if not scopes:
        return {}
    told: dict[str, object] = {"change": held, "cost": spent, "its_currency": currency, "at": at}
    told |= {f"scope{number}": name for number, name in enumerate(scopes)}
    return {row[0]: row[1] for row in _move(len(scopes)).rows(connection, told)}


def every(connection: sa.Connection) -> list[Balance]:
    """Every scope there is, by name."""
    query = sa.select(budgets).order_by(budgets.c.scope, budgets.c.currency)
    columns = ("scope", "currency", "spent", "held", "updated_at")
    return [Balance(*(getattr(row, name) for name in columns)) for row in connection.execute(query)]


def find(connection: sa.Connection, scope: str, currency: str) -> Balance | None:
    """One scope's books; None: nothing was spent in it."""
    mine = budgets.c.scope == scope, budgets.c.currency == currency
    row = connection.execute(sa.select(budgets).where(*mine)).first()
    return None if row is None else Balance(*(getattr(row, name) for name in Balance._fields))


def _held(
    connection: sa.Connection, limits: Sequence[Limit], micros: int, currency: str, at: datetime
) -> set[str]:
    """Holds it in every one of these scopes that has room; returns which had."""
    told: dict[str, object] = {"change": micros, "its_currency": currency, "at": at}
    capped = []
    for number, limit in enumerate(limits):
        told[f"scope{number}"] = limit.name
        if limit.cap_micros is not None:
            capped.append(number)
            told[f"room{number}"] = limit.cap_micros - micros
    statement = _hold(len(limits), tuple(capped))
    return {row[0] for row in statement.rows(connection, told)}


@cache
def _hold(count: int, capped: tuple[int, ...]) -> Prepared:
    """One statement looks and takes, so that nobody comes in between. `capped` are the scopes with a cap."""
    rooms = {f"scope{n}": sa.bindparam(f"room{n}", type_=sa.BigInteger) for n in capped}
    change = _change(count).values(held=budgets.c.held + _CHANGE)
    if capped:
        used = budgets.c.spent + budgets.c.held
        whens = [(budgets.c.scope == sa.bindparam(name), used <= room) for name, room in rooms.items()]
        change = change.where(sa.case(*whens, else_=sa.true()))
    return Prepared(change.returning(budgets.c.scope))


@cache
def _move(count: int) -> Prepared:
    change = _change(count).values(
        held=budgets.c.held + _CHANGE,
        spent=budgets.c.spent + sa.bindparam("cost", type_=sa.BigInteger),
    )
    return Prepared(change.returning(budgets.c.scope, budgets.c.spent))


_CHANGE = sa.bindparam("change", type_=sa.BigInteger)


def _change(count: int) -> sa.Update:
    names = [sa.bindparam(f"scope{number}", type_=sa.String) for number in range(count)]
    mine = budgets.c.currency == sa.bindparam("its_currency"), budgets.c.scope.in_(names)
    return budgets.update().where(*mine).values(updated_at=sa.bindparam("at", type_=UtcTime))
