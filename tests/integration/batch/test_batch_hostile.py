"""The batch and the lifecycle beside rows nobody can read: what is wrong with one stops no other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.integration.batch.batch_samples import NOW, begun, crew, make_active, opened, put_plan
from tests.integration.label.label_samples import lay_on_desk

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import Invalid
from noktvrn.label.batch import verbs
from noktvrn.label.label import Label
from noktvrn.model.artist import Artist, LifecycleState
from noktvrn.planning import variants
from noktvrn.settings import Settings
from noktvrn.storage import tables
from noktvrn.storage.ledger import roster


def break_profile(label: Label, artist: Artist) -> None:
    mine = tables.artists.c.artist_id == artist.id
    with label.office.studio.database.begin() as connection:
        connection.execute(tables.artists.update().where(mine).values(data={"of": "another age"}))


def break_calendar(label: Label, artist: Artist) -> None:
    put_plan(label, artist, 1)
    mine = tables.plans.c.artist_id == artist.id
    with label.office.studio.database.begin() as connection:
        connection.execute(tables.plans.update().where(mine).values(data={"of": "another age"}))


def settings_at(home: Path, **more: object) -> Settings:
    told = {"home": home, "batch_variant_share": 0.0, "batch_runs": 4, "poll_interval_s": 0.1, **more}
    return Settings(_env_file=None, **told)  # type: ignore[arg-type]


@pytest.mark.parametrize("breaks", [break_profile, break_calendar])
def test_an_artist_nobody_can_read_is_left_out_and_told_of(
    tmp_path: Path, breaks: Callable[[Label, Artist], None]
) -> None:
    with opened(settings_at(tmp_path)) as label:
        odd, *others = crew(label, 3)
        breaks(label, odd)
        cycle = label.batch.once()
        assert {one.artist_id for one in cycle.story.begun} == {one.id for one in others}
        assert [one.artist_id for one in cycle.story.skipped] == [odd.id]
        assert "noktvrn faults list" in cycle.line
        assert [fault.artist_id for fault in label.faults.every()] == [odd.id]


def test_who_can_never_be_started_takes_nobodys_place_for_long(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    with opened(settings_at(tmp_path, batch_runs=1), clock) as label:
        odd, other = crew(label, 2)
        break_calendar(label, odd)  # whose entry is due, so that it is chosen first
        assert label.batch.once().story.begun == ()
        clock.advance(timedelta(minutes=1))
        assert [one.artist_id for one in label.batch.once().story.begun] == [other.id]


def test_the_loop_outlives_a_cycle_that_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leaving, told, times = threading.Event(), list[str](), iter(range(10))
    due = verbs.Batch.tick

    def tick(batch: verbs.Batch) -> object:
        if next(times) < 2:
            raise ZeroDivisionError
        leaving.set()
        return due(batch)

    monkeypatch.setattr(verbs.Batch, "tick", tick)
    with opened(settings_at(tmp_path, batch_schedules=("hourly at :00 UTC",))) as label:
        crew(label, 1)
        label.batch.loop(leaving, told.append)
        assert [line.split(":")[0] for line in told] == [
            "A cycle broke (ZeroDivisionError), which is our fault",
            "2026-11-21 12",
        ]
        assert len(begun(label)) == 1
        assert [fault.kind for fault in label.faults.every()] == ["ZeroDivisionError"]


def test_an_artist_nobody_can_read_keeps_no_other_from_the_rules(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    with opened(settings_at(tmp_path), clock) as label:
        odd, *others = crew(label, 3)
        for one in (odd, *others):
            make_active(label, one)
        break_profile(label, odd)
        clock.advance(timedelta(days=60))
        assert {move.artist_id for move in label.lifecycle.check()} == {one.id for one in others}
        with label.office.studio.database.read() as connection:
            row = roster.get(connection, odd.id)
        assert row.state is LifecycleState.ACTIVE
        assert row.check_at is not None and row.check_at > clock.now()  # not again at every look


def test_no_rule_moves_an_artist_by_a_verdict_that_may_be_taken_back(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    with opened(settings_at(tmp_path, undo_s=600, lifecycle_rejections=2), clock) as label:
        (artist,) = crew(label, 1)
        first, second = (lay_on_desk(label, artist, number) for number in (1, 2))
        for run in (first, second):
            label.desk.reject(run.id, by="person:Ada", door="cli", reason="thin")
        assert label.lifecycle.check() == ()
        label.desk.undo(second.id, by="person:Ada", door="cli")
        label.desk.reject(second.id, by="person:Ada", door="cli", reason="thin")
        clock.advance(timedelta(seconds=601))
        assert [move.after for move in label.lifecycle.check()] == [LifecycleState.RETIRED]


def test_a_file_of_variants_that_goes_too_deep_is_only_a_bad_file() -> None:
    with pytest.raises(Invalid):
        variants.read("a = " + "[" * 5000)
