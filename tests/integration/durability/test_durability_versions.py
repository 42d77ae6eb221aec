"""Work of an older version is begun anew from the ledger; what has ended long ago is forgotten."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import timedelta

import pytest
from dbos import DBOS, DBOSClient
from dbos._core import ActiveWorkflowById
from dbos._queue import Queue as EngineQueue
from dbos._sys_db import SystemDatabase
from tests.integration.durability.durability_samples import (
    both,
    enter_artist,
    light_stages,
    opened,
    until,
    until_state,
    working,
)

from noktvrn.label import chores
from noktvrn.label.label import Label
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.production import adoption, dispatcher, version
from noktvrn.production.scene import Outcome, Scene
from noktvrn.settings import Settings


def adopted(label: Label) -> int:
    studio = label.office.studio
    return adoption.adopt_waiting(studio.database, label.office.dispatcher, studio.clock.now())


@pytest.fixture
def label(settings: Settings) -> Iterator[Label]:
    with opened(settings) as label:
        yield label


def started_by(old: str, label: Label, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that was enqueued by another version of the pipeline."""
    with monkeypatch.context() as before:
        before.setattr(dispatcher, "PIPELINE_VERSION", old)
        return label.runs.start(enter_artist(label).id)


@both
def test_what_waits_from_an_older_version_goes_on_by_the_new_one(
    label: Label, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started_by("1", label, monkeypatch)
    assert [one.version for one in label.office.dispatcher.going(version.older())] == ["1"]
    with working(label):
        until_state(label, run, RunState.AWAITING_REVIEW)
    assert label.office.dispatcher.going(version.older()) == ()
    assert label.office.dispatcher.last("produce", run.id) == (2, False)


def test_what_an_older_worker_left_behind_is_not_done_twice(
    label: Label, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(scene: Scene) -> Outcome:
        raise SystemError(f"{scene.stage.value} breaks here")

    run = started_by("1", label, monkeypatch)
    studio, ways = label.office.studio, label.office.dispatcher
    with working(label, light_stages(cover=refusing)):
        until_state(label, run, RunState.FAILED)
    done = {record.stage for record in label.runs.look(run.id).stages if record.state == "done"}
    assert StageName.TRACK in done
    with monkeypatch.context() as before:
        before.setattr(dispatcher, "PIPELINE_VERSION", "1")
        label.runs.resume(run.id)
    assert adoption.adopt_waiting(studio.database, ways, studio.clock.now()) == 1
    assert adoption.adopt_waiting(studio.database, ways, studio.clock.now()) == 0
    with working(label):
        until_state(label, run, RunState.AWAITING_REVIEW)
    assert [r.stage for r in label.runs.look(run.id).stages].count(StageName.TRACK) == 1


def test_an_adopter_that_died_half_way_leaves_one_workflow(
    label: Label, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started_by("1", label, monkeypatch)
    with monkeypatch.context() as dying:
        dying.setattr(label.office.dispatcher, "cancel", lambda *_: None)
        assert adopted(label) == 1
    assert adopted(label) == 0
    assert label.office.dispatcher.going(version.older()) == ()
    assert label.office.dispatcher.last("produce", run.id) == (2, True)


def test_a_newer_version_is_left_alone(label: Label, monkeypatch: pytest.MonkeyPatch) -> None:
    started_by("99", label, monkeypatch)
    assert label.office.dispatcher.going(version.older()) == ()


def test_a_person_may_fork_a_run_and_nothing_is_done_again(label: Label) -> None:
    run = label.runs.start(enter_artist(label).id)
    forked = label.turns.fork(run.id, by="person:test")
    assert forked.state is RunState.QUEUED
    assert label.office.dispatcher.last("produce", run.id) == (2, True)
    with working(label):
        until_state(label, run, RunState.AWAITING_REVIEW)
    assert label.office.dispatcher.last("produce", run.id) == (2, False)


def test_the_engine_forgets_what_ended_long_ago(label: Label) -> None:
    run = label.runs.start(enter_artist(label).id)
    with working(label):
        until_state(label, run, RunState.AWAITING_REVIEW)
        until(lambda: label.office.dispatcher.last("produce", run.id) == (1, False), "the workflow's end")
        ways, now = label.office.dispatcher, label.office.studio.clock.now()
        assert ways.forget(now - timedelta(days=1)) == 0
        waiting = label.runs.start(enter_artist(label, "Juno Marrow").id)
        label.runs.cancel(waiting.id)
        assert ways.forget(now + timedelta(days=1)) >= 1
        assert ways.last("produce", run.id) == (0, False)
        label.desk.approve(run.id, by="person:test", door="cli")
        until_state(label, run, RunState.COMPLETED)


def test_retention_is_a_chore(label: Label) -> None:
    (chore,) = [chore for chore in chores.chores(label) if chore.name == "old workflows"]
    assert chore.act(label) == 0


def test_the_engines_private_names_are_what_they_were() -> None:
    """What is used of the engine beyond its public face: an upgrade that moves it fails here."""
    again = inspect.signature(SystemDatabase.reenqueue_for_recovery)
    assert list(again.parameters) == ["self", "workflow_id", "executor_ids", "recovery_queue_name"]
    assert ActiveWorkflowById().activeList() == []
    assert "_active_workflows_set: ActiveWorkflowById" in inspect.getsource(DBOS.__init__)
    read = inspect.signature(SystemDatabase.get_queue)
    assert list(read.parameters) == ["self", "name", "client_system_database"]
    assert "_worker_concurrency" in inspect.getsource(EngineQueue.__init__)
    assert {"completed_before", "app_version", "status"} <= set(
        inspect.signature(DBOSClient.list_workflows).parameters
    )
