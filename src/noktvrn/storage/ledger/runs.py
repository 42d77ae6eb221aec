"""Briefs, runs and what their stages came to."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, NotFound
from noktvrn.kernel.ids import BriefId
from noktvrn.model.brief import Brief
from noktvrn.model.run import UNDER_WAY, Run, RunState, StageName, StageRecord
from noktvrn.storage.ledger import choices, events, plans, roster
from noktvrn.storage.tables import briefs, run_stages, runs

HOLDS = ("done", "skipped")
PER_TAKE = (StageName.TRACK, StageName.CRITIC)
"""Stages whose attempts are takes: a choice says which of them holds."""


def add_brief(connection: sa.Connection, brief: Brief, at: datetime) -> None:
    """Enters a brief; the same brief again is no change."""
    known = connection.execute(
        sa.select(briefs.c.brief_id).where(
            briefs.c.artist_id == brief.artist_id, briefs.c.brief_id == brief.id
        )
    ).first()
    if known is None:
        connection.execute(
            briefs.insert().values(
                artist_id=brief.artist_id, brief_id=brief.id, data=brief.as_data(), created_at=at
            )
        )


def brief(connection: sa.Connection, artist_id: str, brief_id: BriefId) -> Brief:
    """A brief. Raises NotFound."""
    data = connection.execute(
        sa.select(briefs.c.data).where(briefs.c.artist_id == artist_id, briefs.c.brief_id == brief_id)
    ).scalar()
    if data is None:
        raise NotFound(f"There is no brief {brief_id}.", code="brief.not_found")
    return Brief.model_validate(data)


def add(connection: sa.Connection, run: Run) -> None:
    """Enters a run. One brief has one run."""
    connection.execute(runs.insert().values(**_columns(run), created_at=run.created_at))
    roster.ran(connection, run.artist_id, run.created_at)
    plans.begun(connection, run.artist_id, run.brief_id)
    _tell(connection, run, run.created_at)


def find(connection: sa.Connection, run_id: str) -> Run | None:
    """A run, or None."""
    data = connection.execute(sa.select(runs.c.data).where(runs.c.run_id == run_id)).scalar()
    return Run.model_validate(data) if data is not None else None


def get(connection: sa.Connection, run_id: str) -> Run:
    """A run. Raises NotFound."""
    run = find(connection, run_id)
    if run is None:
        raise NotFound(
            f"There is no run {run_id}.",
            code="run.not_found",
            hint="`noktvrn run list` shows those there are.",
        )
    return run


def held(connection: sa.Connection, run_id: str) -> Run:
    """A run as `get` finds it, kept from other writers until the transaction ends."""
    query = sa.select(runs.c.data).where(runs.c.run_id == run_id).with_for_update()
    data = connection.execute(query).scalar()
    return Run.model_validate(data) if data is not None else get(connection, run_id)


def held_now(connection: sa.Connection, run_id: str) -> Run | None:
    """The same without waiting: None where another writer keeps it at this moment."""
    query = sa.select(runs.c.data).where(runs.c.run_id == run_id).with_for_update(skip_locked=True)
    data = connection.execute(query).scalar()
    return Run.model_validate(data) if data is not None else None


def every(
    connection: sa.Connection, *, artist_id: str | None = None, states: tuple[RunState, ...] = ()
) -> tuple[Run, ...]:
    """Runs, newest first."""
    query = sa.select(runs.c.data).order_by(runs.c.created_at.desc(), runs.c.run_id)
    if artist_id is not None:
        query = query.where(runs.c.artist_id == artist_id)
    if states:
        query = query.where(runs.c.state.in_([state.value for state in states]))
    return tuple(Run.model_validate(data) for data in connection.execute(query).scalars())


def under_way(connection: sa.Connection) -> tuple[str, ...]:
    """The ids of the runs a workflow is at work on, or should be. Those that wait for their artist, or songs
    for their record, are none."""
    waits = sa.and_(runs.c.state == RunState.QUEUED.value, runs.c.data["admitted"].as_boolean().is_not(True))
    going = runs.c.state.in_([state.value for state in UNDER_WAY])
    query = sa.select(runs.c.run_id).where(going, sa.not_(waits)).order_by(runs.c.run_id)
    return tuple(connection.execute(query).scalars())


def move(
    connection: sa.Connection,
    run_id: str,
    state: RunState,
    at: datetime,
    *,
    error: str = "",
    hint: str = "",
    exit_code: int = 0,
) -> Run:
    """Moves a run to its next state by the transition table; two movers at once give one winner.

    Raises:
        Conflict: the table does not allow it, or somebody else moved it first.
    """
    before = get(connection, run_id)
    after = before.move(state, at, error=error, hint=hint, exit_code=exit_code)
    changed = connection.execute(
        runs.update()
        .where(runs.c.run_id == run_id, runs.c.state == before.state.value)
        .values(**_columns(after))
    )
    if changed.rowcount != 1:
        raise Conflict(f"Run {run_id} was moved by somebody else.", code="run.moved")
    _tell(connection, after, at)
    return after


def admit(connection: sa.Connection, run: Run, *, admitted: bool) -> Run:
    """Notes whether a run's workflow was enqueued. Hold the run before."""
    after = run.model_copy(update={"admitted": admitted})
    connection.execute(runs.update().where(runs.c.run_id == run.id).values(data=after.as_data()))
    return after


