"""Cycles of the batch: one row for each slot of a schedule, and one for each production that was started.

A slot's row is written with the choice in it before anything is started, by one worker: its key is unique.
Whoever finds it open starts what was chosen, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.storage.tables import artists, batch_runs, batch_slots, performance, run_stages, runs, verdicts

SLOT_OPEN, SLOT_DONE = "open", "done"
RESULTS = ("verdict", "critic", "performance")


class Slot(NamedTuple):
    """A cycle: the choice, and when it is done what became of it, in `data`."""

    schedule: str
    slot: datetime
    state: str
    data: Mapping[str, Any]
    opened_at: datetime
    closed_at: datetime | None = None


class Started(NamedTuple):
    """A production a cycle started, and what it came to so far as shares of success (0..1, None: unknown)."""

    artist_id: str
    run_id: str
    schedule: str
    slot: datetime
    why: str
    variant: str
    started_at: datetime
    verdict: float | None = None
    critic: float | None = None
    performance: float | None = None
    read_at: datetime | None = None


def open_slot(
    connection: sa.Connection, schedule: str, slot: datetime, data: Mapping[str, Any], at: datetime
) -> bool:
    """Enters a cycle and its choice; of several at once one does. Returns whether this was the one."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(batch_slots).values(
        schedule=schedule, slot=slot, state=SLOT_OPEN, data=dict(data), opened_at=at
    )
    return bool(connection.execute(statement.on_conflict_do_nothing()).rowcount)


def find_slot(connection: sa.Connection, schedule: str, slot: datetime) -> Slot | None:
    """The cycle of a slot, or None."""
    mine = batch_slots.c.schedule == schedule, batch_slots.c.slot == slot
    return next(_slots(connection, sa.select(batch_slots).where(*mine)), None)


def open_slots(connection: sa.Connection) -> list[Slot]:
    """Cycles nobody saw to their end, oldest first."""
    query = (
        sa.select(batch_slots)
        .where(batch_slots.c.state == sa.literal_column("'open'"))
        .order_by(batch_slots.c.opened_at, batch_slots.c.schedule)
    )
    return list(_slots(connection, query))


def close_slot(
    connection: sa.Connection, schedule: str, slot: datetime, data: Mapping[str, Any], at: datetime
) -> bool:
    """A cycle is done; returns whether it was still open."""
    changed = connection.execute(
        batch_slots.update()
        .where(
            batch_slots.c.schedule == schedule,
            batch_slots.c.slot == slot,
            batch_slots.c.state == SLOT_OPEN,
        )
        .values(state=SLOT_DONE, data=dict(data), closed_at=at)
    )
    return changed.rowcount == 1


def latest_slots(connection: sa.Connection, *, limit: int) -> list[Slot]:
    """The newest cycles, newest first."""
    query = sa.select(batch_slots).order_by(batch_slots.c.opened_at.desc(), batch_slots.c.schedule)
    return list(_slots(connection, query.limit(limit)))


def add_run(connection: sa.Connection, started: Started) -> None:
    """Enters a production a cycle started, in the transaction that starts it."""
    connection.execute(batch_runs.insert().values(**started._asdict()))


def find_run(connection: sa.Connection, run_id: str) -> Started | None:
    """What a cycle started, by its run; None where a person did."""
    row = connection.execute(sa.select(batch_runs).where(batch_runs.c.run_id == run_id)).first()
    return Started(**row._mapping) if row is not None else None


def begun_in(connection: sa.Connection, schedule: str, slot: datetime) -> list[tuple[Started, str]]:
    """What a cycle started so far, with the artists' names."""
    query = (
        sa.select(*(batch_runs.c[name] for name in Started._fields), artists.c.stage_name)
        .join(artists, artists.c.artist_id == batch_runs.c.artist_id)
        .where(batch_runs.c.schedule == schedule, batch_runs.c.slot == slot)
        .order_by(batch_runs.c.started_at, batch_runs.c.run_id)
    )
    return [(Started(*row[:-1]), row[-1]) for row in connection.execute(query)]


