"""Runs that are started, stopped and resumed at the worst moment, on both databases."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from tests.integration.durability.durability_samples import (
    both,
    enter_artist,
    light_stages,
    traced,
    until,
    until_state,
    working,
)

from noktvrn.kernel.errors import Conflict, LabelError, NotReady, Refused
from noktvrn.label import runs as label_runs
from noktvrn.label.label import Label
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.production.scene import Outcome, Scene
from noktvrn.storage import tables
from noktvrn.storage.ledger import desk, releases


class Gate:
    """A stage that waits to be let through, and then does what it is told."""

    def __init__(self, then: Callable[[Scene], Outcome] | None = None) -> None:
        self.entered = threading.Event()
        self.go = threading.Event()
        self.times = 0
        self._then = then or light_stages()[StageName.TRACK]

    def __call__(self, scene: Scene) -> Outcome:
        self.times += 1
        self.entered.set()
        assert self.go.wait(30)
        return self._then(scene)


def refusing(scene: Scene) -> Outcome:
    raise Refused(f"no {scene.stage.value}", code="test.refused")


def acts(label: Label, run: Run) -> Counter[str]:
    with label.office.studio.database.read() as connection:
        rows = connection.execute(
            sa.select(tables.audit.c.act, tables.audit.c.detail).where(tables.audit.c.subject == run.id)
        ).all()
    return Counter(f"{row.act} {row.detail.get('stage', '')}".strip() for row in rows)


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Calls all at the same moment; returns what they raised."""
    barrier, raised = threading.Barrier(len(acts)), list[BaseException]()

    def call(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
        except LabelError as error:
            raised.append(error)

    threads = [threading.Thread(target=call, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@both
def test_a_run_goes_its_whole_way_and_everything_happens_once(label: Label, run: Run) -> None:
    with working(label):
        until_state(label, run, RunState.AWAITING_REVIEW)
        label.desk.approve(run.id, by="person:test", door="cli")
        until_state(label, run, RunState.COMPLETED)
    assert max(acts(label, run).values()) == 1
    (release,) = label.releases.every()
    assert len(label.releases.deliveries(release.draft.id)) == 1


@both
def test_of_two_starts_at_once_one_run_comes(label: Label) -> None:
    artist = enter_artist(label)
    raised = at_once(*[lambda: label.runs.start(artist.id, name="same")] * 4)
    assert raised == []
    assert len(label.runs.every()) == 1


@both
def test_of_many_approvals_at_once_one_holds(label: Label, run: Run) -> None:
    with working(label):
        until_state(label, run, RunState.AWAITING_REVIEW)
        raised = at_once(*[lambda: label.desk.approve(run.id, by="person:test", door="cli")] * 4)
        until_state(label, run, RunState.COMPLETED)
    assert len(raised) == 3
    assert all(isinstance(error, Conflict | NotReady) for error in raised)
    assert acts(label, run)["verdict.approved"] == 1


@both
def test_of_many_resumes_at_once_one_works_and_none_complains(label: Label, run: Run) -> None:
    with working(label, light_stages(cover=refusing)):
        until_state(label, run, RunState.FAILED)
    raised = at_once(*[lambda: label.runs.resume(run.id)] * 4)
    assert raised == []
    assert acts(label, run)["run.resumed"] == 1
    with working(label):
        until_state(label, run, RunState.AWAITING_REVIEW)
    assert acts(label, run)["stage.done track"] == 1


def test_a_run_whose_workflow_was_lost_is_told_and_resumed(
    label: Label, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_runs, "CHECK_EVERY_S", 0.1)
    label.office.dispatcher.cancel("produce", run.id, 1)
    with pytest.raises(NotReady, match="nobody works on it"):
        list(label.runs.watch(run.id, timeout_s=20))
    label.runs.resume(run.id)
    assert not label.runs.is_stranded(run.id)
    with working(label):
        until_state(label, run, RunState.AWAITING_REVIEW)


def test_resuming_a_run_that_is_going_changes_nothing(label: Label, run: Run) -> None:
    label.runs.resume(run.id)
    gate = Gate()
    with working(label, light_stages(track=gate)):
        assert gate.entered.wait(30)
        label.runs.resume(run.id)
        gate.go.set()
        until_state(label, run, RunState.AWAITING_REVIEW)
        label.runs.resume(run.id)
    assert gate.times == 1
    assert acts(label, run)["run.resumed"] == 0


def test_a_run_cancelled_in_the_queue_never_starts_and_resumes_whole(label: Label, run: Run) -> None:
    label.runs.cancel(run.id)
    with working(label):
        other = label.runs.start(run.artist_id, name="other")
        until_state(label, other, RunState.AWAITING_REVIEW)
        assert run.id not in {line["run"] for line in traced(label.settings.home)}
        label.runs.resume(run.id)
        until_state(label, run, RunState.AWAITING_REVIEW)


@both
@pytest.mark.parametrize("ending", ["done", "refused"])
def test_a_stage_that_outlives_its_cancelled_workflow_spoils_nothing(
    label: Label, run: Run, ending: str
) -> None:
    gate = Gate(refusing if ending == "refused" else None)
    with working(label, light_stages(track=gate)):
        assert gate.entered.wait(30)
        label.runs.cancel(run.id)
        label.runs.resume(run.id)
        gate.go.set()
        if ending == "refused":
            until(lambda: gate.times > 1, "the resumed workflow's own try")
            until_state(label, run, RunState.FAILED)
            return
        until_state(label, run, RunState.AWAITING_REVIEW)
    assert max(n for act, n in acts(label, run).items() if act.startswith("stage.")) == 1


def test_a_cancel_the_engine_never_heard_of_still_stops_the_run(
    label: Label, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    monkeypatch.setattr(label.office.dispatcher, "cancel", lambda *_: None)
    with working(label, light_stages(track=gate)):
        assert gate.entered.wait(30)
        label.runs.cancel(run.id)
        gate.go.set()
        until(lambda: not label.office.dispatcher.last("produce", run.id)[1], "the workflow's end")
    assert label.runs.get(run.id).state is RunState.CANCELLED
    assert "critic" not in {line["stage"] for line in traced(label.settings.home)}
    assert label.desk.queue() == ()


def test_an_approval_that_was_cancelled_releases_only_when_resumed(label: Label, run: Run) -> None:
    with working(label):
        until_state(label, run, RunState.AWAITING_REVIEW)
    label.desk.approve(run.id, by="person:test", door="cli")
    label.runs.cancel(run.id)
    with working(label):
        until(lambda: not label.office.dispatcher.last("release", run.id)[1], "the workflow's end")
        assert label.releases.every() == ()
        label.runs.resume(run.id)
        until_state(label, run, RunState.COMPLETED)
    with label.office.studio.database.read() as connection:
        assert desk.waiting(connection) == ()
        assert len(releases.every(connection)) == 1


def test_a_release_that_failed_goes_on_from_where_it_stands(label: Label, run: Run) -> None:
    with working(label, light_stages(deliver=refusing)):
        until_state(label, run, RunState.AWAITING_REVIEW)
        label.desk.approve(run.id, by="person:test", door="cli")
        until_state(label, run, RunState.FAILED)
    label.runs.resume(run.id)
    with working(label):
        until_state(label, run, RunState.COMPLETED)
    assert acts(label, run)["stage.done seal"] == 1


def test_a_row_that_cannot_be_read_fails_the_run_and_does_not_hang_it(label: Label, run: Run) -> None:
    with label.office.studio.database.begin() as connection:
        connection.execute(tables.briefs.update().values(data={"id": "nonsense"}))
    with working(label):
        failed = until_state(label, run, RunState.FAILED)
    assert failed.exit_code == 70
    assert "The run broke" in failed.error