def stages(connection: sa.Connection, run_id: str) -> tuple[StageRecord, ...]:
    """Every attempt at every stage, in the order they were begun."""
    rows = connection.execute(
        sa.select(run_stages.c.data)
        .where(*_of(run_id))
        .order_by(run_stages.c.started_at, run_stages.c.attempt)
    )
    return tuple(StageRecord.model_validate(data) for data in rows.scalars())


def progress(connection: sa.Connection, run_id: str) -> dict[tuple[str, int], float]:
    """The share done (0..1) of every stage attempt."""
    rows = connection.execute(
        sa.select(run_stages.c.stage, run_stages.c.attempt, run_stages.c.progress).where(*_of(run_id))
    )
    return {(row.stage, row.attempt): row.progress for row in rows}


def _of(run_id: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """The stage records of a run. Their key begins with the artist: without it all of them would be read."""
    whose = sa.select(runs.c.artist_id).where(runs.c.run_id == run_id).scalar_subquery()
    return run_stages.c.artist_id == whose, run_stages.c.run_id == run_id


def stage(connection: sa.Connection, run: Run, name: StageName, attempt: int) -> StageRecord | None:
    """One attempt at one stage, or None if it was never begun."""
    data = connection.execute(sa.select(run_stages.c.data).where(*_key(run, name, attempt))).scalar()
    return StageRecord.model_validate(data) if data is not None else None


def result(connection: sa.Connection, run: Run, name: StageName) -> StageRecord | None:
    """The attempt at a stage that was done and holds: of the takes the chosen one, else the last."""
    query = (
        sa.select(run_stages.c.data)
        .where(
            run_stages.c.artist_id == run.artist_id,
            run_stages.c.run_id == run.id,
            run_stages.c.stage == name.value,
            run_stages.c.state.in_(HOLDS),
        )
        .order_by(run_stages.c.attempt.desc())
        .limit(1)
    )
    take = choices.holding(connection, run.id) if name in PER_TAKE else None
    if take is not None:
        query = query.where(run_stages.c.attempt == take)
    data = connection.execute(query).scalar()
    return StageRecord.model_validate(data) if data is not None else None


def holding(connection: sa.Connection, run: Run) -> tuple[StageRecord, ...]:
    """The attempts that were done and hold, one a stage, in the order they were begun."""
    found = (result(connection, run, name) for name in StageName)
    return tuple(sorted((record for record in found if record), key=lambda record: record.started_at))


def put_stage(
    connection: sa.Connection, run: Run, record: StageRecord, *, is_new: bool | None = None
) -> None:
    """Writes one attempt. A finished attempt is never overwritten. `is_new` is for who has looked, under the
    run's lock, whether there is a record of it.

    Raises:
        Conflict: another worker finished this attempt first; its result holds.
    """
    values = {
        "state": record.state,
        "progress": 1.0 if record.state == "done" else 0.0,
        "data": record.as_data(),
        "started_at": record.started_at,
        "ended_at": record.ended_at,
    }
    if is_new is None:
        is_new = stage(connection, run, record.stage, record.attempt) is None
    if is_new:
        connection.execute(
            run_stages.insert().values(
                artist_id=run.artist_id,
                run_id=run.id,
                stage=record.stage.value,
                attempt=record.attempt,
                **values,
            )
        )
        _tell_stage(connection, run, record)
        return
    changed = connection.execute(
        run_stages.update()
        .where(*_key(run, record.stage, record.attempt), run_stages.c.state.in_(["started", "failed"]))
        .values(**values)
    )
    if changed.rowcount != 1:
        raise Conflict(f"Stage {record.stage.value} of {run.id} is already done.", code="stage.done")
    _tell_stage(connection, run, record)


def put_progress(connection: sa.Connection, run: Run, name: StageName, attempt: int, share: float) -> None:
    """Notes how far a stage is, for those who watch."""
    connection.execute(
        run_stages.update()
        .where(*_key(run, name, attempt), run_stages.c.state == "started")
        .values(progress=share)
    )


def _tell(connection: sa.Connection, run: Run, at: datetime) -> None:
    events.add(
        connection,
        kind=f"run.{run.state.value}",
        subject=run.id,
        artist_id=run.artist_id,
        run_id=run.id,
        state=run.state.value,
        detail={"error": run.error} if run.error else None,
        at=at,
    )


def _tell_stage(connection: sa.Connection, run: Run, record: StageRecord) -> None:
    detail = {"stage": record.stage.value, "attempt": record.attempt}
    events.add(
        connection,
        kind=f"stage.{record.state}",
        subject=run.id,
        artist_id=run.artist_id,
        run_id=run.id,
        state=record.state,
        detail=detail | ({"error": record.error} if record.error else {}),
        at=record.ended_at or record.started_at,
    )


def _key(run: Run, name: StageName, attempt: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        run_stages.c.artist_id == run.artist_id,
        run_stages.c.run_id == run.id,
        run_stages.c.stage == name.value,
        run_stages.c.attempt == attempt,
    )


def _columns(run: Run) -> dict[str, object]:
    return {
        "artist_id": run.artist_id,
        "run_id": run.id,
        "brief_id": run.brief_id,
        "state": run.state.value,
        "data": run.as_data(),
        "updated_at": run.updated_at,
    }
