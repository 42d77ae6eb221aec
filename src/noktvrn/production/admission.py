"""One production per artist at a time, on all queues and all machines together.

A run that finds its artist busy stays queued without a workflow; whoever ends a production admits the next
in the same transaction. Everything is read from the ledger under the artist's lock, so nothing can be
admitted twice, and nothing is remembered that could be forgotten: a chore of every worker admits what a
crash at the worst moment left behind.
"""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.model.run import Run, RunState
from noktvrn.storage.ledger import reviews, runs

BUSY = (RunState.QUEUED, RunState.PRODUCING, RunState.HELD)
"""States in which a run may be its artist's one production."""


def is_free(connection: sa.Connection, run: Run) -> bool:
    """Whether the artist of this run has no other production under way. Until the transaction ends nobody
    else gets an answer for that artist."""
    lock(connection, run.artist_id)
    return not any(other.id != run.id and _keeps_busy(connection, other) for other in _of(connection, run))


def next_one(connection: sa.Connection, artist_id: str) -> Run | None:
    """The queued run that is its artist's turn, kept from other writers; None: there is none, or the artist
    is busy. The lowest priority number first, then the oldest."""
    lock(connection, artist_id)
    found = runs.every(connection, artist_id=artist_id, states=BUSY)
    if any(_keeps_busy(connection, run) for run in found):
        return None
    waiting = [run for run in found if run.parent is None]
    for run in sorted(waiting, key=lambda run: (run.priority, run.created_at, run.id)):
        kept = runs.held_now(connection, run.id)
        if kept is not None and kept.state is RunState.QUEUED:
            return kept
    return None


def lock(connection: sa.Connection, artist_id: str) -> None:
    """Lets one transaction at a time decide for an artist. SQLite's one writer needs no further lock."""
    if connection.dialect.name == "postgresql":
        key = sa.func.hashtext(f"admission:{artist_id}")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def _of(connection: sa.Connection, run: Run) -> tuple[Run, ...]:
    return runs.every(connection, artist_id=run.artist_id, states=BUSY)


def _keeps_busy(connection: sa.Connection, run: Run) -> bool:
    """Whether a run is a production under way. The songs of a record belong to the record's own run."""
    if run.parent is not None:
        return False
    if run.state is RunState.QUEUED:
        return run.admitted
    return run.state is RunState.PRODUCING or not is_releasing(connection, run)


def is_releasing(connection: sa.Connection, run: Run) -> bool:
    """Whether a run is past its verdict: what goes on with it is its release."""
    verdict = reviews.verdict_of(connection, run.id)
    return verdict is not None and verdict.decision == "approved"
