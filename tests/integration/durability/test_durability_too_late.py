"""Workflows that come too late: whatever they were about to say, the run is where others have put it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
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

from noktvrn.kernel.errors import Refused
from noktvrn.label.label import Label
from noktvrn.model.run import Run, RunState
from noktvrn.production.dispatcher import Named
from noktvrn.production.scene import Outcome, Scene
from noktvrn.production.version import PIPELINE_VERSION
from noktvrn.settings import Settings


def enqueue(label: Label, run: Run, workflow: str, number: int) -> None:
    """A workflow nobody waits for any more: of a fork whose old workflow came to its end all the same, or
    one whose calling off was lost in a crash."""
    with label.office.studio.database.begin() as connection:
        label.office.dispatcher.enqueue(connection, workflow, run.id, again=number)


def ended(label: Label, run: Run, workflow: str, number: int) -> None:
    until(lambda: label.office.dispatcher.last(workflow, run.id) == (number, False), "the workflow's end")


def reject(label: Label, run: Run) -> None:
    label.desk.reject(run.id, by="person:test", door="cli", reason="thin")


def approve(label: Label, run: Run) -> None:
    label.desk.approve(run.id, by="person:test", door="cli")


def leave_alone(label: Label, run: Run) -> None:
    """Nobody decides."""


@both
@pytest.mark.parametrize(
    ("decide", "state"),
    [
        (leave_alone, RunState.AWAITING_REVIEW),
        (reject, RunState.REJECTED),
        (approve, RunState.APPROVED),
    ],
)
def test_a_production_that_begins_after_the_verdict_takes_nothing_back(
    settings: Settings, decide: Callable[[Label, Run], None], state: RunState
) -> None:
    """An approved release waits for the time to think again; nobody's production may take it away."""
    with opened(settings.model_copy(update={"undo_s": 600})) as label:
        run = label.runs.start(enter_artist(label).id, name="one")
        with working(label):
            until_state(label, run, RunState.AWAITING_REVIEW)
            decide(label, run)
            enqueue(label, run, "produce", 2)
            ended(label, run, "produce", 2)
        assert label.runs.get(run.id).state is state
        assert not label.runs.is_stranded(run.id)


def test_a_failed_run_is_not_woken_by_a_workflow_of_before(label: Label, run: Run) -> None:
    with working(label):
        until_state(label, run, RunState.AWAITING_REVIEW)
        label.runs.cancel(run.id)
        before = len(traced(label.settings.home))
        enqueue(label, run, "produce", 2)
        ended(label, run, "produce", 2)
    assert label.runs.get(run.id).state is RunState.CANCELLED
    assert len(traced(label.settings.home)) == before


def test_a_release_whose_verdict_fell_and_was_given_anew_leaves_the_time_to_think(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the falling of a verdict and the calling off of its release leaves the release."""
    with opened(settings.model_copy(update={"undo_s": 2})) as label:
        run = label.runs.start(enter_artist(label).id, name="one")
        with working(label):
            until_state(label, run, RunState.AWAITING_REVIEW)
            approve(label, run)
            with monkeypatch.context() as crashing:
                crashing.setattr(label.office.dispatcher, "cancel", lambda *_: None)
                label.remakes.remake(run.id, only="cover", by="person:test")
            until_state(label, run, RunState.AWAITING_REVIEW)
    with opened(settings.model_copy(update={"undo_s": 600})) as label, working(label):
        approve(label, run)
        until(lambda: releases(label) == [2], "the first release's end")
        assert label.runs.get(run.id).state is RunState.APPROVED
        assert label.desk.undo(run.id, by="person:test", door="cli").state is RunState.AWAITING_REVIEW


def releases(label: Label) -> list[int]:
    """The numbers of the releases that wait or are at work."""
    found = label.office.dispatcher.going((PIPELINE_VERSION,))
    return [one.number for one in found if one.workflow == "release"]


def test_a_workflow_that_was_followed_by_another_fails_no_run(label: Label, run: Run) -> None:
    """It slept while somebody let the run go on without it, and wakes to trouble of its own."""
    stages = StageGate()
    with working(label, light_stages(track=stages)):
        assert stages.entered.wait(30)
        enqueue(label, run, "produce", 2)
        stages.go.set()
        until_state(label, run, RunState.AWAITING_REVIEW)
        ended(label, run, "produce", 2)
    assert [record.state for record in label.runs.look(run.id).stages] == ["done"] * 10
    assert "run.failed" not in {event.kind for event in label.events.after(0, run_id=run.id)}


class StageGate:
    """A stage that breaks the first time, once it is let."""

    def __init__(self) -> None:
        self.entered, self.go = threading.Event(), threading.Event()
        self.times = 0

    def __call__(self, scene: Scene) -> Outcome:
        self.times += 1
        self.entered.set()
        assert self.go.wait(30)
        if self.times == 1:
            raise Refused("Broken by its sleep.", code="test.refused")
        return light_stages()[scene.stage](scene)


@both
def test_a_release_that_is_forked_may_still_be_taken_back(settings: Settings) -> None:
    """A person forks it, or a worker of the next version adopts it, while it waits to be taken back."""
    with opened(settings.model_copy(update={"undo_s": 600})) as label, working(label):
        run = label.runs.start(enter_artist(label).id, name="one")
        until_state(label, run, RunState.AWAITING_REVIEW)
        approve(label, run)
        label.turns.fork(run.id, by="person:test")
        assert releases(label) == [2]
        with label.office.studio.database.read() as connection:
            left = label.office.dispatcher.waits_s(connection, Named(run.id, "release", 2))
        assert 500 < left <= 600
        assert label.desk.undo(run.id, by="person:test", door="cli").state is RunState.AWAITING_REVIEW
        assert releases(label) == []
