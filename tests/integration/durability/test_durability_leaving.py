"""Workers that leave in good order, and workers that serve only some queues."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.integration.durability.durability_samples import (
    both,
    enter_artist,
    light_stages,
    opened,
    until,
    until_state,
)

from noktvrn.label.label import Label
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.production import engine
from noktvrn.production.leases import Leases
from noktvrn.production.queues import Queue
from noktvrn.production.scene import Outcome, Scene, Stage
from noktvrn.settings import Settings


@pytest.fixture
def label(settings: Settings) -> Iterator[Label]:
    with opened(settings) as label:
        yield label


class Rendering:
    """A stage that renders as long as it is let; after `let_go` it ends at once. `deaf` has no checkpoint."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.times = 0
        self.deaf = deaf
        self.entered, self.go = threading.Event(), threading.Event()

    def __call__(self, scene: Scene) -> Outcome:
        self.times += 1
        self.entered.set()
        while not self.go.wait(0.01):
            if not self.deaf:
                scene.progress(0.5)
        return light_stages()[scene.stage](scene)


def stages(**own: Stage) -> Mapping[StageName, Stage]:
    return light_stages(0.0, **own)


@both
def test_the_first_signal_leaves_a_run_in_good_order_for_anybody(label: Label) -> None:
    run, render = label.runs.start(enter_artist(label).id), Rendering()
    with engine.running(label.office.studio, stages(cover=render)) as leaving:
        assert render.entered.wait(30)
        waiting = label.runs.start(enter_artist(label, "Juno Marrow").id)
        begun = time.monotonic()
        assert leaving.leave() == (1, 0)
        assert time.monotonic() - begun < 5
        assert label.runs.get(run.id).state is RunState.PRODUCING
        assert label.office.dispatcher.last("produce", run.id) == (2, True)
        assert label.runs.get(waiting.id).state is RunState.QUEUED  # no new work was taken
    render.go.set()
    with engine.running(label.office.studio, stages(cover=render)):
        until_state(label, run, RunState.AWAITING_REVIEW)
        until_state(label, waiting, RunState.AWAITING_REVIEW)
    tracks = [record for record in label.runs.look(run.id).stages if record.stage is StageName.TRACK]
    assert [record.state for record in tracks] == ["done"]


def test_work_that_reaches_no_checkpoint_is_left_to_the_others(label: Label) -> None:
    run, render = label.runs.start(enter_artist(label).id), Rendering(deaf=True)
    with engine.running(label.office.studio, stages(cover=render)) as leaving:
        assert render.entered.wait(30)
        assert leaving.leave(0.3) == (1, 1)
        number, alive = label.office.dispatcher.last("produce", run.id)
    assert (number, alive) == (1, True)
    with engine.running(label.office.studio, stages()):
        until_state(label, run, RunState.AWAITING_REVIEW)
    render.go.set()
    assert label.office.dispatcher.last("produce", run.id)[0] == 1


def test_a_worker_takes_only_from_the_queues_it_serves(label: Label) -> None:
    run = label.runs.start(enter_artist(label).id)
    with engine.running(label.office.studio, stages(), (Queue.LIGHT, Queue.OUTSIDE)):
        time.sleep(1.5)
        assert label.runs.get(run.id).state is RunState.QUEUED
    with engine.running(label.office.studio, stages(), (Queue.RENDER,)):
        until_state(label, run, RunState.AWAITING_REVIEW)
        label.desk.approve(run.id, by="person:test", door="cli")
        time.sleep(1.0)
        assert label.runs.get(run.id).state is RunState.APPROVED
    with engine.running(label.office.studio, stages(), (Queue.LIGHT,)):
        until_state(label, run, RunState.COMPLETED)


def standing(label: Label, run: Run) -> str:
    with label.office.studio.database.read() as connection:
        schema = "" if label.office.studio.database.is_sqlite else "dbos."
        query = f"SELECT queue_name, status FROM {schema}workflow_status WHERE workflow_uuid = :id"  # noqa: S608
        row = connection.execute(sa.text(query), {"id": f"{run.id}:produce:1"}).one()
    return f"{row.status} {row.queue_name}"


def test_a_light_worker_puts_dead_renders_back_for_those_who_render(label: Label) -> None:
    """The kernel or the server drops a dead worker's lock; here the lock is let go and the work stays."""
    run, render = label.runs.start(enter_artist(label).id), Rendering(deaf=True)
    studio = label.office.studio
    with engine.running(studio, stages(cover=render)) as dying:
        assert render.entered.wait(30)
        dead = dying.id
    Leases(studio.database, studio.settings.home).strike(dead)
    assert standing(label, run).startswith("PENDING render")
    with engine.running(studio, stages(), (Queue.LIGHT,)):
        until(lambda: standing(label, run).startswith("ENQUEUED render"), "the render in its queue again")
        time.sleep(0.5)
        assert standing(label, run).startswith("ENQUEUED render")
    with engine.running(studio, stages()):
        until_state(label, run, RunState.AWAITING_REVIEW)
    render.go.set()


def test_legs_go_from_queue_to_queue(settings: Settings) -> None:
    """A composer outside: its leg waits on one queue, the renders on the other."""
    settings = settings.model_copy(update={"composer": ("acestep",), "acestep_url": "http://127.0.0.1:9"})
    with opened(settings) as label:
        run = label.runs.start(enter_artist(label).id)
        with engine.running(label.office.studio, stages(), (Queue.OUTSIDE,)):
            until(lambda: label.office.dispatcher.last("produce", run.id)[0] == 2, "the second leg")
            until(lambda: len(label.runs.look(run.id).stages) == 5, "the first leg's stages")
        assert label.runs.get(run.id).state is RunState.PRODUCING
        with engine.running(label.office.studio, stages(), (Queue.RENDER,)):
            until_state(label, run, RunState.AWAITING_REVIEW)
        assert [record.state for record in label.runs.look(run.id).stages] == ["done"] * 10


def test_a_worker_of_the_shell_leaves_at_a_signal(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "noktvrn", "worker", "--queues", "light,outside"]
    environment = os.environ | {"NOKTVRN_HOME": str(tmp_path / "home")}
    process = subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        assert process.stderr.readline().strip() == "Working on light, outside. Ctrl-C stops."
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.communicate()
