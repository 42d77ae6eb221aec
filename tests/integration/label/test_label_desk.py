"""The desk: one verdict each, bound to what was seen, within the caps, in time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.integration.label.label_samples import (
    NOW,
    WEEK,
    draft,
    enter_artist,
    label_at,
    lay_on_desk,
    put_draft,
    times_enqueued,
)

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import Conflict, Mistake, NotAllowed, NotReady
from noktvrn.label import chores
from noktvrn.label.label import Label
from noktvrn.model.run import Run, RunState
from noktvrn.settings import Settings
from noktvrn.storage import tables
from noktvrn.storage.ledger import runs

PAIRS = {"sqlite": 200, "postgres": 40}


def attempt(verb: Callable[[], object]) -> str:
    try:
        verb()
    except Mistake as error:
        return error.code
    return "held"


def count(label: Label, table: sa.Table) -> int:
    with label.office.studio.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def settings_with(settings: Settings, **changes: object) -> Settings:
    return settings.model_copy(update=changes)


@pytest.mark.both
def test_of_two_verdicts_at_once_one_holds_and_enqueues_one_release(settings: Settings) -> None:
    with label_at(settings) as label:
        artist = enter_artist(label)
        backend = "sqlite" if label.office.studio.database.is_sqlite else "postgres"
        laid = [lay_on_desk(label, artist, number) for number in range(PAIRS[backend])]
        with ThreadPoolExecutor(8) as pool:
            asked = [
                (
                    pool.submit(attempt, lambda r=run: label.desk.approve(r.id, by="a", door="cli")),  # type: ignore[misc]
                    pool.submit(
                        attempt,
                        lambda r=run: label.desk.reject(r.id, by="b", door="api", reason="thin"),  # type: ignore[misc]
                    ),
                )
                for run in laid
            ]
        for one, other in asked:
            assert sorted((one.result(), other.result())) == ["held", "review.decided"]
        assert count(label, tables.verdicts) == len(laid)
        approved = [run for run in label.runs.every() if run.state is RunState.APPROVED]
        approved_ids = {run.id for run in approved}
        assert len(approved) == sum(one.result() == "held" for one, _ in asked) > 0
        for run in laid:
            assert times_enqueued(label, "release", run.id) == (run.id in approved_ids)


def test_a_verdict_falls_when_the_draft_is_not_what_was_seen(settings: Settings) -> None:
    with label_at(settings) as label:
        artist = enter_artist(label)
        run = lay_on_desk(label, artist)
        with pytest.raises(Conflict) as seen:
            label.desk.approve(run.id, by="a", door="cli", approval_hash="0" * 64)
        with label.office.studio.database.begin() as connection:
            put_draft(connection, run, draft(artist, run.id, "Another Song"), attempt=2)
        assert attempt(lambda: label.desk.approve(run.id, by="a", door="cli")) == "review.changed"
        assert attempt(lambda: label.desk.reject(run.id, by="a", door="cli", reason="x")) == "review.changed"
        assert seen.value.code == "review.changed"
        assert label.runs.get(run.id).state is RunState.AWAITING_REVIEW
        assert count(label, tables.verdicts) == 0


def test_rejections_in_a_row_are_counted_and_their_reasons_kept(settings: Settings) -> None:
    with label_at(settings) as label:
        artist = enter_artist(label)
        laid = [lay_on_desk(label, artist, number) for number in range(6)]
        with ThreadPoolExecutor(5) as pool:
            list(
                pool.map(
                    lambda run: label.desk.reject(run.id, by="b", door="cli", reason=f"thin {run.id}"),
                    laid[:5],
                )
            )
        assert label.artists.get(artist.id).consecutive_rejections == 5
        verdict = label.desk.show(laid[0].id)[1]
        assert verdict is not None
        assert (verdict.decision, verdict.reason) == ("rejected", f"thin {laid[0].id}")
        label.desk.approve(laid[5].id, by="a", door="cli")
        assert label.artists.get(artist.id).consecutive_rejections == 0


def test_what_nobody_decides_expires_and_is_reopened_by_resume(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with label_at(settings, clock) as label:
        run = lay_on_desk(label, enter_artist(label))
        clock.advance(WEEK - timedelta(seconds=1))
        assert [item.run_id for item in label.desk.queue()] == [run.id]
        clock.advance(timedelta(seconds=1))
        with pytest.raises(NotReady):
            label.desk.approve(run.id, by="a", door="cli")
        assert label.runs.get(run.id).state is RunState.EXPIRED
        assert label.desk.queue() == ()
        assert label.runs.resume(run.id).state is RunState.AWAITING_REVIEW
        assert label.desk.queue()[0].expires_at == clock.now() + WEEK
        assert label.desk.approve(run.id, by="a", door="cli").decision == "approved"


def test_a_review_is_not_on_the_desk_before_its_run_waits_for_it(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with label_at(settings, clock) as label:
        run = lay_on_desk(label, enter_artist(label), autopilot=True)
        producing = run.model_copy(update={"state": RunState.PRODUCING})
        with label.office.studio.database.begin() as connection:
            connection.execute(
                tables.runs.update().values(state=producing.state.value, data=producing.as_data())
            )
        clock.advance(WEEK)
        chores.once(label)
        assert label.desk.queue() == ()
        assert label.runs.get(run.id).state is RunState.PRODUCING


def test_autopilot_keeps_the_cap_of_an_artist_for_a_day(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with label_at(settings_with(settings, autopilot_artist_daily=2), clock) as label:
        artist, other = enter_artist(label), enter_artist(label, "Ilse Vantor")
        laid = [lay_on_desk(label, artist, number, autopilot=True) for number in range(6)]
        with ThreadPoolExecutor(6) as pool:
            came = list(pool.map(lambda run: attempt(lambda: label.desk.autopilot(run.id)), laid))
        assert sorted(came) == ["autopilot.artist_cap"] * 4 + ["held"] * 2
        assert label.desk.autopilot(lay_on_desk(label, other).id).door == "autopilot"
        clock.advance(timedelta(days=1, seconds=1))
        left = [run for run in laid if label.runs.get(run.id).state is RunState.AWAITING_REVIEW]
        assert label.desk.autopilot(left[0].id).decision == "approved"


def test_autopilot_keeps_the_cap_of_the_label_and_its_switch(settings: Settings) -> None:
    with label_at(settings_with(settings, autopilot_label_daily=2)) as label:
        laid = [lay_on_desk(label, enter_artist(label, f"Act {number}")) for number in range(3)]
        assert [attempt(lambda r=run: label.desk.autopilot(r.id)) for run in laid] == [  # type: ignore[misc]
            "held",
            "held",
            "autopilot.label_cap",
        ]
    with label_at(settings_with(settings, autopilot_allowed=False)) as label:
        with pytest.raises(NotAllowed) as off:
            label.desk.autopilot(laid[2].id)
        assert off.value.code == "autopilot.off"
        assert laid[2].id in off.value.hint
        assert label.desk.approve(laid[2].id, by="a", door="cli").by == "a"


def test_a_worker_gives_capped_verdicts_and_leaves_the_rest_to_people(settings: Settings) -> None:
    with label_at(settings) as label:
        artist = enter_artist(label)
        laid: list[Run] = [lay_on_desk(label, artist, number, autopilot=True) for number in range(2)]
        asked_for = lay_on_desk(label, artist, 2)
        chores.once(label)
        waiting = {item.run_id for item in label.desk.queue()}
        assert asked_for.id in waiting
        assert len(waiting & {run.id for run in laid}) == 1
        assert label.house.verify_audit().passed
        with label.office.studio.database.read() as connection:
            assert len(runs.every(connection, states=(RunState.APPROVED,))) == 1
