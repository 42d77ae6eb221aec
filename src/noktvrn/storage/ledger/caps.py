"""Caps set by a person: how much of one unit may go out in one scope. They win over the settings'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.storage import audit
from noktvrn.storage.ledger.budgets import Limit
from noktvrn.storage.tables import caps

Known = Mapping[tuple[str, str], int]
"""Caps by scope and unit."""


class Cap(NamedTuple):
    """A row. `scope` is one budget (`provider:suno_gateway`) or every one of its kind (`day`); `amount` is in
    millionths for USD, else in whole ones."""

    scope: str
    unit: str
    amount: int
    actor: str
    set_at: datetime


def set_cap(
    connection: sa.Connection, scope: str, unit: str, amount: int | None, *, actor: str, at: datetime
) -> None:
    """A person's cap, and the record of it. None takes it away: the settings' cap counts again."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    mine = caps.c.scope == scope, caps.c.unit == unit
    before = connection.scalar(sa.select(caps.c.amount).where(*mine))
    if amount is None:
        connection.execute(caps.delete().where(*mine))
    else:
        row = {"amount": amount, "actor": actor[:80], "set_at": at}
        statement = insert(caps).values(scope=scope, unit=unit, **row)
        connection.execute(statement.on_conflict_do_update(index_elements=["scope", "unit"], set_=row))
    audit.record(
        connection,
        "budget.cap_set",
        artist_id=audit.LABEL,
        subject=scope,
        actor=actor,
        at=at,
        detail={"unit": unit, "amount": amount, "before": before},
    )


def every(connection: sa.Connection) -> list[Cap]:
    """All caps set by people, by scope and unit."""
    return [Cap(*row) for row in connection.execute(sa.select(caps).order_by(caps.c.scope, caps.c.unit))]


def known(connection: sa.Connection) -> Known:
    """All caps set by people, for `over`."""
    return {(one.scope, one.unit): one.amount for one in every(connection)}


def over(known: Known, limits: Sequence[Limit], unit: str = "USD") -> tuple[Limit, ...]:
    """These scopes with the caps that hold today: a person's for the scope, else a person's for its kind,
    else, for money, the one that it came with."""
    return tuple(Limit(limit.name, _cap(known, limit, unit)) for limit in limits)


def _cap(known: Known, limit: Limit, unit: str) -> int | None:
    kind = limit.name.partition(":")[0]
    for scope in (limit.name, kind):
        amount = known.get((scope, unit))
        if amount is not None:
            return amount
    return limit.cap_micros if unit == "USD" else None
