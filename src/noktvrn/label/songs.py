"""Songs of records among the runs: what is said to one is said to its record."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict
from noktvrn.model.run import UNDER_WAY, Run, RunState
from noktvrn.production.albums import PRODUCTION, Door, cancel_songs, songs_of


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
    this is committed; there are none of any other run."""
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
