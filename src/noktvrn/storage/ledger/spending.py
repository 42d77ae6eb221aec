"""What runs cost, from their tickets: what was charged, and what is held for requests whose outcome nobody
knows yet. Millionths of a US dollar; a service's own units are no money."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from noktvrn.storage.tables import reviews, runs, tickets, verdicts

USD = "USD"
_COST = sa.func.coalesce(tickets.c.cost, 0) + tickets.c.held
_MONEY = tickets.c.currency == USD


def of_runs(connection: sa.Connection, run_ids: Collection[str]) -> int:
    """What these runs cost together."""
    query = sa.select(sa.func.sum(_COST)).where(tickets.c.run_id.in_(list(run_ids)), _MONEY)
    return int(connection.scalar(query) or 0)


def of_review() -> sa.ScalarSelect[int]:
    """What the run of a row of `reviews` cost, for a question about many of them."""
    mine = tickets.c.run_id == reviews.c.run_id
    return sa.select(sa.func.coalesce(sa.func.sum(_COST), 0)).where(mine, _MONEY).scalar_subquery()


def unattended(
    connection: sa.Connection, since: datetime, *, besides: Collection[str] = ()
) -> dict[str, int]:
    """What was spent since then on runs that were asked to go by autopilot and that nobody has decided, by
    artist; `besides` are runs that are left out. A song of a record goes as its record does."""
    record = runs.alias()
    asked = [table.c.data["autopilot"].as_boolean() for table in (runs, record)]
    query = (
        sa.select(runs.c.artist_id, sa.func.sum(_COST))
        .join(tickets, tickets.c.run_id == runs.c.run_id)
        .outerjoin(record, record.c.run_id == runs.c.data["parent"].as_string())
        .outerjoin(verdicts, verdicts.c.run_id == sa.func.coalesce(record.c.run_id, runs.c.run_id))
        .where(
            tickets.c.run_id != "",
            tickets.c.opened_at >= since,
            _MONEY,
            sa.or_(*asked),
            verdicts.c.run_id.is_(None),
            runs.c.run_id.not_in(list(besides)),
        )
        .group_by(runs.c.artist_id)
    )
    return {artist: int(micros) for artist, micros in connection.execute(query)}