def unread(connection: sa.Connection, since: datetime, *, limit: int) -> list[Started]:
    """Productions begun since a moment of which there is news since they were last read: their runs have
    changed, or their artists' figures. The oldest first."""
    figures = sa.exists().where(
        performance.c.artist_id == batch_runs.c.artist_id, performance.c.recorded_at >= batch_runs.c.read_at
    )
    query = (
        sa.select(batch_runs)
        .join(runs, sa.and_(runs.c.artist_id == batch_runs.c.artist_id, runs.c.run_id == batch_runs.c.run_id))
        .where(
            batch_runs.c.started_at >= since,
            sa.or_(batch_runs.c.read_at.is_(None), runs.c.updated_at >= batch_runs.c.read_at, figures),
        )
    )
    oldest_first = query.order_by(batch_runs.c.started_at, batch_runs.c.run_id).limit(limit)
    return [Started(**row._mapping) for row in connection.execute(oldest_first)]


def put_results(connection: sa.Connection, run_id: str, at: datetime, **results: float | None) -> None:
    """What a production came to, by kind, as read at a moment."""
    connection.execute(batch_runs.update().where(batch_runs.c.run_id == run_id).values(**results, read_at=at))


def results(
    connection: sa.Connection, since: datetime
) -> dict[str, tuple[int, dict[str, tuple[int, float]]]]:
    """By variant, for productions begun since a moment: how many there are and, by kind of result, how many
    have one and the sum of them."""
    sums = [of(batch_runs.c[kind]) for kind in RESULTS for of in (sa.func.count, sa.func.sum)]
    query = (
        sa.select(batch_runs.c.variant, sa.func.count(), *sums)
        .where(batch_runs.c.started_at >= since)
        .group_by(batch_runs.c.variant)
    )
    found = {}
    for variant, count, *told in connection.execute(query):
        pairs = zip(told[::2], told[1::2], strict=True)
        by_kind = {kind: (int(n), float(s or 0.0)) for kind, (n, s) in zip(RESULTS, pairs, strict=True)}
        found[variant] = int(count), by_kind
    return found


def personal_verdict(connection: sa.Connection, artist_id: str, run_id: str) -> float | None:
    """What a person said of a run: 1 approved, 0 rejected; None where nobody, or only the autopilot, did."""
    query = sa.select(verdicts.c.decision).where(
        verdicts.c.artist_id == artist_id, verdicts.c.run_id == run_id, verdicts.c.door != "autopilot"
    )
    decision = connection.execute(query).scalar()
    return None if decision is None else float(decision == "approved")


def run_states(connection: sa.Connection, since: datetime) -> dict[str, int]:
    """How many productions that cycles started since a moment stand in which state."""
    query = (
        sa.select(runs.c.state, sa.func.count())
        .join(
            batch_runs,
            sa.and_(runs.c.artist_id == batch_runs.c.artist_id, runs.c.run_id == batch_runs.c.run_id),
        )
        .where(batch_runs.c.started_at >= since)
        .group_by(runs.c.state)
    )
    return {state: int(count) for state, count in connection.execute(query)}


def failed_without_track(connection: sa.Connection, since: datetime) -> int:
    """How many of them failed without a take that the critic let pass."""
    heard = sa.exists().where(
        run_stages.c.artist_id == batch_runs.c.artist_id,
        run_stages.c.run_id == batch_runs.c.run_id,
        run_stages.c.stage == "critic",
        run_stages.c.state == "done",
    )
    query = (
        sa.select(sa.func.count())
        .select_from(batch_runs.join(runs, runs.c.run_id == batch_runs.c.run_id))
        .where(batch_runs.c.started_at >= since, runs.c.state == "failed", ~heard)
    )
    return int(connection.execute(query).scalar_one())


def _slots(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[Slot]:
    for row in connection.execute(query):
        yield Slot(row.schedule, row.slot, row.state, row.data, row.opened_at, row.closed_at)
