"""Records in the ledger: the run of an EP or album, and the runs of its songs.

The record's run plans the arc, begins its songs in one transaction and ends its workflow: nobody waits. A
song is complete once its critic passed it; the one that completes last enqueues the record's next workflow in
its own transaction. Whoever writes here holds the record's run before a song's, so that of two songs that
end at the same moment the second sees the first; and every song it will write before the trail, which each
song's own worker writes with its song held (docs/workers.md has the order).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from noktvrn.kernel.ids import BriefId, RunId, derive
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.brief import Brief
from noktvrn.model.record import RecordArc
from noktvrn.model.run import UNDER_WAY, Run, RunState, StageName
from noktvrn.production import rounds
from noktvrn.storage import audit
from noktvrn.storage.ledger import runs, works

PRODUCTION = "produce"


class Door(Protocol):
    """The way into the workflow engine."""

    def enqueue(self, connection: sa.Connection, workflow: str, run_id: str, *, again: int) -> bool:
        """Enqueues the `again`-th workflow of a run in the caller's transaction."""

    def last(self, workflow: str, run_id: str) -> tuple[int, bool]:
        """Number of the last one, and whether it is still going."""


def song_briefs(record: BriefId, count: int) -> tuple[BriefId, ...]:
    """The ids of the briefs of a record's songs, in their order."""
    return tuple(BriefId(derive("brief", record, place)) for place in range(1, count + 1))


def run_of(artist_id: str, brief_id: BriefId) -> RunId:
    """The run of a brief."""
    return RunId(derive("run", artist_id, brief_id))


def brief_of_song(record: Brief, arc: RecordArc, place: int) -> Brief:
    """The brief of song number `place` (from 1) of a record. Own lines of a person go to its lead."""
    part = arc.songs[place - 1]
    return Brief(
        id=record.songs[place - 1],
        artist_id=record.artist_id,
        artist_version=record.artist_version,
        seed=derive_seed(record.seed, "song", place),
        title=part.title or None,
        theme=part.theme,
        mood=part.mood,
        duration_s=part.duration_s,
        with_video=False,
        human_lines=record.human_lines if place == arc.lead else (),
        own_by=record.own_by,
        takes=record.takes,
        stems=record.stems,
        instrumental=record.instrumental,
        note=f'{place} of {len(arc.songs)} of "{arc.title}": the {part.role}.',
        album=record.id,
        place=place,
        part=part,
    )


def songs_of(connection: sa.Connection, record: Run) -> tuple[Run, ...]:
    """The runs of a record's songs in their order, as far as they were begun; none for any other run."""
    brief = runs.brief(connection, record.artist_id, record.brief_id)
    found = (runs.find(connection, run_of(record.artist_id, song)) for song in brief.songs)
    return tuple(run for run in found if run is not None)


@dataclass(frozen=True, slots=True)
class Begun:
    """Whether all songs of a record are complete, and workflows of songs (run, number) at their last breath,
    which must not stop them again."""

    complete: bool
    breathing: tuple[tuple[str, int], ...] = ()


def begin_songs(connection: sa.Connection, door: Door, record_id: str, at: datetime) -> Begun:
    """Begins the songs of a record that are not under way or complete, each of them once; none where the
    record was stopped meanwhile."""
    record = runs.held(connection, record_id)
    if record.state is not RunState.PRODUCING:
        return Begun(complete=False)
    hold_songs(connection, record)
    brief = runs.brief(connection, record.artist_id, record.brief_id)
    arc = arc_of(connection, record)
    breathing, states = [], set()
    for place, song in enumerate(brief.songs, start=1):
        known = runs.find(connection, run_of(record.artist_id, song))
        if known is None:
            known = _enter(connection, record, brief_of_song(brief, arc, place), at)
            door.enqueue(connection, PRODUCTION, known.id, again=1)
        elif known.state is not RunState.COMPLETED and (last := _go_on(connection, door, known, at)):
            breathing.append((known.id, last))
        states.add(known.state)
    return Begun(complete=states == {RunState.COMPLETED}, breathing=tuple(breathing))


def arc_of(connection: sa.Connection, record: Run) -> RecordArc:
    """The arc a record was planned by."""
    planned = runs.result(connection, record, StageName.PLAN)
    return RecordArc.model_validate(planned.result if planned else None)


def _enter(connection: sa.Connection, record: Run, brief: Brief, at: datetime) -> Run:
    song = Run(
        id=run_of(record.artist_id, brief.id),
        artist_id=record.artist_id,
        brief_id=brief.id,
        state=RunState.QUEUED,
        priority=record.priority,
        admitted=True,
        parent=record.id,
        created_at=at,
        updated_at=at,
    )
    runs.add_brief(connection, brief, at)
    runs.add(connection, song)
    _record(connection, "run.queued", song, at, {"brief": brief.digest(), "record": record.id})
    return song


