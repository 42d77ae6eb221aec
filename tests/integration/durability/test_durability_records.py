"""Records of several songs, stopped and killed at the worst moment: nothing is lost, nothing done twice."""

from __future__ import annotations

import threading
import time
from collections import Counter
from functools import partial

import pytest
import sqlalchemy as sa
from tests.integration.durability.durability_samples import (
    both,
    enter_artist,
    light_stages,
    opened,
    traced,
    until,
    until_state,
    working,
)
from tests.integration.durability.durability_worker import begin_worker

from noktvrn.kernel.errors import Conflict, Invalid, Refused
from noktvrn.label.label import Label
from noktvrn.label.records import Records
from noktvrn.label.remaking import Remakes
from noktvrn.label.runs import Sight
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.production.scene import Outcome, Scene
from noktvrn.settings import Settings
from noktvrn.storage import audit, tables
from noktvrn.storage.ledger import runs

SONGS = 3
OF_A_SONG = ["brief", "song_plan", "lyrics", "track", "critic"]
OF_THE_RECORD = [
    *("brief", "song_plan", "lyrics", "critic", "cover", "video", "teaser", "validate", "preview"),
]


@pytest.fixture
def record(label: Label) -> Run:
    return begin(label, "shore")


def begin(label: Label, name: str, *, autopilot: bool = False) -> Run:
    artist = enter_artist(label)
    return Records(label.office).start(artist.id, "ep", SONGS, name=name, autopilot=autopilot)


def songs(label: Label, record: Run) -> list[Run]:
    return [sight.run for sight in Records(label.office).songs(record.id)]


def done(sight: Sight) -> list[str]:
    return [stage.stage.value for stage in sight.stages if stage.state == "done"]


def ended_once(label: Label) -> None:
    """Every stage of every run was recorded once, and the trail is whole."""
    with label.office.studio.database.read() as connection:
        for run in runs.every(connection):
            attempts = Counter((one.stage, one.attempt) for one in runs.stages(connection, run.id))
            assert max(attempts.values()) == 1
        assert audit.verify(connection).passed


class Breaking:
    """A track stage that breaks for the second song until it is mended."""

    def __init__(self) -> None:
        self.mended = False
        self._track = light_stages()[StageName.TRACK]

    def __call__(self, scene: Scene) -> Outcome:
        if scene.brief.place == 2 and not self.mended:
            raise Refused("The tape tore.", code="tape.torn", hint="Put in another tape.")
        return self._track(scene)


def test_a_record_waits_for_its_songs_without_a_workflow_and_lies_on_one_desk(
    label: Label, record: Run
) -> None:
    with working(label):
        until_state(label, record, RunState.AWAITING_REVIEW)
        made = songs(label, record)

        assert [song.state for song in made] == [RunState.COMPLETED] * SONGS
        assert {song.parent for song in made} == {record.id}
        assert [done(label.runs.look(song.id)) for song in made] == [OF_A_SONG] * SONGS
        assert done(label.runs.look(record.id)) == OF_THE_RECORD
        assert sung_before_the_cover(label, record) == sorted(song.id for song in made)
        assert [item.run_id for item in label.desk.queue()] == [record.id]
        assert label.desk.standing() == {"awaiting_review": 1}

        label.desk.approve(record.id, by="person:test", door="cli")
        until_state(label, record, RunState.COMPLETED)
    assert len(label.releases.every()) == 1
    ended_once(label)


def sung_before_the_cover(label: Label, record: Run) -> list[str]:
    """The songs whose critic had ended when the cover was begun."""
    lines = traced(label.settings.home)
    painted = next(place for place, line in enumerate(lines) if line["stage"] == "cover")
    ends = [
        str(line["run"]) for line in lines[:painted] if (line["stage"], line["event"]) == ("critic", "end")
    ]
    return sorted(run for run in ends if run != record.id)


@both
def test_songs_that_end_at_the_same_moment_let_the_record_go_on_once(label: Label, record: Run) -> None:
    together = threading.Barrier(SONGS)
    critic = light_stages()[StageName.CRITIC]

    def meeting(scene: Scene) -> Outcome:
        if scene.brief.album is not None:
            together.wait(30)
        return critic(scene)

    busy = label.settings.model_copy(update={"renders": SONGS})
    with opened(busy) as other, working(other, light_stages(critic=meeting)):
        until_state(label, record, RunState.AWAITING_REVIEW)
    ended_once(label)
    covers = [line for line in traced(label.settings.home) if line["stage"] == "cover"]
    assert [line["event"] for line in covers] == ["begin", "end"]


def test_a_song_that_fails_fails_its_record_which_resumes_it(label: Label, record: Run) -> None:
    track = Breaking()
    with working(label, light_stages(track=track)):
        failed = until_state(label, record, RunState.FAILED)
        assert 'Song 2, "Song 2", failed: The tape tore.' in failed.error
        assert f"noktvrn run resume {record.id}" in failed.hint
        assert "Put in another tape." in failed.hint
        others = [song for song in songs(label, record) if song.state is not RunState.FAILED]
        for song in others:
            until_state(label, song, RunState.COMPLETED)

        with pytest.raises(Conflict) as caught:
            label.runs.resume(songs(label, record)[1].id)
        assert caught.value.code == "run.song"
        assert record.id in caught.value.hint

        track.mended = True
        label.runs.resume(record.id)
        until_state(label, record, RunState.AWAITING_REVIEW)
    ended_once(label)


