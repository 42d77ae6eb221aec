"""What the vault may let go of, and why: every rule names its files, and nothing else is ever due.

A file is due only when every row that names it is one the same plan lets go of, and when nobody put it for a
day: whoever puts a file and has not written its row yet is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from noktvrn.model.run import Run, RunState, StageName
from noktvrn.production.albums import songs_of
from noktvrn.production.studio import Studio
from noktvrn.storage.ledger import runs
from noktvrn.storage.references import HASH, mentioned
from noktvrn.storage.tables import run_stages
from noktvrn.storage.tables import runs as run_table
from noktvrn.storage.vault import Held

Rule = Literal["ended", "takes", "stems", "orphans"]
ENDED = (RunState.REJECTED, RunState.EXPIRED, RunState.CANCELLED, RunState.FAILED)
"""Runs that came to no release."""
YOUNG = timedelta(days=1)
ORPHAN_DAYS = 7
"""Days until a file goes that no row names: what a killed attempt had made."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a file may go: the rule, the run it was made for and when that last moved, what people are told."""

    rule: Rule
    run_id: str
    moved_at: datetime | None
    story: str


@dataclass(frozen=True, slots=True)
class Due:
    """A file that may go now."""

    held: Held
    cause: Cause


@dataclass(frozen=True, slots=True)
class Plan:
    """What may go now, and how much lies in the vault in all."""

    due: tuple[Due, ...]
    files: int
    bytes: int

    def by_rule(self) -> dict[str, tuple[int, int]]:
        """Files and bytes by rule."""
        told: dict[str, tuple[int, int]] = {}
        for one in self.due:
            files, size = told.get(one.cause.rule, (0, 0))
            told[one.cause.rule] = (files + 1, size + one.held.size)
        return told


def plan(studio: Studio, now: datetime) -> Plan:
    """What the rules let go of at `now`. The vault is listed before the ledger is read: a file that is put in
    between is not on the list."""
    listed = tuple(studio.vault.every())
    with studio.database.read() as connection:
        letting = _Letting(studio, connection, now)
        kept = mentioned(connection, letting.left_out)
    due = []
    for held in listed:
        cause = letting.causes.get(held.sha256) or _orphaned(held, now)
        if cause is not None and held.sha256 not in kept and held.at < now - YOUNG:
            due.append(Due(held, cause))
    return Plan(tuple(due), len(listed), sum(held.size for held in listed))


def _orphaned(held: Held, now: datetime) -> Cause | None:
    if held.at > now - timedelta(days=ORPHAN_DAYS):
        return None
    return Cause("orphans", "", None, f"nothing in the ledger named it for {ORPHAN_DAYS} days.")


class _Letting:
    """The stage records that are let go of, and the files they name, each with its cause."""

    def __init__(self, studio: Studio, connection: sa.Connection, now: datetime) -> None:
        self.causes: dict[str, Cause] = {}
        self._rows: dict[tuple[str, str, int], frozenset[str]] = {}
        settings = studio.settings
        if settings.keep_takes_days is not None:
            before = now - timedelta(days=settings.keep_takes_days)
            self._let_ended_go(connection, before, settings.keep_takes_days)
            self._let_takes_go(connection, before, settings.keep_takes_days)
        if settings.keep_stems_days is not None:
            before = now - timedelta(days=settings.keep_stems_days)
            self._let_stems_go(connection, before, settings.keep_stems_days)

    def left_out(self, table: str, values: dict[str, Any]) -> frozenset[str]:
        """What a row names and lets go of."""
        if table != "run_stages":
            return frozenset()
        return self._rows.get((values["run_id"], values["stage"], values["attempt"]), frozenset())

    def _let_ended_go(self, connection: sa.Connection, before: datetime, days: int) -> None:
        story = f"its run ended without a release; that is kept for {days} days (NOKTVRN_KEEP_TAKES_DAYS)."
        for run in _runs(connection, ENDED, before):
            cause = Cause("ended", run.id, run.updated_at, story)
            # A record's songs are complete, and stay so when it comes to no release: they go with it.
            songs = (song for song in songs_of(connection, run) if song.state is RunState.COMPLETED)
            for row in (row for one in (run, *songs) for row in _records(connection, one)):
                self._let(row, HASH.findall(json.dumps(row.data)), cause)

    def _let_takes_go(self, connection: sa.Connection, before: datetime, days: int) -> None:
        story = (
            f"it was passed over when the run was released, and that is kept for {days} days "
            "(NOKTVRN_KEEP_TAKES_DAYS)."
        )
        for run in _released(connection, before):
            rows = _records(connection, run)
            if len({row.stage for row in rows}) == len(rows):
                continue  # nothing of it was made twice
            holding = {(one.stage.value, one.attempt) for one in runs.holding(connection, run)}
            cause = Cause("takes", run.id, run.updated_at, story)
            for row in rows:
                if (row.stage, row.attempt) not in holding:
                    self._let(row, HASH.findall(json.dumps(row.data)), cause)

    def _let_stems_go(self, connection: sa.Connection, before: datetime, days: int) -> None:
        story = f"stems of released songs are kept for {days} days (NOKTVRN_KEEP_STEMS_DAYS)."
        for run in _released(connection, before):
            cause = Cause("stems", run.id, run.updated_at, story)
            for row in _records(connection, run):
                if row.stage == StageName.TRACK.value:
                    self._let(row, _stems(row.data), cause)

    def _let(self, row: sa.Row[Any], hashes: list[str], cause: Cause) -> None:
        for sha256 in hashes:
            self.causes.setdefault(sha256, cause)
        key = (row.run_id, row.stage, row.attempt)
        self._rows[key] = self._rows.get(key, frozenset()) | frozenset(hashes)


def _runs(connection: sa.Connection, states: tuple[RunState, ...], before: datetime) -> Iterator[Run]:
    query = sa.select(run_table.c.data).where(
        run_table.c.state.in_([state.value for state in states]), run_table.c.updated_at < before
    )
    for data in connection.execute(query).scalars().all():
        yield Run.model_validate(data)


def _released(connection: sa.Connection, before: datetime) -> Iterator[Run]:
    """Runs that were released; a song of a record when its record was, however long it has been complete."""
    for run in _runs(connection, (RunState.COMPLETED,), before):
        record = runs.find(connection, run.parent) if run.parent is not None else run
        if record is not None and record.state is RunState.COMPLETED and record.updated_at < before:
            yield run


def _records(connection: sa.Connection, run: Run) -> list[sa.Row[Any]]:
    return list(
        connection.execute(
            sa.select(run_stages.c.run_id, run_stages.c.stage, run_stages.c.attempt, run_stages.c.data).where(
                run_stages.c.artist_id == run.artist_id, run_stages.c.run_id == run.id
            )
        )
    )


def _stems(data: Mapping[str, Any]) -> list[str]:
    result = data.get("result") or {}
    return [str(one["sha256"]) for one in result.get("stems", ())]
