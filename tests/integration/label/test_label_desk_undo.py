"""Verdicts taken back, reminders, remarks, and autopilot's switch."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from tests.integration.label.label_samples import (
    NOW,
    WEEK,
    enter_artist,
    label_at,
    lay_on_desk,
    times_enqueued,
)
from tests.integration.label.ledger_samples import session
from tests.integration.label.test_label_desk import attempt, settings_with

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import Conflict, NotReady
from noktvrn.label.label import Label
from noktvrn.model.run import Run, RunState
from noktvrn.settings import Settings
from noktvrn.storage.ledger import outcomes, runs, words

sqlite = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def begin_release(label: Label, run: Run) -> str:
    """What the first step of a release does."""

    def move() -> None:
        with label.office.studio.database.begin() as connection:
            runs.held(connection, run.id)
            runs.move(connection, run.id, RunState.RELEASING, label.office.studio.clock.now())

    return attempt(move)


@pytest.mark.both
def test_of_taking_back_and_beginning_the_release_exactly_one_holds(settings: Settings) -> None:
    with label_at(settings_with(settings, undo_s=60)) as label:
        artist = enter_artist(label)
        laid = [lay_on_desk(label, artist, number) for number in range(12)]
        for run in laid:
            label.desk.approve(run.id, by="a", door="cli")
        with ThreadPoolExecutor(6) as pool:
            asked = [
                (
                    pool.submit(attempt, lambda r=run: label.desk.undo(r.id, by="a", door="cli")),  # type: ignore[misc]
                    pool.submit(begin_release, label, run),
                )
                for run in laid
            ]
        for run, (undone, begun) in zip(laid, asked, strict=True):
            state = label.runs.get(run.id).state
            assert max(undone.result(), begun.result()) in ("review.undo_late", "run.bad_transition")
            held = RunState.AWAITING_REVIEW if undone.result() == "held" else RunState.RELEASING
            assert state is held
        assert label.house.verify_audit().passed


def test_what_is_taken_back_is_as_if_it_had_not_been_said(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with label_at(settings_with(settings, undo_s=60), clock) as label:
        artist = enter_artist(label)
        first, second = lay_on_desk(label, artist, 1), lay_on_desk(label, artist, 2, autopilot=True)
        with label.office.studio.database.begin() as connection:
            words.add_session(connection, session("ses_1", second.id))
        label.desk.reject(first.id, by="a", door="cli", reason="too slow")
        label.desk.approve(second.id, by="a", door="cli")
        assert label.artists.get(artist.id).consecutive_rejections == 0
        label.desk.undo(second.id, by="person:Ada", door="cli")
        assert label.artists.get(artist.id).consecutive_rejections == 1
        label.desk.undo(first.id, by="person:Ada", door="cli")
        assert label.artists.get(artist.id).consecutive_rejections == 0
        assert {item.run_id for item in label.desk.queue()} == {first.id, second.id}
        assert label.desk.remarks(artist.id) == ()
        with label.office.studio.database.read() as connection:
            assert outcomes.of_session(connection, "ses_1") == ()
        assert label.desk.autopilots() == 0  # a person has looked at it
        label.desk.reject(second.id, by="b", door="api", reason="thin")
        assert times_enqueued(label, "release", second.id) == 1
        assert label.desk.approve(first.id, by="b", door="cli").rejections_before == 1


def test_a_verdict_is_taken_back_in_time_or_not_at_all(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with label_at(settings, clock) as label:
        run = lay_on_desk(label, enter_artist(label))
        label.desk.reject(run.id, by="a", door="cli", reason="thin")
        with pytest.raises(NotReady) as off:
            label.desk.undo(run.id, by="a", door="cli")
        assert off.value.code == "review.undo_off"
    with label_at(settings_with(settings, undo_s=60), clock) as label:
        clock.advance(timedelta(seconds=61))
        with pytest.raises(Conflict) as late:
            label.desk.undo(run.id, by="a", door="cli")
        assert late.value.code == "review.undo_late"


@sqlite
def test_an_approved_release_waits_until_it_can_not_be_taken_back(settings: Settings) -> None:
    with label_at(settings_with(settings, undo_s=3600)) as label:
        run = lay_on_desk(label, enter_artist(label))
        label.desk.approve(run.id, by="a", door="cli")
        dispatcher = label.office.dispatcher
        assert dispatcher.last("release", run.id) == (1, True)
        label.desk.undo(run.id, by="a", door="cli")
        assert dispatcher.last("release", run.id) == (1, False)
        label.desk.approve(run.id, by="a", door="cli")
        assert dispatcher.last("release", run.id) == (2, True)


def test_people_are_reminded_once_before_a_review_expires(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with label_at(settings, clock) as label:
        run = lay_on_desk(label, enter_artist(label))
        assert label.desk.remind() == 0
        clock.advance(WEEK - timedelta(hours=23))
        assert [label.desk.remind(), label.desk.remind()] == [1, 0]
        notices = (label.settings.home / "notices.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line)["run_id"] for line in notices] == [run.id]
        assert "2026-11-28 12:00 UTC" in notices[0]


@sqlite
def test_autopilot_is_switched_off_for_the_whole_label(settings: Settings) -> None:
    with label_at(settings) as label:
        run = lay_on_desk(label, enter_artist(label), autopilot=True)
        assert not label.desk.switch_autopilot(False, by="person:Ada")
        assert label.desk.autopilots() == 0
        assert attempt(lambda: label.desk.autopilot(run.id)) == "autopilot.off"
        assert label.desk.switch_autopilot(True, by="person:Ada")
        assert label.desk.autopilots() == 1
    with label_at(settings_with(settings, autopilot_allowed=False)) as label:
        assert not label.desk.switch_autopilot(True, by="person:Ada")


def test_remarks_outlive_their_verdicts_and_the_newest_come_first(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with label_at(settings, clock) as label:
        artist = enter_artist(label)
        for number in range(7):
            clock.advance(timedelta(minutes=1))
            run = lay_on_desk(label, artist, number)
            label.desk.reject(run.id, by="person:Ada", door="cli", reason=f"remark {number}")
        told = label.desk.remarks(artist.id)
        assert [remark.reason for remark in told] == [f"remark {number}" for number in (6, 5, 4, 3, 2)]
        assert told[0].by == "person:Ada"
