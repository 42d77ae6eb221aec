"""The order in which rows and locks are held on a server, so that no two wait for each other."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from tests.integration.durability.durability_samples import (
    enter_artist,
    light_stages,
    until,
    until_state,
    working,
)

from noktvrn.kernel.errors import LabelError
from noktvrn.label.label import Label
from noktvrn.label.records import Records
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.production import albums
from noktvrn.production.perform import perform
from noktvrn.storage import audit
from noktvrn.storage.ledger import artists, runs

pytestmark = [pytest.mark.both, pytest.mark.parametrize("settings", ["postgres"], indirect=True)]
SONGS = 3


@pytest.fixture
def record(label: Label) -> Run:
    """A record whose songs are begun."""
    record = Records(label.office).start(enter_artist(label).id, "ep", SONGS, name="shore")
    perform(label.office.studio, record.id, StageName.PLAN, 1, light_stages()[StageName.PLAN])
    with label.office.studio.database.begin() as connection:
        runs.move(connection, record.id, RunState.PRODUCING, label.office.studio.clock.now())
    begin_songs(label, record)
    return record


def begin_songs(label: Label, record: Run) -> None:
    with label.office.studio.database.begin() as connection:
        at = label.office.studio.clock.now()
        albums.begin_songs(connection, label.office.dispatcher, record.id, at)


def some_waits(label: Label) -> bool:
    """Whether a session waits for a lock."""
    with label.office.studio.database.read() as connection:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return bool(connection.execute(sa.text(waiting)).scalar())


def met(label: Label, hold: Callable[[sa.Connection], object], act: Callable[[], object]) -> list[str]:
    """What goes wrong where somebody holds something while `act` is done, and then writes to the trail, as a
    stage or a verdict does at its end."""
    wrong: list[str] = []

    def acting() -> None:
        try:
            act()
        except LabelError as error:
            wrong.append(error.code)

    thread = threading.Thread(target=acting)
    try:
        with label.office.studio.database.begin() as connection:
            hold(connection)
            thread.start()
            until(lambda: some_waits(label), "somebody who waits")
            artist, now = enter_artist(label), label.office.studio.clock.now()
            audit.record(connection, "test.done", artist_id=artist.id, subject="", actor="test", at=now)
    except LabelError as error:
        wrong.append(error.code)
    thread.join(30)
    return wrong


def last_song(label: Label, record: Run) -> Run:
    return Records(label.office).songs(record.id)[-1].run


def test_a_record_is_cancelled_while_a_stage_of_a_song_ends(label: Label, record: Run) -> None:
    song = last_song(label, record)
    assert met(label, lambda c: runs.held(c, song.id), lambda: label.runs.cancel(record.id)) == []
    assert {one.run.state for one in Records(label.office).songs(record.id)} == {RunState.CANCELLED}


def test_a_record_is_resumed_while_a_stage_of_a_song_ends(label: Label, record: Run) -> None:
    song = last_song(label, record)
    label.runs.cancel(record.id)
    label.runs.resume(record.id)
    assert met(label, lambda c: runs.held(c, song.id), lambda: begin_songs(label, record)) == []
    assert {one.run.state for one in Records(label.office).songs(record.id)} == {RunState.PRODUCING}


def test_a_rejected_run_is_remade_while_another_of_the_artist_begins(label: Label) -> None:
    run = label.runs.start(enter_artist(label).id, name="one")
    with working(label):
        until_state(label, run, RunState.AWAITING_REVIEW)
    label.desk.reject(run.id, by="person:test", door="cli", reason="thin")

    def remake() -> Run:
        return label.remakes.remake(run.id, only="cover", by="person:test")

    assert met(label, lambda c: artists.held(c, run.artist_id), remake) == []
    assert label.runs.get(run.id).state is RunState.PRODUCING
