"""Runs: stopped, resumed, failed and watched, with stages that cost nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.integration.label.label_samples import (
    Deed,
    enter_artist,
    label_at,
    settle,
    times_enqueued,
    working,
)

from noktvrn.kernel.errors import Conflict, Invalid, NotReady, TimedOut, Unavailable
from noktvrn.label.label import Label
from noktvrn.label.runs import exit_code
from noktvrn.model.artist import Artist, LifecycleState
from noktvrn.model.run import PRODUCE_STAGES, RELEASE_STAGES, RunState, StageName
from noktvrn.production.scene import Scene
from noktvrn.settings import Settings
from noktvrn.storage.ledger import artists


@dataclass
class Floor:
    """A label whose stages note their calls and do what a test puts into `deeds`."""

    label: Label
    artist: Artist
    called: list[StageName] = field(default_factory=list)
    deeds: dict[StageName, Deed] = field(default_factory=dict)


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with label_at(Settings(home=tmp_path / "home", _env_file=None)) as label:
        floor = Floor(label, enter_artist(label))
        with working(label, floor.called, floor.deeds):
            yield floor


def test_a_cancelled_run_stops_before_its_next_stage_and_goes_on_from_there(floor: Floor) -> None:
    def cancel(scene: Scene) -> None:
        floor.deeds.clear()
        floor.label.runs.cancel(scene.run.id)

    floor.deeds[StageName.LYRICS] = cancel
    run = floor.label.runs.start(floor.artist.id)
    assert settle(floor.label, run.id).state is RunState.CANCELLED
    floor.label.runs.resume(run.id)
    assert settle(floor.label, run.id).state is RunState.AWAITING_REVIEW
    assert sorted(floor.called) == sorted(PRODUCE_STAGES)


def test_what_was_cancelled_on_the_desk_lies_there_again_after_a_resume(floor: Floor) -> None:
    label = floor.label
    run = label.runs.start(floor.artist.id)
    settle(label, run.id)
    label.runs.cancel(run.id)
    assert label.desk.queue() == ()
    with pytest.raises(NotReady):
        label.desk.approve(run.id, by="a", door="cli")
    label.runs.resume(run.id)
    assert settle(label, run.id).state is RunState.AWAITING_REVIEW
    assert [item.run_id for item in label.desk.queue()] == [run.id]
    label.desk.approve(run.id, by="a", door="cli")
    assert settle(label, run.id).state is RunState.COMPLETED
    assert sorted(floor.called) == sorted(StageName)


def test_a_run_that_failed_keeps_its_error_and_goes_on_from_where_it_stands(floor: Floor) -> None:
    def fail(_scene: Scene) -> None:
        raise Unavailable("The studio burnt down.", hint="Build another one.")

    floor.deeds[StageName.COVER] = fail
    run = floor.label.runs.start(floor.artist.id)
    failed = settle(floor.label, run.id)
    assert (failed.state, failed.error, failed.hint, failed.exit_code) == (
        RunState.FAILED,
        "The studio burnt down.",
        "Build another one.",
        5,
    )
    assert exit_code(floor.label.runs.look(run.id)) == 5
    floor.deeds.clear()
    floor.label.runs.resume(run.id)
    healed = settle(floor.label, run.id)
    assert (healed.state, healed.error, healed.exit_code) == (RunState.AWAITING_REVIEW, "", 0)
    assert sorted(floor.called) == sorted([*PRODUCE_STAGES, StageName.COVER])


def test_an_unforeseen_error_is_our_fault_and_says_how_to_go_on(floor: Floor) -> None:
    def break_(_scene: Scene) -> None:
        raise ZeroDivisionError("by nought")

    floor.deeds[StageName.TRACK] = break_
    run = floor.label.runs.start(floor.artist.id)
    failed = settle(floor.label, run.id)
    assert failed.exit_code == 70
    assert "ZeroDivisionError" in failed.error
    assert run.id in failed.hint


def test_a_completed_run_cannot_be_resumed_or_cancelled(floor: Floor) -> None:
    label = floor.label
    run = label.runs.start(floor.artist.id)
    settle(label, run.id)
    label.desk.approve(run.id, by="a", door="cli")
    assert settle(label, run.id).state is RunState.COMPLETED
    with pytest.raises(Conflict) as ended:
        label.runs.resume(run.id)
    assert ended.value.code == "run.ended"
    with pytest.raises(Conflict):
        label.runs.cancel(run.id)
    assert [stage for stage in floor.called if stage in RELEASE_STAGES] == list(RELEASE_STAGES)


def test_two_who_resume_at_once_get_the_work_done_once(floor: Floor) -> None:
    def fail(_scene: Scene) -> None:
        raise Unavailable("Nobody is there.")

    floor.deeds[StageName.SEAL] = fail
    label = floor.label
    run = label.runs.start(floor.artist.id)
    settle(label, run.id)
    label.desk.approve(run.id, by="a", door="cli")
    assert settle(label, run.id).state is RunState.FAILED
    floor.deeds.clear()

    def resume(_who: int) -> str:
        try:
            return label.runs.resume(run.id).state.value
        except Conflict as error:
            return error.code

    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(resume, range(8)))
    assert came.count("run.ended") < len(came)
    assert settle(label, run.id).state is RunState.COMPLETED
    assert floor.called.count(StageName.DELIVER) == 1
    assert floor.called.count(StageName.SEAL) == 2


def test_watching_ends_in_time(tmp_path: Path) -> None:
    with label_at(Settings(home=tmp_path / "home", _env_file=None)) as label:
        run = label.runs.start(enter_artist(label).id)
        with pytest.raises(TimedOut) as late:
            list(label.runs.watch(run.id, timeout_s=0.2))
        assert late.value.exit_code == 8
        assert run.id in late.value.hint


def test_cancelled_after_its_approval_a_run_goes_on_to_its_release(tmp_path: Path) -> None:
    called: list[StageName] = []
    with label_at(Settings(home=tmp_path / "home", _env_file=None)) as label:
        run = label.runs.start(enter_artist(label).id)
        with working(label, called):
            settle(label, run.id)
        label.desk.approve(run.id, by="a", door="cli")
        assert label.runs.cancel(run.id).state is RunState.CANCELLED
        with working(label, called):
            with pytest.raises(TimedOut):
                list(_looks_until(label, run.id, RunState.RELEASING))
            label.runs.resume(run.id)
            assert settle(label, run.id).state is RunState.COMPLETED
    assert called == list(StageName)


def _looks_until(label: Label, run_id: str, unwanted: RunState) -> Iterator[RunState]:
    """A second of looks; the unwanted state fails at once."""
    import time

    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        state = label.runs.get(run_id).state
        assert state is not unwanted
        yield state
        time.sleep(0.1)
    raise TimedOut("nothing happened")


@pytest.mark.both
def test_the_same_name_is_the_same_run_and_many_at_once_are_many(settings: Settings) -> None:
    with label_at(settings) as label:
        artist = enter_artist(label)
        with ThreadPoolExecutor(6) as pool:
            named = {run.id for run in pool.map(lambda _: label.runs.start(artist.id, name="one"), range(6))}
            unnamed = {run.id for run in pool.map(lambda _: label.runs.start(artist.id), range(6))}
        assert len(named) == 1
        assert len(unnamed) == 6
        assert len(label.runs.every()) == 7
        enqueued = sorted(times_enqueued(label, "produce", run.id) for run in label.runs.every())
        assert enqueued == [0, 0, 0, 0, 0, 0, 1]  # the others wait for their artist


def test_bad_wishes_are_named_and_leave_nothing_behind(settings: Settings) -> None:
    with label_at(settings) as label:
        artist = enter_artist(label)
        for wish in ({"title": "T" * 121}, {"title": "\x00\x07"}, {"duration_s": 3}, {"theme": "\ud800"}):
            with pytest.raises(Invalid) as bad:
                label.runs.start(artist.id, **wish)
            assert next(iter(wish)) in bad.value.message
            assert bad.value.hint
        resting = artist.model_copy(update={"state": LifecycleState.PAUSED})
        with label.office.studio.database.begin() as connection:
            artists.save(connection, resting)
        with pytest.raises(NotReady):
            label.runs.start(artist.id)
        assert label.runs.every() == ()


@pytest.mark.both
def test_wishes_lose_what_no_ledger_keeps_and_keep_what_scripts_need(settings: Settings) -> None:
    with label_at(settings) as label:
        artist = enter_artist(label)
        run = label.runs.start(artist.id, title="Cafe\u0301\x00\tNoir \ud800", theme="می‌خواهم")
        brief = label.runs.brief(run)
        assert (brief.title, brief.theme) == ("Café Noir", "می‌خواهم")
        for title in ("Night Train 👩‍🎤", "★ Night"):
            with pytest.raises(Invalid, match=r"U\+"):
                label.runs.start(artist.id, title=title)
