"""Runs whose workflow has ended without a word: nobody would ever go on with them, but for a chore."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from tests.integration.durability.durability_samples import (
    both,
    enter_artist,
    light_stages,
    until,
    until_state,
    working,
)

from noktvrn.kernel.errors import Unavailable
from noktvrn.label import chores
from noktvrn.label.label import Label
from noktvrn.label.records import Records
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.production.scene import Outcome, Scene
from noktvrn.storage.ledger import runs


def ended(label: Label, run: Run) -> None:
    until(lambda: not label.office.dispatcher.last("produce", run.id)[1], "the workflow's end")


@both
def test_a_run_whose_end_could_not_be_written_goes_on_by_itself(
    label: Label, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger that is away for longer than anybody waits: not even the failure can be noted."""

    def away(*_: Any, **__: Any) -> None:
        raise Unavailable("The ledger is away.", code="test.away")

    with working(label):
        with monkeypatch.context() as outage:
            outage.setattr(runs, "move", away)
            ended(label, run)
        assert label.runs.is_stranded(run.id)
        assert label.stranded.take_up() == 1
        until_state(label, run, RunState.AWAITING_REVIEW)
    assert label.stranded.take_up() == 0


def wear_out(label: Label) -> None:
    """As if a worker had died at every workflow as often as the engine lets it."""
    schema = "" if label.office.studio.database.is_sqlite else "dbos."
    with label.office.studio.database.begin() as connection:
        connection.execute(sa.text(f"UPDATE {schema}workflow_status SET recovery_attempts = 500"))  # noqa: S608


@both
def test_a_run_its_workers_die_at_is_given_up_and_its_artist_goes_on(label: Label, run: Run) -> None:
    wear_out(label)
    waiting = label.runs.start(enter_artist(label).id, name="two")
    assert waiting.waits_its_turn
    with working(label):
        ended(label, run)
        assert label.stranded.take_up() == 1
        failed = label.runs.get(run.id)
        assert failed.state is RunState.FAILED
        assert "died at it again and again" in failed.error and f"resume {run.id}" in failed.hint
        until_state(label, waiting, RunState.AWAITING_REVIEW)
        label.runs.resume(run.id)
        until_state(label, run, RunState.AWAITING_REVIEW)


def test_a_workflow_that_ended_in_good_order_and_left_its_run_busy_is_not_repeated(
    label: Label, run: Run
) -> None:
    with working(label):
        until_state(label, run, RunState.AWAITING_REVIEW)
        ended(label, run)
    with label.office.studio.database.begin() as connection:  # no verb does this
        runs.move(connection, run.id, RunState.PRODUCING, label.office.studio.clock.now())
    assert label.stranded.take_up() == 1
    assert "without a word" in label.runs.get(run.id).error
    assert label.office.dispatcher.last("produce", run.id) == (1, False)


def test_a_song_whose_workflow_is_gone_goes_on_while_the_others_sing(label: Label) -> None:
    entered, go = threading.Event(), threading.Event()

    def slow(scene: Scene) -> Outcome:
        entered.set()
        assert go.wait(30)
        return light_stages()[StageName.TRACK](scene)

    record = Records(label.office).start(enter_artist(label).id, "ep", 3, name="shore")
    with working(label, light_stages(track=slow)):
        assert entered.wait(30)
        assert label.stranded.take_up() == 0  # a record that waits for its songs is none
        songs = [sight.run for sight in Records(label.office).songs(record.id)]
        lost = next(song for song in songs if song.state is RunState.QUEUED)
        label.office.dispatcher.cancel("produce", lost.id, 1)
        assert label.stranded.take_up() == 1
        assert label.office.dispatcher.last("produce", lost.id) == (2, True)
        go.set()
        until_state(label, record, RunState.AWAITING_REVIEW)


def test_one_that_cannot_be_read_keeps_no_other_from_going_on(
    label: Label, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = [label.runs.start(enter_artist(label, name).id) for name in ("Vesper Quill", "Juno Marrow")]
    for run in begun:
        label.office.dispatcher.cancel("produce", run.id, 1)
    look, broken = label.runs.is_stranded, min(run.id for run in begun)

    def reading(run_id: str) -> bool:
        if run_id == broken:
            raise ValueError("a row nobody can read")
        return look(run_id)

    monkeypatch.setattr(label.runs, "is_stranded", reading)
    assert label.stranded.take_up() == 1
    assert [fault.kind for fault in label.faults.every()] == ["ValueError"]


def test_looking_for_them_is_a_chore(label: Label, run: Run) -> None:
    (chore,) = [chore for chore in chores.chores(label) if chore.name == "stranded runs"]
    label.office.dispatcher.cancel("produce", run.id, 1)
    assert chore.act(label) == 1
    assert label.office.dispatcher.last("produce", run.id) == (2, True)
