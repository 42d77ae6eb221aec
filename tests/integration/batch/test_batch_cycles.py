"""A cycle: whom it starts, with what, how it is told, and that a slot starts nothing twice."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.integration.batch.batch_samples import (
    MINUTE,
    NOW,
    begun,
    crew,
    make_active,
    opened,
    put_plan,
    put_run,
    recorded,
)
from tests.integration.label.label_samples import enter_artist, lay_on_desk

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import NotReady, TimedOut
from noktvrn.kernel.ids import ReleaseId
from noktvrn.label.batch import cycle as cycles
from noktvrn.label.batch import starting, verbs
from noktvrn.label.batch.alone import alone
from noktvrn.label.batch.nouns import BY_HAND, Cycle
from noktvrn.label.label import Label
from noktvrn.model.performance import Performance
from noktvrn.model.run import RunState
from noktvrn.settings import Settings
from noktvrn.storage.ledger import audience, batch, budgets, caps, events, roster

both = pytest.mark.parametrize("settings", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", batch_variant_share=0.0, _env_file=None)


@pytest.fixture
def label(home: Settings, clock: FixedClock) -> Iterator[Label]:
    with opened(home, clock) as label:
        yield label


def test_a_cycle_starts_runs_of_lower_priority_and_tells_of_it_in_a_line(label: Label) -> None:
    first, second, third = crew(label, 3)
    profile = second.profile
    autopilot = profile.settings.model_copy(update={"autopilot": True})
    make_active(label, second, profile=profile.model_copy(update={"settings": autopilot}))
    (due, _) = put_plan(label, second, 1, 30)
    cycle = label.batch.once()
    assert cycle.slot == MINUTE
    assert [(one.artist_id, one.why) for one in cycle.story.begun] == [
        (second.id, "due"),
        (min(first.id, third.id), "candidate"),
    ]
    assert cycle.story.passed == {"no place in this cycle": 1}
    assert cycle.line == (
        "2026-11-21 12:00 UTC: 2 started: Halden Moor (due), "
        f"{cycle.story.begun[1].name} (candidate); passed over: 1 no place in this cycle"
    )
    planned, free = (label.runs.get(one.run_id) for one in cycle.story.begun)
    assert (planned.priority, planned.autopilot, planned.brief_id) == (1, True, due)
    assert (free.priority, free.autopilot) == (1, False)
    assert label.runs.brief(free).note == "A cycle of the batch: candidate."
    assert label.runs.brief(planned).duration_s == 120
    with label.office.studio.database.read() as connection:
        assert roster.get(connection, free.artist_id).last_run_at == NOW
        assert events.after(connection, 0)[-1].kind == "batch.done"
    assert label.batch.status().as_data()["outcomes"]["started"] == 2


def test_the_same_minute_is_the_same_cycle_and_the_next_one_another(label: Label, clock: FixedClock) -> None:
    crew(label, 5)
    first = label.batch.once()
    clock.advance(timedelta(seconds=20))
    assert label.batch.once() == first
    assert len(begun(label)) == 2
    clock.advance(timedelta(seconds=20))
    assert len(label.batch.once().story.begun) == 2
    assert len({run.artist_id for run in begun(label)}) == 4, "who is in production is not chosen again"


def test_what_changed_since_the_choice_is_left_out(label: Label, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = sorted(crew(label, 2), key=lambda artist: artist.id)
    whole = starting.Starting.start

    def start(self: starting.Starting, slot: object, choice: object) -> object:
        if not begun(label):
            put_run(label, first, RunState.PRODUCING, NOW)
        return whole(self, slot, choice)  # type: ignore[arg-type]

    monkeypatch.setattr(starting.Starting, "start", start)
    cycle = label.batch.once()
    assert [one.artist_id for one in cycle.story.begun] == [second.id]
    assert "another production was begun meanwhile" in cycle.line


POINTS = {
    "the choice is written": (cycles.Cycles, "finish", "before"),
    "a run is entered and not recorded": (batch, "add_run", "before"),
    "the first is started": (starting.Starting, "start", "after"),
    "all are started": (cycles.Cycles, "_closed", "before"),
}


def _die_at(settings: Settings, owner: object, name: str, when: str) -> None:
    whole = getattr(owner, name)

    def die(*told: object, **more: object) -> None:
        if when == "after":
            whole(*told, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, die)
    with opened(settings) as label:
        label.batch.once()


def killed(settings: Settings, point: str) -> None:
    """A process that dies of kill -9 at a point of its cycle."""
    child = os.fork()
    if child == 0:
        try:
            _die_at(settings, *POINTS[point])
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.parametrize("point", POINTS)
def test_a_cycle_killed_anywhere_is_gone_on_with_and_starts_nothing_twice(
    home: Settings, clock: FixedClock, point: str
) -> None:
    with opened(home, clock) as label:
        crew(label, 3)
    killed(home, point)
    clock.advance(timedelta(minutes=9))
    with opened(home, clock) as label:
        (cycle,) = label.batch.finish_open()
        assert cycle.done
        assert cycle.slot == MINUTE
        assert (
            {one.run_id for one in cycle.story.begun} == {run.id for run in begun(label)} == recorded(label)
        )
        assert len(begun(label)) == 2
        assert label.batch.finish_open() == ()


def test_who_is_at_work_on_a_cycle_is_left_alone(label: Label, monkeypatch: pytest.MonkeyPatch) -> None:
    crew(label, 1)
    monkeypatch.setattr(verbs, "PATIENCE_S", 0.05)
    with alone(label.office.studio) as mine:
        assert mine
        assert label.batch.tick() == ()
        with pytest.raises(TimedOut) as refused:
            label.batch.once()
    assert refused.value.code == "batch.busy"
    assert len(label.batch.once().story.begun) == 1


def test_a_choice_that_has_grown_old_is_let_go(home: Settings, clock: FixedClock) -> None:
    with opened(home, clock) as label:
        crew(label, 3)
    killed(home, "the first is started")
    clock.advance(timedelta(hours=7))
    with opened(home, clock) as label:
        (cycle,) = label.batch.finish_open()
        assert cycle.done
        assert cycle.story.note == "left undone for too long; let go"
        assert [one.run_id for one in cycle.story.begun] == [run.id for run in begun(label)]
        assert len(begun(label)) == 1


@both
@pytest.mark.parametrize("locked", [True, False], ids=["in turn", "at once"])
def test_several_workers_on_one_slot_start_what_one_would(settings: Settings, locked: bool) -> None:
    settings = settings.model_copy(update={"batch_runs": 4})
    with opened(settings) as label:
        crew(label, 5)
    gate, told = threading.Barrier(3), []

    def work() -> None:
        with opened(settings) as mine:
            gate.wait()
            told.append(mine.batch.once() if locked else mine.batch._cycles.run(BY_HAND, MINUTE))

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with opened(settings) as label:
        assert len(begun(label)) == 4
        assert recorded(label) == {run.id for run in begun(label)}
        assert len(label.batch.status().cycles) == 1
    assert len(told) == 3
    assert all({one.run_id for one in cycle.story.begun} == recorded_in(told[0]) for cycle in told)


def recorded_in(cycle: Cycle) -> set[str]:
    return {one.run_id for one in cycle.story.begun}


def test_a_stopped_label_begins_no_cycle_and_goes_on_where_it_stood(
    label: Label, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew(label, 3)
    label.switch.stop(by="person:ada")
    with pytest.raises(NotReady) as refused:
        label.batch.once()
    assert refused.value.code == "label.stopped"
    assert label.batch.status().cycles == ()
    label.switch.start(by="person:ada")
    whole = starting.Starting.start

    def stop_after(self: starting.Starting, slot: object, choice: object) -> object:
        end = whole(self, slot, choice)  # type: ignore[arg-type]
        label.switch.stop(by="person:ada")
        return end

    with monkeypatch.context() as patch:
        patch.setattr(starting.Starting, "start", stop_after)
        with pytest.raises(NotReady):
            label.batch.once()
    assert len(begun(label)) == 1
    assert label.batch.status().as_data()["stopped"]["by"] == "person:ada"
    label.switch.start(by="person:ada")
    assert len(label.batch.once().story.begun) == 2


def test_a_full_desk_starts_nothing(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", batch_desk=1, _env_file=None)
    with opened(settings) as label:
        crew(label, 2)
        lay_on_desk(label, enter_artist(label, "Sable Finch"))
        cycle = label.batch.once()
    assert cycle.story.begun == ()
    assert "1 runs wait for a verdict, 1 are enough" in cycle.line


def test_who_has_nothing_left_to_spend_is_passed_over(label: Label) -> None:
    first, second = crew(label, 2)
    with label.office.studio.database.begin() as connection:
        scopes = [f"artist:{first.id}", "label"]
        budgets.ensure(connection, scopes, currency="USD", at=NOW)
        budgets.move(connection, scopes, currency="USD", held=0, spent=5_000_000, at=NOW)
        caps.set_cap(connection, "artist", "USD", 5_000_000, actor="person:ada", at=NOW)
    story = label.batch.preview()
    assert [one.artist_id for one in story.chosen] == [second.id]
    assert story.passed == {"no budget left": 1}
    with label.office.studio.database.begin() as connection:
        caps.set_cap(connection, "label", "USD", 4_000_000, actor="person:ada", at=NOW)
    assert label.batch.preview().chosen == ()


def test_a_newer_calendar_takes_the_place_of_an_older_one(label: Label) -> None:
    (artist,) = crew(label, 1)
    put_plan(label, artist, 1)
    (newer,) = put_plan(label, artist, 0, starts=NOW.date() + timedelta(days=1))
    assert [one.brief_id for one in label.batch.preview().chosen] == [newer]
    put_plan(label, artist, 40, starts=NOW.date() + timedelta(days=2))
    story = label.batch.preview()
    assert story.chosen == ()
    assert story.passed == {"left to its calendar": 1}


def test_figures_that_came_since_make_the_artist_look_at_itself(label: Label) -> None:
    (artist,) = crew(label, 1)
    heard = Performance(
        artist_id=artist.id,
        release_id=ReleaseId("rel_0000000000001"),
        platform="spotify",
        period_start=NOW.date() - timedelta(days=7),
        period_end=NOW.date(),
        streams=100,
        recorded_at=NOW,
    )
    with label.office.studio.database.begin() as connection:
        audience.put(connection, "a row", heard)
    label.batch.once()
    assert [entry.decision for entry in label.artists.progression(artist.id)] == ["held"]
