"""One attempt at one stage, tried by two workers, killed between its parts, or met by trouble of its own."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.integration.durability.durability_samples import (
    Token,
    both,
    draft_for,
    enter_artist,
    light_stages,
    opened,
    until,
    until_state,
    working,
)

from noktvrn.kernel.clock import FixedClock, SystemClock
from noktvrn.kernel.errors import Conflict, Fault, Refused, Unavailable
from noktvrn.kernel.ids import VerdictId
from noktvrn.label.label import Label, open_label
from noktvrn.model.release import Release, ReleaseDraft
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.production.codes import take_codes
from noktvrn.production.perform import perform
from noktvrn.production.scene import Outcome, Scene, set_scene
from noktvrn.production.stages.seal import _despite_a_crash
from noktvrn.settings import Settings
from noktvrn.storage import tables
from noktvrn.storage.ledger import releases, reviews, runs


def told(scene: Scene, *, passed: bool = True, by: str = "me") -> Outcome:
    return Outcome(Token(stage=by, attempt=scene.attempt, seed=0), passed=passed)


def results(label: Label, run: Run) -> list[tuple[str, object]]:
    return [(one.state, (one.result or {}).get("stage")) for one in label.runs.look(run.id).stages]


@both
@pytest.mark.parametrize("mine", ["passes", "fails its checks", "breaks"])
@pytest.mark.parametrize("theirs", [True, False])
def test_where_two_workers_do_one_attempt_the_first_one_holds(
    label: Label, run: Run, mine: str, theirs: bool
) -> None:
    studio = label.office.studio

    def slow(scene: Scene) -> Outcome:
        perform(studio, run.id, StageName.CRITIC, 1, lambda scene: told(scene, passed=theirs, by="theirs"))
        if mine == "breaks":
            raise Refused("my own trouble")
        return told(scene, passed=mine == "passes")

    assert perform(studio, run.id, StageName.CRITIC, 1, slow) is theirs
    assert results(label, run) == [("done" if theirs else "superseded", "theirs")]


def test_a_settled_attempt_is_never_done_again(label: Label, run: Run) -> None:
    studio = label.office.studio
    perform(studio, run.id, StageName.TRACK, 1, told)

    def never(scene: Scene) -> Outcome:
        raise AssertionError(scene.stage)

    assert perform(studio, run.id, StageName.TRACK, 1, never)


def test_a_failed_attempt_is_tried_again(label: Label, run: Run) -> None:
    def broken(scene: Scene) -> Outcome:
        raise ValueError(scene.stage)

    with pytest.raises(Fault, match="Stage track broke"):
        perform(label.office.studio, run.id, StageName.TRACK, 1, broken)
    assert perform(label.office.studio, run.id, StageName.TRACK, 1, told)
    assert results(label, run) == [("done", "me")]


def test_no_stage_begins_in_a_cancelled_run(label: Label, run: Run) -> None:
    label.runs.cancel(run.id)
    with pytest.raises(Conflict, match="cancelled"):
        perform(label.office.studio, run.id, StageName.TRACK, 1, told)
    assert results(label, run) == []


def test_rows_of_a_stage_that_cannot_be_entered_leave_nothing(label: Label, run: Run) -> None:
    def refuse(_connection: sa.Connection) -> None:
        raise Refused("not this row")

    def stage(scene: Scene) -> Outcome:
        return Outcome(Token(stage="me", attempt=scene.attempt, seed=0), commits=[refuse])

    with pytest.raises(Refused):
        perform(label.office.studio, run.id, StageName.TRACK, 1, stage)
    assert results(label, run) == [("started", None)]


def test_progress_nobody_can_note_fails_no_stage(
    label: Label, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("away", code="database.unavailable")

    def reporting(scene: Scene) -> Outcome:
        scene.progress(0.5)
        return told(scene)

    monkeypatch.setattr(runs, "put_progress", away)
    assert perform(label.office.studio, run.id, StageName.TRACK, 1, reporting)


def test_a_ledger_away_at_the_commit_costs_no_work(
    label: Label, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = {"stage": 0, "commit": 0}

    def commit(_connection: sa.Connection) -> None:
        times["commit"] += 1
        if times["commit"] == 1:
            raise Unavailable("away", code="database.unavailable")

    def stage(scene: Scene) -> Outcome:
        times["stage"] += 1
        return Outcome(Token(stage="me", attempt=1, seed=0), commits=[commit])

    assert perform(label.office.studio, run.id, StageName.TRACK, 1, stage)
    assert times == {"stage": 1, "commit": 2}


def test_test_codes_stay_test_codes_when_the_label_gets_its_own(settings: Settings) -> None:
    with opened(settings) as label:
        run = label.runs.start(enter_artist(label).id)
        before, at = take_codes(label.office.studio, drafted(label, run))
    registered = settings.model_copy(update={"isrc_prefix": "SEABC", "upc_prefix": "735000"})
    with opened(registered) as label:
        after, again = take_codes(label.office.studio, drafted(label, run))
    assert (after, again) == (before, at)
    assert after.test_range


def drafted(label: Label, run: Run) -> ReleaseDraft:
    folder = label.settings.home
    scene = set_scene(label.office.studio, run.id, StageName.VALIDATE, 1, folder, lambda *_: None)
    return draft_for(scene)


def test_a_package_nobody_entered_gives_way_and_an_entered_one_never(label: Label, run: Run) -> None:
    """A crash between sealing and entry, then an update of the house that seals other bytes."""
    folder = label.office.studio.packages / "rel_0000000000001"
    release = entered(label, run, folder.name)
    folder.mkdir(parents=True)
    scratch = label.settings.home / "scratch"
    scratch.mkdir(exist_ok=True)
    scene = set_scene(label.office.studio, run.id, StageName.SEAL, 1, scratch, lambda *_: None)

    def lay_out() -> Release:
        if folder.exists():
            raise Conflict("another package", code="package.exists")
        folder.mkdir()
        return release

    assert _despite_a_crash(scene, folder, lay_out) is release
    with label.office.studio.database.begin() as connection:
        releases.add(connection, release)
    with pytest.raises(Conflict):
        _despite_a_crash(scene, folder, lay_out)
    assert folder.is_dir()


def entered(label: Label, run: Run, release_id: str) -> Release:
    draft = drafted(label, run).model_copy(update={"id": release_id})
    codes, at = take_codes(label.office.studio, draft)
    return Release(
        draft=draft,
        identifiers=codes,
        release_on=at.date(),
        original_on=at.date(),
        sealed_at=at,
        verdict_id=VerdictId("vrd_0000000000001"),
        approval_hash=draft.approval_hash(),
        package_hash="0" * 64,
        files=(),
    )


def test_a_review_decided_while_others_expire_disturbs_nobody(settings: Settings) -> None:
    with open_label(settings, clock := FixedClock(SystemClock().now())) as label:
        artist = enter_artist(label)
        first, second = (label.runs.start(artist.id, name=name) for name in ("a", "b"))
        with working(label):
            until_state(label, first, RunState.AWAITING_REVIEW)
            until_state(label, second, RunState.AWAITING_REVIEW)
        clock.advance(timedelta(days=30))
        with label.office.studio.database.read() as connection:
            stale = reviews.get(connection, first.id)
        assert label.desk.expire() == 2
        assert not label.desk._expire(stale, clock.now())
        assert {run.state for run in label.runs.every()} == {RunState.EXPIRED}


def test_a_home_copied_to_another_machine_goes_on_there(settings: Settings) -> None:
    with opened(settings) as label:
        run = label.runs.start(enter_artist(label).id)
        with label.office.studio.database.begin() as connection:
            row = {"executor_id": "exec-elsewhere", "home": "/elsewhere", "started_at": run.created_at}
            connection.execute(tables.executors.insert().values(**row))
        (settings.home / "locks").mkdir(exist_ok=True)
        (settings.home / "locks" / "exec-elsewhere").touch()
    moved = settings.model_copy(update={"home": settings.home.with_name("moved")})
    shutil.copytree(settings.home, moved.home)
    with opened(moved) as label:
        with working(label, light_stages()):
            until_state(label, run, RunState.AWAITING_REVIEW)
            label.desk.approve(run.id, by="person:test", door="cli")
            until_state(label, run, RunState.COMPLETED)
            until(lambda: not label.office.dispatcher.last("release", run.id)[1], "the workflow's end")
        with label.office.studio.database.read() as connection:
            assert connection.execute(sa.select(tables.executors.c.executor_id)).all() == []
        (delivery,) = label.releases.deliveries(label.releases.every()[0].draft.id)
        assert str(moved.home) in delivery.place