def _go_on(connection: sa.Connection, door: Door, song: Run, at: datetime) -> int:
    """Enqueues a song that stands still or is to be made anew; the number of an earlier workflow that still
    breathes, or 0."""
    song = runs.held(connection, song.id)
    number, alive = door.last(PRODUCTION, song.id)
    if song.state in UNDER_WAY and alive and not song.waits_its_turn:
        return 0
    if song.state not in UNDER_WAY:
        song = runs.move(connection, song.id, RunState.PRODUCING, at)
    if not song.admitted:
        runs.admit(connection, song, admitted=True)
    _record(connection, "run.resumed", song, at, {"record": song.parent})
    door.enqueue(connection, PRODUCTION, song.id, again=number + 1)
    return number if alive else 0


def make_anew(connection: sa.Connection, song: Run, at: datetime) -> None:
    """Queues a song that has ended once more; its record's workflow begins it, in its turn. Hold both."""
    queued = runs.move(connection, song.id, RunState.QUEUED, at)
    runs.admit(connection, queued, admitted=False)


def title_of(connection: sa.Connection, run: Run) -> str:
    """What a record or a song is called now, or shall be."""
    brief = runs.brief(connection, run.artist_id, run.brief_id)
    written = runs.result(connection, run, StageName.LYRICS)
    found = (written.result or {}).get("title") if written is not None else None
    return rounds.wished_title(connection, run, brief) or found or ""


def titles_beside(connection: sa.Connection, song: Run) -> tuple[str, ...]:
    """The titles of the other songs of its record; none for any other run."""
    if song.parent is None:
        return ()
    others = songs_of(connection, runs.get(connection, song.parent))
    return tuple(title_of(connection, other) for other in others if other.id != song.id)


def titles_taken(connection: sa.Connection, run: Run) -> tuple[str, ...]:
    """The titles nobody may find for a run: the artist's others, and of a song its record's."""
    artists = works.titles(connection, run.artist_id, run_id=run.id)
    if run.parent is None:
        return artists
    record = title_of(connection, runs.get(connection, run.parent))
    return (*artists, record, *titles_beside(connection, run))


def hold_songs(connection: sa.Connection, record: Run) -> None:
    """Keeps the songs of a record from other writers, in their order. Hold the record before, and call it
    before anything is written to the trail."""
    for song in songs_of(connection, record):
        runs.held(connection, song.id)


def hold_record(connection: sa.Connection, run_id: str) -> None:
    """Keeps the record of a song from other writers, before the song itself is; nothing for any other run."""
    run = runs.get(connection, run_id)
    if run.parent is not None:
        runs.held(connection, run.parent)


def song_ended(connection: sa.Connection, door: Door, song: Run, at: datetime) -> None:
    """What a song that has completed or failed means for its record. Hold the record before.

    The last one to complete lets the record go on; one that failed fails it, and says what to do.
    """
    if song.parent is None:
        return
    record = runs.get(connection, song.parent)
    if record.state is not RunState.PRODUCING:
        return
    if song.state is RunState.FAILED:
        _fail(connection, record, song, at)
    elif song.state is RunState.COMPLETED and _all_complete(connection, record):
        number, _ = door.last(PRODUCTION, record.id)
        door.enqueue(connection, PRODUCTION, record.id, again=number + 1)


def _all_complete(connection: sa.Connection, record: Run) -> bool:
    brief = runs.brief(connection, record.artist_id, record.brief_id)
    songs = songs_of(connection, record)
    return len(songs) == len(brief.songs) and all(song.state is RunState.COMPLETED for song in songs)


def _fail(connection: sa.Connection, record: Run, song: Run, at: datetime) -> None:
    brief = runs.brief(connection, song.artist_id, song.brief_id)
    called, again = title_of(connection, song), f"Then: noktvrn run resume {record.id}"
    runs.move(
        connection,
        record.id,
        RunState.FAILED,
        at,
        error=f'Song {brief.place}, "{called}", failed: {song.error}',
        hint=f"{song.hint} {again}".strip(),
        exit_code=song.exit_code,
    )
    _record(connection, "run.failed", record, at, {"song": song.id, "error": song.error})


def cancel_songs(connection: sa.Connection, record: Run, at: datetime, actor: str) -> tuple[Run, ...]:
    """Cancels the songs of a record that are not complete, in the transaction that cancels the record. Hold
    them before."""
    stopped = []
    for song in songs_of(connection, record):
        if song.state not in (RunState.COMPLETED, RunState.CANCELLED):
            stopped.append(runs.move(connection, song.id, RunState.CANCELLED, at))
            _record(connection, "run.cancelled", song, at, {"record": record.id}, actor)
    return tuple(stopped)


def _record(
    connection: sa.Connection,
    act: str,
    run: Run,
    at: datetime,
    detail: dict[str, object],
    actor: str = "production",
) -> None:
    audit.record(connection, act, artist_id=run.artist_id, subject=run.id, actor=actor, at=at, detail=detail)
