"""Songs of records among the runs: what is said to one is said to its record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict
from noktvrn.model.run import UNDER_WAY, Run, RunState, StageName
from noktvrn.production.albums import PRODUCTION, Door, cancel_songs, songs_of, title_of
from noktvrn.storage.ledger import runs


@dataclass(frozen=True, slots=True)
class SongSight:
    """A song of a record: its number, what it is called and there for, its run, and the stage it is at."""

    number: int
    title: str
    role: str
    run: Run
    stage: str
    duration_s: float | None

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "number": self.number,
            "title": self.title,
            "role": self.role,
            "run_id": self.run.id,
            "state": self.run.state.value,
            "stage": self.stage,
            "duration_s": self.duration_s,
            "error": self.run.error,
        }


def sights(connection: sa.Connection, record: Run) -> tuple[SongSight, ...]:
    """The songs of a record in their order, as far as they were begun; none of any other run."""
    return tuple(_sight(connection, song) for song in songs_of(connection, record))


def _sight(connection: sa.Connection, song: Run) -> SongSight:
    brief = runs.brief(connection, song.artist_id, song.brief_id)
    stages = runs.stages(connection, song.id)
    track = runs.result(connection, song, StageName.TRACK)
    return SongSight(
        number=brief.place,
        title=title_of(connection, song),
        role=brief.part.role if brief.part else "",
        run=song,
        stage=stages[-1].stage.value if stages else "",
        duration_s=track.result["master"]["duration_s"] if track and track.result else None,
    )


def refuse_song(run: Run, verb: str) -> None:
    """Passes for a run of its own.

    Raises:
        Conflict: it is a song of a record.
    """
    if run.parent is not None:
        raise Conflict(
            f"Run {run.id} is a song of the record {run.parent}.",
            code="run.song",
            hint=f"`noktvrn run {verb} {run.parent}` is for the record with all its songs.",
        )


def going_songs(
    connection: sa.Connection, door: Door, record: Run, at: datetime, actor: str
) -> list[tuple[str, int]]:
    """Cancels the songs of a record. The workflows (run, number) that are still going are to be stopped when
    this is committed; there are none of any other run. Hold the songs before."""
    cancelled = cancel_songs(connection, record, at, actor)
    last = [(song.id, *door.last(PRODUCTION, song.id)) for song in cancelled]
    return [(run_id, number) for run_id, number, alive in last if alive]


def is_sung(connection: sa.Connection, door: Door, record: Run) -> bool:
    """Whether somebody is at work on a song of a record, or will be when the label goes on: then the record
    waits for it and is not stranded."""
    songs = songs_of(connection, record)
    return any(
        song.state is RunState.HELD or (song.state in UNDER_WAY and door.last(PRODUCTION, song.id)[1])
        for song in songs
    )
