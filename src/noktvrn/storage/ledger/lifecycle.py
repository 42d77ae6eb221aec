"""Artists' moves between lifecycle states: what moved them, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from noktvrn.model.artist import LifecycleState
from noktvrn.storage.ledger import roster
from noktvrn.storage.tables import lifecycle_moves


class Move(NamedTuple):
    """From one state to another (or to the same one, where only a word was left). `rule` is stable,
    `data` what the rule went by."""

    artist_id: str
    number: int
    before: LifecycleState
    after: LifecycleState
    rule: str
    reason: str
    actor: str
    data: Mapping[str, Any]
    at: datetime


def add(
    connection: sa.Connection,
    artist_id: str,
    before: LifecycleState,
    after: LifecycleState,
    *,
    rule: str,
    reason: str,
    actor: str,
    data: Mapping[str, Any] | None = None,
    counts_from: datetime | None = None,
    at: datetime,
) -> None:
    """Writes a move down, and its reason on the roster. Hold the artist before."""
    last = connection.execute(
        sa.select(sa.func.max(lifecycle_moves.c.number)).where(lifecycle_moves.c.artist_id == artist_id)
    ).scalar()
    connection.execute(
        lifecycle_moves.insert().values(
            artist_id=artist_id,
            number=int(last or 0) + 1,
            before=before.value,
            after=after.value,
            rule=rule,
            reason=reason,
            actor=actor,
            data=dict(data or {}),
            at=at,
        )
    )
    roster.explain(connection, artist_id, reason, counts_from=counts_from)


def of_artist(connection: sa.Connection, artist_id: str, *, limit: int | None = None) -> tuple[Move, ...]:
    """An artist's moves, newest first."""
    query = (
        sa.select(lifecycle_moves)
        .where(lifecycle_moves.c.artist_id == artist_id)
        .order_by(lifecycle_moves.c.number.desc())
        .limit(limit)
    )
    return tuple(
        Move(
            row.artist_id,
            row.number,
            LifecycleState(row.before),
            LifecycleState(row.after),
            row.rule,
            row.reason,
            row.actor,
            row.data,
            row.at,
        )
        for row in connection.execute(query)
    )


def last_moved_by(connection: sa.Connection, rule: str) -> set[str]:
    """The artists whose newest move was made by a rule."""
    later = lifecycle_moves.alias()
    newest = (
        sa.select(sa.func.max(later.c.number))
        .where(later.c.artist_id == lifecycle_moves.c.artist_id)
        .scalar_subquery()
    )
    query = sa.select(lifecycle_moves.c.artist_id).where(
        lifecycle_moves.c.rule == rule, lifecycle_moves.c.number == newest
    )
    return set(connection.execute(query).scalars())


def since_reset(connection: sa.Connection, artist_id: str, rule: str, resets: tuple[str, ...]) -> int:
    """How often a rule moved the artist since the last move by one of `resets`."""
    count = 0
    for move in of_artist(connection, artist_id):
        if move.rule in resets:
            break
        count += move.rule == rule
    return count
