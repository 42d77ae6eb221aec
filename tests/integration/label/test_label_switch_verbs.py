"""`noktvrn stop`, `start`, `run retry` and `run fork` at the shell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.durability.durability_samples import (
    enter_artist,
    light_stages,
    opened,
    until,
    until_state,
    working,
)
from tests.integration.label.shell import noktvrn

from noktvrn.kernel.errors import NotReady, Refused
from noktvrn.model.run import RunState, StageName
from noktvrn.production.rounds import PATIENCE
from noktvrn.production.scene import Outcome, Scene
from noktvrn.settings import Settings


def test_the_label_is_stopped_and_goes_on() -> None:
    stopped = noktvrn("stop", "--reason", "a wrong cover", "--json")
    assert stopped.code == 0 and stopped.data["reason"] == "a wrong cover"
    assert "`noktvrn start`" in noktvrn("stop").out
    assert noktvrn("start", "--json").data == {"stopped": False, "was_stopped": True, "runs": 0}
    assert "was not stopped" in noktvrn("start").out


def test_worker_refuses_a_queue_it_does_not_know() -> None:
    refused = noktvrn("worker", "--queues", "heavy")
    assert refused.code == 2 and "render, outside, light" in refused.err


def test_a_stage_that_failed_is_made_anew_with_another_seed(tmp_path: Path) -> None:
    seeds: list[int] = []

    def refusing_once(scene: Scene) -> Outcome:
        seeds.append(scene.seed)
        if len(seeds) == 1:
            raise Refused("It came out wrong.", code="test.refused")
        return light_stages()[StageName.COVER](scene)

    with opened(Settings(home=tmp_path / "home", _env_file=None)) as label:
        run = label.runs.start(enter_artist(label).id)
        with working(label, light_stages(cover=refusing_once)):
            until_state(label, run, RunState.FAILED)
            label.turns.retry(run.id, by="person:test")
            until_state(label, run, RunState.AWAITING_REVIEW)
        covers = [one.attempt for one in label.runs.look(run.id).stages if one.stage is StageName.COVER]
        assert covers == [1, 2] and seeds[0] != seeds[1]
        assert {one.attempt for one in label.runs.look(run.id).stages if one.stage is StageName.TRACK} == {1}
        with pytest.raises(NotReady):
            label.turns.fork(run.id, by="person:test")


def test_after_takes_that_were_all_refused_others_are_recorded(tmp_path: Path) -> None:
    judged: list[int] = []

    def strict(scene: Scene) -> Outcome:
        judged.append(scene.attempt)
        found = light_stages()[StageName.CRITIC](scene)
        return found if len(judged) > PATIENCE else replace(found, passed=False)

    with opened(Settings(home=tmp_path / "home", _env_file=None)) as label:
        run = label.runs.start(enter_artist(label).id)
        with working(label, light_stages(critic=strict)):
            until_state(label, run, RunState.FAILED)
            label.turns.retry(run.id, by="person:test")
            until(lambda: judged == [1, 2, 3, 4], "a fourth take judged")


def test_a_release_that_failed_is_only_resumed(tmp_path: Path) -> None:
    def refusing(scene: Scene) -> Outcome:
        raise Refused(f"{scene.stage.value} failed", code="test.refused")

    with opened(Settings(home=tmp_path / "home", _env_file=None)) as label:
        run = label.runs.start(enter_artist(label).id)
        with working(label, light_stages(0.0, deliver=refusing)):
            until_state(label, run, RunState.AWAITING_REVIEW)
            label.desk.approve(run.id, by="person:test", door="cli")
            until_state(label, run, RunState.FAILED)
        assert label.turns.retry(run.id, by="person:test").state is RunState.RELEASING
        with working(label):
            until_state(label, run, RunState.COMPLETED)


def test_retry_and_fork_speak_at_the_shell() -> None:
    for verb in ("retry", "fork"):
        assert noktvrn("run", verb, "run_0000000000000").code == 3
