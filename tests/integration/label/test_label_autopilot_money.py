"""Autopilot's caps of money: what runs cost by their tickets, whatever became of the requests."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.integration.label.label_samples import NOW, enter_artist, label_at, lay_on_desk
from tests.integration.label.test_label_money_jobs import QUOTE, WHO, Silent

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import LabelError, Mistake, NotAllowed
from noktvrn.kernel.ids import BriefId, derive
from noktvrn.label.label import Label
from noktvrn.label.phone.commands import VERBS
from noktvrn.model.artist import Artist
from noktvrn.model.run import Run, RunState
from noktvrn.outbound import counter
from noktvrn.outbound.counter import End, Order
from noktvrn.outbound.jobs.nouns import JobOrder
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings
from noktvrn.storage import tables
from noktvrn.storage.ledger import artists, runs
from noktvrn.storage.ledger.tickets import Ticket

DOLLAR = 1_000_000


def attempt(verb: Callable[[], object]) -> str:
    try:
        verb()
    except Mistake as error:
        return error.code
    return "held"


def capped(settings: Settings, **changes: Any) -> Settings:
    plenty = {"autopilot_artist_daily": 50, "autopilot_label_daily": 50}
    return settings.model_copy(update={**plenty, **changes})


def opened(label: Label, run: Run, micros: int, number: int = 0) -> Ticket:
    """A request for words of a run that is under way."""
    order = Order(f"{run.id}/{number}", WHO, "llm.lyrics", "a" * 64, worst_micros=micros, run_id=run.id)
    with label.office.studio.database.begin() as connection:
        found = counter.opened(connection, order, label.office.studio.clock.now())
    assert isinstance(found, Ticket)
    return found


def spend(label: Label, run: Run, micros: int, number: int = 0) -> Ticket:
    """One that was answered, and cost so much."""
    mine = opened(label, run, micros, number)
    with label.office.studio.database.begin() as connection:
        counter.close(connection, mine, End("answer", {"text": "x"}, micros), label.office.studio.clock.now())
    return mine


def dear(label: Label, artist: Artist, number: int, micros: int, *, autopilot: bool = False) -> Run:
    run = lay_on_desk(label, artist, number, autopilot=autopilot)
    spend(label, run, micros)
    return run


@pytest.mark.both
def test_of_many_verdicts_at_once_those_hold_that_the_cap_has_room_for(settings: Settings) -> None:
    with label_at(capped(settings, autopilot_label_budget=3 * DOLLAR)) as label:
        crew = [enter_artist(label, f"Act {number}") for number in range(3)]
        laid = [dear(label, crew[number % 3], number, DOLLAR) for number in range(8)]
        free = lay_on_desk(label, crew[0], 9)
        with ThreadPoolExecutor(8) as pool:
            came = list(pool.map(lambda run: attempt(lambda: label.desk.autopilot(run.id)), laid))
        assert sorted(came) == ["autopilot.label_money"] * 5 + ["held"] * 3
        assert label.desk.autopilot(free.id).decision == "approved"  # what cost nothing needs no room
        allowance = label.desk.allowance()
        assert (allowance.releases, allowance.micros, allowance.most_micros) == (4, 3 * DOLLAR, 3 * DOLLAR)


@pytest.mark.both
def test_one_that_cost_more_than_the_cap_is_a_persons(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with label_at(capped(settings, autopilot_artist_budget=2 * DOLLAR), clock) as label:
        artist, other = enter_artist(label), enter_artist(label, "Ilse Vantor")
        run = dear(label, artist, 0, 2 * DOLLAR + 1)
        with pytest.raises(NotAllowed) as refused:
            label.desk.autopilot(run.id)
        assert refused.value.code == "autopilot.artist_money"
        assert refused.value.message == (
            "This release cost 2.000001 USD; autopilot approved for 0.00 USD for this artist in 24 hours, "
            "and its cap is 2.00 USD."
        )
        assert run.id in refused.value.hint
        assert label.desk.approve(run.id, by="ann", door="cli").decision == "approved"
        # A person's verdict uses nothing up; autopilot's does, for a day, and for this artist only.
        assert label.desk.autopilot(dear(label, artist, 1, 2 * DOLLAR).id).decision == "approved"
        later = dear(label, artist, 2, 1)
        assert attempt(lambda: label.desk.autopilot(later.id)) == "autopilot.artist_money"
        assert attempt(lambda: label.desk.autopilot(dear(label, other, 3, DOLLAR).id)) == "held"
        clock.advance(timedelta(days=1, seconds=1))
        assert attempt(lambda: label.desk.autopilot(later.id)) == "held"


def test_what_nobody_knows_the_end_of_counts_in_full(settings: Settings) -> None:
    with label_at(capped(settings, autopilot_label_budget=100_000)) as label:
        artist = enter_artist(label)
        under_way, lost, unknown = (lay_on_desk(label, artist, number) for number in range(3))
        opened(label, under_way, 100_001)
        mine = opened(label, lost, 100_001)
        with label.office.studio.database.begin() as connection:
            counter.close(connection, mine, counter.loss(mine), NOW)
        for attempt_ in (1, 2):  # a job that may have been taken: 60,000 each
            errand = Errand(artist_id=artist.id, run_id=unknown.id, stage="track", attempt=attempt_)
            with pytest.raises(LabelError):
                label.office.booking.desk.done(_song(errand), Silent())
        for run in (under_way, lost, unknown):
            assert attempt(lambda r=run: label.desk.autopilot(r.id)) == "autopilot.label_money"  # type: ignore[misc]
        for ticket in label.money.tickets():
            if ticket.provider == WHO and ticket.kind != "words":
                label.money.settle(ticket.id, lost=True)
        assert attempt(lambda: label.desk.autopilot(unknown.id)) == "held"  # it was given back


def _song(errand: Errand) -> JobOrder:
    request = {"prompt": f"song {errand.attempt}"}
    return JobOrder(
        provider=WHO, purpose="compose", errand=errand, request=request, kind="audio", quote=QUOTE
    )


def test_a_record_costs_what_its_songs_cost(settings: Settings) -> None:
    with label_at(capped(settings, autopilot_label_budget=2 * DOLLAR)) as label:
        artist = enter_artist(label)
        record = lay_on_desk(label, artist)
        songs = tuple(BriefId(derive("brief", record.brief_id, place)) for place in (1, 2, 3))
        with label.office.studio.database.begin() as connection:
            brief = runs.brief(connection, artist.id, record.brief_id)
            as_record = brief.model_copy(update={"content_type": "ep", "songs": songs})
            connection.execute(
                tables.briefs.update()
                .where(tables.briefs.c.brief_id == brief.id)
                .values(data=as_record.as_data())
            )
        for song in songs:
            run = _song_of(label, record, song)
            spend(label, run, DOLLAR)
        assert attempt(lambda: label.desk.autopilot(record.id)) == "autopilot.label_money"


def _song_of(label: Label, record: Run, brief: BriefId) -> Run:
    told = {"id": derive("run", record.artist_id, brief), "brief_id": brief, "parent": record.id}
    run = record.model_copy(update={**told, "state": RunState.COMPLETED})
    with label.office.studio.database.begin() as connection:
        runs.add(connection, run)
    return run


@pytest.mark.both
def test_those_that_are_too_dear_stand_in_nobodys_way(settings: Settings) -> None:
    with label_at(capped(settings, autopilot_label_budget=DOLLAR)) as label:
        crew = [enter_artist(label, f"Act {number}") for number in range(3)]
        for number in range(60):
            dear(label, crew[0], number, DOLLAR + 1, autopilot=True)
        cheap = dear(label, crew[1], 100, DOLLAR, autopilot=True)
        assert label.desk.autopilots() == 1
        assert label.runs.get(cheap.id).state is RunState.APPROVED
        free = lay_on_desk(label, crew[2], 101, autopilot=True)
        assert label.desk.autopilots() == 1  # the money is used up; what cost nothing goes on
        assert label.runs.get(free.id).state is RunState.APPROVED


@pytest.mark.both
def test_a_cycle_begins_nothing_for_autopilot_once_its_money_is_used_up(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with label_at(capped(settings, autopilot_label_budget=2 * DOLLAR), clock) as label:
        spent, hers, his = (enter_artist(label, name) for name in ("Act One", "Mara Lune", "Oskar Fenn"))
        by_itself(label, hers)
        # One dollar was approved, another one spent on a run that still waits; a person's run does not count.
        label.desk.autopilot(dear(label, spent, 0, DOLLAR).id)
        dear(label, spent, 1, DOLLAR, autopilot=True)
        dear(label, spent, 2, 9 * DOLLAR)
        story = label.batch.once().story
        assert [one.artist_id for one in story.begun] == [his.id]
        (left_out,) = story.skipped
        assert left_out.artist_id == hers.id
        assert (
            left_out.reason == "autopilot's money is used up: 2.00 USD of 2.00 USD for the label in 24 hours"
        )
        clock.advance(timedelta(days=1, seconds=1))
        assert hers.id in [one.artist_id for one in label.batch.once().story.begun]


def by_itself(label: Label, artist: Artist) -> None:
    """Lets the artist go without a person."""
    on = artist.profile.settings.model_copy(update={"autopilot": True})
    profile = artist.profile.model_copy(update={"settings": on})
    with label.office.studio.database.begin() as connection:
        artists.save(connection, artists.held(connection, artist.id).model_copy(update={"profile": profile}))


def test_a_cap_of_nothing_lets_through_what_cost_nothing(settings: Settings) -> None:
    with label_at(capped(settings, autopilot_label_budget=0)) as label:
        artist = enter_artist(label)
        by_itself(label, artist)
        assert attempt(lambda: label.desk.autopilot(dear(label, artist, 0, 1).id)) == "autopilot.label_money"
        assert attempt(lambda: label.desk.autopilot(lay_on_desk(label, artist, 1).id)) == "held"


def test_without_caps_money_is_counted_and_caps_nothing(settings: Settings) -> None:
    with label_at(capped(settings)) as label:
        run = dear(label, enter_artist(label), 0, 900 * DOLLAR)
        assert attempt(lambda: label.desk.autopilot(run.id)) == "held"
        told = "Autopilot is on. In 24 hours it approved 1 of 50 releases, for 900.00 USD."
        assert label.desk.allowance().line == told
        asked: Any = None  # who asks makes no difference to what is shown
        assert VERBS["autopilot"](label, asked, []) == f"{told}\n/autopilot on or off"
    with label_at(capped(settings, autopilot_label_budget=5 * DOLLAR)) as label:
        assert label.desk.allowance().line.endswith("for 900.00 USD of 5.00 USD.")


def test_tickets_know_the_run_they_were_opened_for(settings: Settings) -> None:
    with label_at(settings) as label:
        run = dear(label, enter_artist(label), 0, 5)
        errand = Errand(artist_id=run.artist_id, run_id=run.id, stage="track")
        with pytest.raises(LabelError):
            label.office.booking.desk.done(_song(errand), Silent())
        with label.office.studio.database.read() as connection:
            known = connection.execute(sa.select(tables.tickets.c.kind, tables.tickets.c.run_id)).all()
        assert sorted(tuple(row) for row in known) == [("audio", run.id), ("words", run.id)]
