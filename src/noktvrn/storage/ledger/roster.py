"""The roster: one narrow row for each artist, for whoever looks at all of them.

The ledger's own writers of artists and runs keep it; nobody else has to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from noktvrn.kernel.errors import NotFound
from noktvrn.model.artist import LifecycleState
from noktvrn.storage.tables import roster, runs

AT_ONCE = 500
"""How many rows one statement names: SQLite takes 32,766 values, and a server likes short ones."""


class Row(NamedTuple):
    """An artist on the roster. `counts_from`: when a person last brought it back, and its record began anew;
    `check_at`: when the rules of the lifecycle look at it next (None: at once); `rejections`: in a row;
    `reason`: of its state."""

    artist_id: str
    state: LifecycleState
    state_since: datetime
    joined_at: datetime
    last_run_at: datetime | None
    counts_from: datetime | None
    check_at: datetime | None
    rejections: int
    reason: str


def enter(connection: sa.Connection, artist_id: str, state: LifecycleState, at: datetime) -> None:
    """A new artist's row."""
    values = {"artist_id": artist_id, "state": state.value, "state_since": at, "joined_at": at}
    connection.execute(roster.insert().values(**values, reason=""))


def restate(connection: sa.Connection, artist_id: str, state: LifecycleState, at: datetime) -> None:
    """The artist is in another state from now on; the rules look at it anew."""
    _change(connection, artist_id, state=state.value, state_since=at, check_at=None, reason="")


def explain(
    connection: sa.Connection, artist_id: str, reason: str, *, counts_from: datetime | None = None
) -> None:
    """Why the artist is in its state; `counts_from` begins its record anew."""
    more = {} if counts_from is None else {"counts_from": counts_from}
    _change(connection, artist_id, reason=reason, **more)


def count_rejections(connection: sa.Connection, artist_id: str, rejections: int) -> None:
    """How many rejections in a row the artist has."""
    connection.execute(
        roster.update()
        .where(roster.c.artist_id == artist_id, roster.c.rejections != rejections)
        .values(rejections=rejections)
    )


def ran(connection: sa.Connection, artist_id: str, at: datetime) -> None:
    """A run of the artist was begun."""
    _change(connection, artist_id, last_run_at=at)


def get(connection: sa.Connection, artist_id: str) -> Row:
    """An artist's row. Raises NotFound."""
    found = _rows(connection, sa.select(roster).where(roster.c.artist_id == artist_id))
    if not found:
        raise NotFound(
            f"There is no artist {artist_id}.",
            code="artist.not_found",
            hint="`noktvrn artist list` shows those there are.",
        )
    return found[0]


def every(connection: sa.Connection) -> list[Row]:
    """All rows."""
    return _rows(connection, sa.select(roster))


def counts(connection: sa.Connection) -> dict[LifecycleState, int]:
    """How many artists there are in each state."""
    query = sa.select(roster.c.state, sa.func.count()).group_by(roster.c.state)
    found = {state: int(count) for state, count in connection.execute(query)}
    return {state: found.get(state.value, 0) for state in LifecycleState}


def due(connection: sa.Connection, now: datetime) -> list[Row]:
    """Those the rules of the lifecycle should look at by now; retired artists stay as they are."""
    late = sa.or_(roster.c.check_at.is_(None), roster.c.check_at <= now)
    return _rows(connection, sa.select(roster).where(late, roster.c.state != LifecycleState.RETIRED.value))


def checked(connection: sa.Connection, artist_ids: Sequence[str], check_at: datetime) -> None:
    """When the rules look at these artists next."""
    for first in range(0, len(artist_ids), AT_ONCE):
        some = artist_ids[first : first + AT_ONCE]
        connection.execute(roster.update().where(roster.c.artist_id.in_(some)).values(check_at=check_at))


def tallies(
    connection: sa.Connection, since: datetime, artist_ids: Sequence[str] = ()
) -> dict[str, dict[str, int]]:
    """How many runs of each artist came to which state since a moment, or since a person brought the artist
    back. Songs of a record count with it and not beside it. Without ids those of all artists."""
    query = (
        sa.select(runs.c.artist_id, runs.c.state, sa.func.count())
        .select_from(runs.join(roster, roster.c.artist_id == runs.c.artist_id))
        .where(
            runs.c.updated_at >= since,
            runs.c.data["parent"].as_string().is_(None),
            sa.or_(roster.c.counts_from.is_(None), runs.c.updated_at >= roster.c.counts_from),
        )
        .group_by(runs.c.artist_id, runs.c.state)
    )
    if artist_ids:
        query = query.where(runs.c.artist_id.in_(artist_ids))
    found: dict[str, dict[str, int]] = {}
    for artist_id, state, count in connection.execute(query):
        found.setdefault(artist_id, {})[state] = int(count)
    return found


def in_states(connection: sa.Connection, states: Iterable[str]) -> set[str]:
    """The artists with a run in one of these states."""
    query = sa.select(runs.c.artist_id).where(runs.c.state.in_(list(states))).distinct()
    return set(connection.execute(query).scalars())


def _rows(connection: sa.Connection, query: sa.Select[tuple[object, ...]]) -> list[Row]:
    return [
        Row(
            row.artist_id,
            LifecycleState(row.state),
            row.state_since,
            row.joined_at,
            row.last_run_at,
            row.counts_from,
            row.check_at,
            row.rejections,
            row.reason,
        )
        for row in connection.execute(query)
    ]


def _change(connection: sa.Connection, artist_id: str, **values: object) -> None:
    connection.execute(roster.update().where(roster.c.artist_id == artist_id).values(**values))
