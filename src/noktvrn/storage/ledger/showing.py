"""What a screen shows of many runs at once: who, what it is called, where it stands. Narrow rows only: the
documents of stages are as large as the words and sounds they tell of, and nobody reads them in a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from noktvrn.model.finding import Finding
from noktvrn.model.run import Run, RunState
from noktvrn.storage.tables import artists, briefs, releases, remakes, reviews, run_stages, runs, works


class RunLine(NamedTuple):
    """A run, its artist's name and its title; empty while it has none."""

    run: Run
    artist_name: str
    title: str


class StageLine(NamedTuple):
    """An attempt at a stage without its document. `share` is how far it is (0..1)."""

    run_id: str
    stage: str
    attempt: int
    state: str
    share: float
    started_at: datetime
    ended_at: datetime | None


class StageNotes(NamedTuple):
    """What was found in an attempt at a stage, and why it failed."""

    stage: str
    attempt: int
    findings: tuple[Finding, ...]
    error: str


class ReleaseLine(NamedTuple):
    """A sealed release in a list."""

    release_id: str
    run_id: str
    artist_name: str
    title: str
    sealed_at: datetime


def page(connection: sa.Connection, *, limit: int, states: Sequence[RunState] = ()) -> tuple[RunLine, ...]:
    """Runs, newest first; the songs of a record are its own matter."""
    alone = runs.c.data["parent"].as_string().is_(None)
    wanted = sa.select(runs.c.artist_id, runs.c.run_id, runs.c.created_at).where(alone)
    if states:
        wanted = wanted.where(runs.c.state.in_([state.value for state in states]))
    # Chosen first and dressed afterwards: a title costs questions of its own.
    chosen = wanted.order_by(runs.c.created_at.desc(), runs.c.run_id).limit(limit).subquery()
    mine = (runs.c.artist_id == chosen.c.artist_id) & (runs.c.run_id == chosen.c.run_id)
    query = _lines().join(chosen, mine).order_by(runs.c.created_at.desc(), runs.c.run_id)
    return _read(connection, query)


def line(connection: sa.Connection, run: Run) -> RunLine:
    """One run, also a song of a record, as a list would show it."""
    mine = (runs.c.artist_id == run.artist_id, runs.c.run_id == run.id)
    (found,) = _read(connection, _lines().where(*mine))
    return found


def count(connection: sa.Connection) -> int:
    """How many runs there are, songs of records included."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(runs)).scalar_one())


def artists_count(connection: sa.Connection) -> int:
    """How many artists there are."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(artists)).scalar_one())


def stages(connection: sa.Connection, keys: Sequence[tuple[str, str]]) -> tuple[StageLine, ...]:
    """The attempts at the stages of these runs (artist, run), in the order they were begun."""
    own = run_stages.c
    columns = (own.run_id, own.stage, own.attempt, own.state, own.progress, own.started_at, own.ended_at)
    query = sa.select(*columns).where(_among(keys)).order_by(own.started_at, own.attempt)
    return tuple(StageLine(*row) for row in connection.execute(query)) if keys else ()


def notes(connection: sa.Connection, artist_id: str, run_id: str) -> tuple[StageNotes, ...]:
    """What was found in a run and why attempts failed, in the order they were begun; silent ones are left
    out."""
    own = run_stages.c
    query = (
        sa.select(own.stage, own.attempt, own.data["findings"], own.data["error"].as_string())
        .where(own.artist_id == artist_id, own.run_id == run_id)
        .order_by(own.started_at, own.attempt)
    )
    found = (
        StageNotes(stage, attempt, tuple(map(Finding.model_validate, told or ())), error or "")
        for stage, attempt, told, error in connection.execute(query)
    )
    return tuple(one for one in found if one.findings or one.error)


def remade(
    connection: sa.Connection, keys: Sequence[tuple[str, str]]
) -> dict[str, tuple[datetime, frozenset[str]]]:
    """Of runs that were remade: when the last time, and which stages are made again since."""
    own = remakes.c
    query = (
        sa.select(own.run_id, own.at, own.data["anew"], own.data["follow"])
        .where(sa.tuple_(own.artist_id, own.run_id).in_(keys))
        .order_by(own.run_id, own.number)
    )
    rows = connection.execute(query) if keys else ()
    return {run_id: (at, frozenset([*anew, *follow])) for run_id, at, anew, follow in rows}


def last_releases(connection: sa.Connection, *, limit: int) -> tuple[ReleaseLine, ...]:
    """Sealed releases, newest first."""
    draft = releases.c.data["draft"]
    query = (
        sa.select(
            releases.c.release_id,
            releases.c.run_id,
            draft["artist_name"].as_string(),
            draft["title"].as_string(),
            releases.c.sealed_at,
        )
        .order_by(releases.c.sealed_at.desc(), releases.c.release_id)
        .limit(limit)
    )
    return tuple(ReleaseLine(*row) for row in connection.execute(query))


def _among(keys: Sequence[tuple[str, str]]) -> sa.ColumnElement[bool]:
    return sa.tuple_(run_stages.c.artist_id, run_stages.c.run_id).in_(list(keys))


def _lines() -> sa.Select[Any]:
    own = (runs.c.artist_id, runs.c.run_id)

    def work(kind: str) -> sa.ScalarSelect[str]:
        mine = (works.c.artist_id == own[0], works.c.run_id == own[1], works.c.kind == kind)
        return sa.select(works.c.title).where(*mine).scalar_subquery()

    review = sa.select(reviews.c.data["title"].as_string())
    brief = sa.select(briefs.c.data["title"].as_string())
    title = sa.func.coalesce(
        work("lyrics"),
        review.where(reviews.c.artist_id == own[0], reviews.c.run_id == own[1]).scalar_subquery(),
        work("track"),
        brief.where(briefs.c.artist_id == own[0], briefs.c.brief_id == runs.c.brief_id).scalar_subquery(),
    )
    return sa.select(runs.c.data, artists.c.stage_name, title).join(
        artists, artists.c.artist_id == runs.c.artist_id
    )


def _read(connection: sa.Connection, query: sa.Select[Any]) -> tuple[RunLine, ...]:
    rows = connection.execute(query)
    return tuple(RunLine(Run.model_validate(data), name, title or "") for data, name, title in rows)