def test_cancelling_a_record_stops_its_songs_and_resuming_it_begins_them_again(
    label: Label, record: Run
) -> None:
    entered, go = threading.Event(), threading.Event()
    track = light_stages()[StageName.TRACK]

    def slow(scene: Scene) -> Outcome:
        entered.set()
        assert go.wait(30)
        return track(scene)

    with working(label, light_stages(track=slow)):
        assert entered.wait(30)
        with pytest.raises(Conflict) as caught:
            label.runs.cancel(songs(label, record)[0].id)
        assert caught.value.code == "run.song"
        assert not label.runs.is_stranded(record.id)

        label.runs.cancel(record.id)
        assert {song.state for song in songs(label, record)} == {RunState.CANCELLED}
        go.set()
        time.sleep(0.5)
        assert label.runs.get(record.id).state is RunState.CANCELLED

        label.runs.resume(record.id)
        until_state(label, record, RunState.AWAITING_REVIEW)
    ended_once(label)


def test_another_production_of_the_artist_waits_for_the_whole_record(label: Label, record: Run) -> None:
    single = label.runs.start(enter_artist(label).id, name="single")
    with working(label):
        until_state(label, single, RunState.AWAITING_REVIEW)
    first = {
        run: place
        for place, run in reversed(list(enumerate(line["run"] for line in traced(label.settings.home))))
    }

    assert first[single.id] > max(first[song.id] for song in songs(label, record))


@pytest.mark.parametrize("count", [2, 7])
def test_an_ep_has_three_to_six_songs(label: Label, count: int) -> None:
    with pytest.raises(Invalid) as caught:
        Records(label.office).start(enter_artist(label).id, "ep", count)

    assert caught.value.code == "record.bad_count"
    assert label.runs.every() == ()


def begun_again(label: Label, record: Run, stage: str, before: int) -> bool:
    """Whether a stage was begun after `before` lines of the trace, or all is over."""
    seen = traced(label.settings.home)[before:]
    over = label.runs.get(record.id).state is RunState.COMPLETED
    return over or any(line["stage"] == stage for line in seen)


@pytest.mark.parametrize(
    "settings", ["sqlite", pytest.param("postgres", marks=pytest.mark.long)], indirect=True
)
def test_kills_between_songs_lose_and_double_nothing(settings: Settings) -> None:
    with opened(settings) as label:
        enter_artist(label)
        record = begin(label, "storm", autopilot=True)
        for stage in ("song_plan", "critic", "cover"):
            worker = begin_worker(settings, 0.06)
            before = len(traced(settings.home))
            until(partial(begun_again, label, record, stage, before), stage)
            worker.kill()
            worker.join()
        last = begin_worker(settings, 0.0)
        until_state(label, record, RunState.COMPLETED)
        last.join(30)

        assert [song.state for song in songs(label, record)] == [RunState.COMPLETED] * SONGS
        assert len(label.releases.every()) == 1
        ended_once(label)
        with label.office.studio.database.read() as connection:
            rows = connection.execute(sa.select(tables.audit.c.act, tables.audit.c.subject))
            acts = Counter((row.act, row.subject) for row in rows)
        assert acts["run.completed", record.id] == 1
        assert all(acts["run.completed", song.id] == 1 for song in songs(label, record))


def test_a_label_that_is_stopped_holds_the_songs_and_lets_them_go_on(label: Label, record: Run) -> None:
    entered, go = threading.Event(), threading.Event()
    track = light_stages()[StageName.TRACK]

    def slow(scene: Scene) -> Outcome:
        entered.set()
        assert go.wait(30)
        return track(scene)

    with working(label, light_stages(track=slow)):
        assert entered.wait(30)
        label.switch.stop(by="person:test", reason="fire drill")
        go.set()
        for song in songs(label, record):
            until_state(label, song, RunState.HELD)
        assert label.runs.get(record.id).state is RunState.PRODUCING
        assert not label.runs.is_stranded(record.id)

        label.switch.start(by="person:test")
        until_state(label, record, RunState.AWAITING_REVIEW)
    ended_once(label)


def test_a_cover_made_anew_leaves_the_songs_as_they_are(label: Label, record: Run) -> None:
    with working(label):
        until_state(label, record, RunState.AWAITING_REVIEW)
        before = [label.runs.look(song.id).stages for song in songs(label, record)]
        Remakes(label.office).remake(record.id, only="cover", by="person:test")
        until(lambda: covers(label, record) == 2 and waits(label, record), "the second cover")
    assert [label.runs.look(song.id).stages for song in songs(label, record)] == before


def covers(label: Label, record: Run) -> int:
    return done(label.runs.look(record.id)).count("cover")


def waits(label: Label, record: Run) -> bool:
    return label.runs.get(record.id).state is RunState.AWAITING_REVIEW
