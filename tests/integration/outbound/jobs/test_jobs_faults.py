"""What goes wrong outside: the right state, the right error, nothing paid twice, nothing held for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.integration.outbound.jobs.jobs_samples import (
    ARTIST,
    NOW,
    SONG,
    WHO,
    House,
    Studio,
    balances,
    order,
    took,
)

from noktvrn.kernel.errors import (
    BudgetSpent,
    LabelError,
    NotAllowed,
    NotReady,
    Outside,
    TimedOut,
    Unavailable,
)
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.outbound.jobs.nouns import Charge, Inline, JobOrder, Progress, Remote, Submitted
from noktvrn.outbound.jobs.service import Caps
from noktvrn.outbound.rules import Trace
from noktvrn.outbound.spool import Pouring, Spooled, finish
from noktvrn.outbound.tickets import Tickets
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.outbound.wire import tell
from noktvrn.storage import tables
from noktvrn.storage.ledger.tickets import TicketState

S = TicketState
HOUR = timedelta(hours=1)


def held(house: House, unit: str = "USD") -> tuple[int, int]:
    """Spent and held of the label."""
    with house.database.read() as books:
        return balances(books, unit).get("label", (0, 0))


def refuses(house: House, studio: Studio) -> LabelError:
    """The error an order ends with."""
    with pytest.raises(LabelError) as caught:
        house.desk().done(order(), studio)
    return caught.value


@pytest.mark.parametrize(
    "kind",
    [
        Trouble.AUTH,
        Trouble.CREDITS,
        Trouble.RATE,
        Trouble.BUSY,
        Trouble.INVALID,
        Trouble.MAINTENANCE,
        Trouble.TRANSIENT,
    ],
)
def test_what_was_not_accepted_costs_nothing_and_may_be_asked_again(house: House, kind: Trouble) -> None:
    studio = Studio([trouble(kind, WHO, "no"), took()], [house.ready()])
    error = refuses(house, studio)
    assert error.code == f"outside.{kind.value}"
    assert error.hint
    assert (house.job(order()).state, held(house), held(house, "suno credits")) == (S.REFUSED, (0, 0), (0, 0))
    house.clock.advance(HOUR)
    assert len(house.desk().done(order(), studio).files) == 2
    assert house.job(order()).cost == 60_000


def test_what_nobody_knows_is_never_sent_again_and_stays_held(house: House) -> None:
    studio = Studio([trouble(Trouble.UNKNOWN, WHO)])
    for _ in range(3):
        error = refuses(house, studio)
        assert error.code == OUTCOME_UNKNOWN
        assert "ticket settle" in error.hint
        house.clock.advance(HOUR)
    assert studio.asked == ["submit"]
    assert (house.job(order()).state, held(house)) == (S.UNKNOWN, (0, 60_000))
    assert held(house, "suno credits") == (0, 12)
    assert not house.job(order()).data["cost_known"]
    assert [one.event for one in house.news] == ["unknown"]


@pytest.mark.parametrize("said", [trouble(Trouble.CONTRACT, WHO), Submitted(), ZeroDivisionError()])
def test_an_answer_nobody_understands_may_have_been_an_order(house: House, said: object) -> None:
    studio = Studio([said])
    for _ in range(2):
        assert refuses(house, studio).code == OUTCOME_UNKNOWN
    assert studio.asked == ["submit"]


def test_an_order_of_unknown_outcome_is_looked_for_where_the_service_can_tell(house: House) -> None:
    studio = Studio([trouble(Trouble.UNKNOWN, WHO)], [house.ready()], Caps(finds=True), found="job-9")
    delivery = house.desk().done(order(), studio)
    assert delivery.ref == "job-9"
    assert studio.asked == ["submit", "find", "look job-9"]


def test_what_it_does_not_find_stays_unknown_and_is_looked_for_again(house: House) -> None:
    studio = Studio([trouble(Trouble.UNKNOWN, WHO)], [house.ready()], Caps(finds=True))
    assert refuses(house, studio).code == OUTCOME_UNKNOWN
    studio.found = "job-9"
    house.clock.advance(2 * HOUR)
    desk = house.desk()
    assert desk.tend(lambda *_: studio, house.clock.now()) == 1
    house.clock.advance(timedelta(seconds=10))
    assert desk.tend(lambda *_: studio, house.clock.now()) == 1
    assert house.job(order()).state is S.STORED
    assert studio.asked.count("submit") == 1


def test_a_free_order_of_unknown_outcome_is_sent_again(house: House) -> None:
    mine = order(free=True, charges=())
    studio = Studio([trouble(Trouble.UNKNOWN, WHO), took()], [house.ready()])
    with pytest.raises(Unavailable):
        house.desk().done(mine, studio)
    assert house.desk().done(mine, studio).ref == "job-1"
    assert house.events(mine)[:4] == ["order", "loss", "ask again for free", "submit"]


@pytest.mark.parametrize(
    ("progress", "state", "code"),
    [
        (Progress(state="failed", message="GPU on fire"), S.FAILED, "outside.failed"),
        (Progress(state="rejected", message="no such words"), S.REJECTED, "outside.moderated"),
        (Progress(state="lost"), S.LOST, "outside.lost"),
    ],
)
def test_an_end_is_told_again_and_nothing_is_ordered_anew(
    house: House, progress: Progress, state: TicketState, code: str
) -> None:
    studio = Studio([took()], [progress])
    first, again = refuses(house, studio), refuses(house, studio)
    assert (first.code, first.message, type(first)) == (again.code, again.message, type(again))
    assert first.code == code
    assert (house.job(order()).state, studio.submissions) == (state, 1)
    assert progress.message in first.message
    assert held(house) == (60_000, 0)  # nobody said it was free


def test_a_failure_that_was_not_charged_costs_nothing(house: House) -> None:
    nothing = (Charge(amount=0), Charge(unit="suno credits", amount=0))
    refuses(house, Studio([took()], [Progress(state="failed", charged=nothing)]))
    assert (held(house), house.job(order()).data["cost_known"]) == ((0, 0), True)


def test_moderated_words_are_not_sent_again(house: House) -> None:
    studio = Studio([trouble(Trouble.MODERATION, WHO, "a name in it")])
    assert refuses(house, studio).message == refuses(house, studio).message
    assert (studio.asked, held(house)) == (["submit"], (0, 0))


def test_what_was_made_and_is_held_back_counts_as_billed_until_somebody_says(house: House) -> None:
    studio = Studio([trouble(Trouble.WITHHELD, WHO, "a name in it")])
    assert refuses(house, studio).message == refuses(house, studio).message
    assert (studio.asked, held(house)) == (["submit"], (60_000, 0))
    assert (house.job(order()).state, house.job(order()).data["cost_known"]) == (S.REJECTED, False)
    house.desk().settle(house.job(order()).id, charged={"USD": 0})
    assert held(house) == (0, 0)


def test_no_trouble_of_a_look_kills_a_job(house: House) -> None:
    kinds = [Trouble.RATE, Trouble.BUSY, Trouble.TRANSIENT, Trouble.MAINTENANCE, Trouble.AUTH]
    kinds += [Trouble.CONTRACT, Trouble.CREDITS, Trouble.INVALID, Trouble.UNKNOWN]
    studio = Studio([took()], [*(trouble(kind, WHO) for kind in kinds), house.ready()])
    assert len(house.desk().done(order(), studio).files) == 2


def test_a_job_that_takes_too_long_is_left_and_kept_when_it_comes(house: House) -> None:
    studio = Studio([took()], [Progress(state="running")], Caps(deadline_s=60, stale_s=7200))
    error = refuses(house, studio)
    assert (type(error), error.code, house.job(order()).state) == (TimedOut, "outside.stale", S.STALE)
    desk = house.desk()
    assert desk.tend(lambda *_: studio, house.clock.now()) == 0
    house.clock.advance(HOUR)
    assert desk.tend(lambda *_: studio, house.clock.now()) == 1
    assert house.job(order()).state is S.STALE
    studio.looks = [house.ready()]
    house.clock.advance(HOUR)
    assert desk.tend(lambda *_: studio, house.clock.now()) == 1
    assert house.job(order()).state is S.STORED
    assert len(desk.done(order(), studio).files) == 2
    assert studio.submissions == 1


def test_a_job_that_never_comes_expires(house: House) -> None:
    studio = Studio([took()], [Progress(state="running")], Caps(deadline_s=60, stale_s=7200))
    refuses(house, studio)
    for _ in range(4):
        house.clock.advance(HOUR)
        house.desk().tend(lambda *_: studio, house.clock.now())
    assert house.job(order()).state is S.EXPIRED
    assert held(house) == (60_000, 0)


def test_a_job_that_waits_for_a_person_says_so_once(house: House) -> None:
    waiting = Progress(state="needs_human", message="press Create")
    studio = Studio([took()], [waiting], Caps(deadline_s=20))
    error = refuses(house, studio)
    assert (type(error), "press Create" in error.message) == (NotReady, True)
    assert [one.event for one in house.news] == ["needs_you"]
    studio.looks = [house.ready()]
    house.clock.advance(HOUR)
    house.desk().tend(lambda *_: studio, house.clock.now())
    assert house.job(order()).state is S.STORED


def test_looks_come_later_each_time_and_not_for_ever(house: House) -> None:
    caps = Caps(first_look_s=5, longest_look_s=30, deadline_s=600)
    studio = Studio([took()], [Progress(state="running")], caps)
    refuses(house, studio)
    looks = sum(one.startswith("look") for one in studio.asked)
    assert 600 / 35 <= looks <= 600 / 20


def test_a_part_is_fetched_at_once_and_the_job_goes_on(house: House) -> None:
    part = Progress(state="partial", files=(house.file("a"), Remote(clip="b", url="", kind="audio")))
    studio = Studio([took()], [part, Progress(state="running"), house.ready()])
    assert [file.clip for file in house.desk().done(order(), studio).files] == ["a", "b"]
    assert house.events(order())[:4] == ["order", "submit", "part", "finish"]
    assert len(house.door.asked) == 2


def test_a_file_that_is_late_comes_with_a_fresh_address(house: House) -> None:
    house.door.troubles.extend([trouble(Trouble.EXPIRED, WHO), trouble(Trouble.TRANSIENT, WHO)])
    studio = Studio([took()], [house.ready("a"), house.ready("b"), house.ready("a")])
    house.desk().done(order(), studio)
    assert house.job(order()).state is S.STORED


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (trouble(Trouble.EXPIRED, WHO), S.EXPIRED),
        (trouble(Trouble.CONTRACT, WHO), S.FAILED),
        (NotAllowed("inside", code="outside.forbidden_address"), S.FAILED),
    ],
)
def test_a_file_that_never_comes_is_asked_for_for_a_day(
    house: House, error: LabelError, state: TicketState
) -> None:
    house.door.troubles.extend([error] * 9)
    studio = Studio([took()], [house.ready("a")], Caps(deadline_s=600, stale_s=7200))
    left = refuses(house, studio)
    assert (left.code, house.job(order()).state) == ("outside.stale", S.STALE)
    assert error.message in left.message
    for _ in range(4):
        house.clock.advance(HOUR)
        house.desk().tend(lambda *_: studio, house.clock.now())
    assert (refuses(house, studio).code, house.job(order()).state) == (error.code, state)
    assert [one.event for one in house.news] == ["stale"]


def test_a_paid_file_that_comes_late_is_kept(house: House) -> None:
    house.door.troubles.extend([trouble(Trouble.CONTRACT, WHO, "it is an HTML page")] * 3)
    studio = Studio([took()], [house.ready("a")])
    refuses(house, studio)
    assert len(house.desk().done(order(), studio).files) == 1
    assert studio.submissions == 1


@pytest.mark.parametrize("kind", [Trouble.AUTH, Trouble.INVALID, Trouble.CONTRACT])
def test_nobody_waits_for_looks_that_are_in_vain(house: House, kind: Trouble) -> None:
    studio = Studio([took()], [trouble(kind, WHO, "no such route")], Caps(deadline_s=3600))
    begin = house.clock.now()
    error = refuses(house, studio)
    assert (error.code, house.job(order()).state) == ("outside.stale", S.STALE)
    assert "no such route" in error.message
    assert sum(one.startswith("look") for one in studio.asked) == 5
    assert house.clock.now() - begin < timedelta(minutes=3)
    studio.looks = [house.ready()]
    house.clock.advance(HOUR)
    house.desk().tend(lambda *_: studio, house.clock.now())
    assert house.job(order()).state is S.STORED


def test_a_job_is_lost_when_it_is_unknown_three_times_in_a_row(house: House) -> None:
    gone, going = Progress(state="lost"), Progress(state="running")
    studio = Studio([took()], [gone, gone, going, gone, trouble(Trouble.LOST, WHO), house.ready()])
    assert len(house.desk().done(order(), studio).files) == 2


def test_what_came_is_delivered_although_another_file_never_does(house: House) -> None:
    studio = Studio([took()], [house.ready("a"), house.ready("a", "b")])
    bad = house.file("b", b"<html>")
    good = house.file("a")
    studio.looks = [Progress(state="ready", files=(good, bad))]
    assert [file.clip for file in house.desk().done(order(), studio).files] == ["a"]


def test_no_address_is_left_in_the_ledger(house: House) -> None:
    studio = Studio([took()], [house.ready()])
    house.desk().done(order(), studio)
    refuses_too = Studio([took()], [house.ready("c")])
    house.door.troubles.extend([trouble(Trouble.EXPIRED, WHO)] * 3)
    with pytest.raises(Outside):
        house.desk().done(order(attempt=1), refuses_too)
    with house.database.read() as books:
        for table in (tables.tickets, tables.ticket_files, tables.ticket_events):
            assert not any("file:" in str(row) for row in books.execute(sa.select(table)))


def test_a_charge_above_its_quote_is_counted_blocks_and_is_told(house: House) -> None:
    charged = (Charge(unit="suno credits", amount=20), Charge(amount=60_000))
    studio = Studio([took()], [house.ready(charged=charged)])
    desk = house.desk()
    assert desk.done(order(), studio).cost_known
    assert held(house, "suno credits") == (20, 0)
    assert [one.event for one in house.news] == ["overcharged"]
    assert "8 suno credits" in house.news[0].text
    with pytest.raises(BudgetSpent, match="more than it had quoted"):
        desk.done(order(attempt=1), studio)
    assert (desk.blocked(), studio.submissions) == ([WHO], 1)
    assert (desk.acknowledge(WHO), desk.acknowledge(WHO)) == (True, False)
    studio.looks = [house.ready()]
    assert desk.done(order(attempt=1), studio).files


def test_an_open_breaker_refuses_before_a_ticket_is_opened(house: House) -> None:
    studio = Studio([trouble(Trouble.CREDITS, WHO)])
    refuses(house, studio)
    with pytest.raises(Unavailable) as caught:
        house.desk().done(order(attempt=1), studio)
    assert caught.value.code == "outside.resting"
    with house.database.read() as books:
        assert books.scalar(sa.select(sa.func.count()).select_from(tables.tickets)) == 1
    assert studio.asked == ["submit"]


def test_a_pause_one_has_the_patience_for_opens_no_breaker(house: House) -> None:
    def busy() -> None:
        tell(Trace(sent=True, whole=True, status=429, retry_after_s=3.0))
        raise trouble(Trouble.RATE, WHO)

    studio = Studio([busy, took()], [house.ready()])
    assert house.desk(patience_s=30).done(order(), studio).files
    assert studio.submissions == 1 and house.clock.waited[0] == 3.0


def test_patience_orders_again_what_was_not_accepted(house: House) -> None:
    studio = Studio([trouble(Trouble.RATE, WHO), trouble(Trouble.BUSY, WHO), took()], [house.ready()])
    assert house.desk(patience_s=30).done(order(), studio).files
    assert studio.asked[:3] == ["submit"] * 3
    assert house.job(order()).data["attempt"] == 3


def test_a_full_budget_sends_nothing(house: House) -> None:
    house.settings.budget_artist = 50_000
    studio = Studio([took()], [house.ready()])
    error = refuses(house, studio)
    assert (type(error), error.code, studio.asked) == (BudgetSpent, "budget.full", [])
    assert f"artist:{ARTIST}" in error.message
    assert (held(house), held(house, "suno credits")) == ((0, 0), (0, 0))


def test_a_callback_makes_the_next_look_due(house: House) -> None:
    house.settings.public_base_url = "https://label.example/"
    caps = Caps(first_look_s=300, longest_look_s=300, deadline_s=900)
    studio = Studio([took()], [house.ready()], caps)
    desk = house.desk()

    def call_back(_seconds: float) -> None:
        if len(house.clock.waited) == 3:
            url = studio.slips[0].callback
            assert url.startswith(f"https://label.example/hooks/{WHO}/")
            token = url.rpartition("/")[2]
            assert len(token) >= 22
            assert not desk.hint("another", token)
            assert not desk.hint(WHO, "0" * 22)
            assert desk.hint(WHO, token)

    house.clock.waits = call_back
    desk.done(order(), studio)
    assert (house.clock.now() - NOW).total_seconds() < 10
    token = studio.slips[0].callback.rpartition("/")[2]
    assert not desk.hint(WHO, token)
    with house.database.read() as books:
        assert not any(token in str(row) for row in books.execute(sa.select(tables.tickets)))


def test_an_interrupted_wait_leaves_a_job_that_goes_on(house: House) -> None:
    studio = Studio([took()], [Progress(state="running"), KeyboardInterrupt(), house.ready()])
    with pytest.raises(KeyboardInterrupt):
        house.desk().done(order(), studio)
    assert (house.job(order()).state, house.job(order()).owner) == (S.RUNNING, None)
    assert house.desk().done(order(), studio).files
    assert studio.submissions == 1


def test_an_interrupted_submission_is_not_repeated(house: House) -> None:
    studio = Studio([KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt):
        house.desk().done(order(), studio)
    assert refuses(house, studio).code == OUTCOME_UNKNOWN
    assert studio.asked == ["submit"]


def test_a_song_that_is_silent_about_itself_is_kept_with_its_own_length(house: House) -> None:
    file = house.file("a", SONG + b"!").model_copy(update={"duration_s": None})
    delivery = house.desk().done(order(), Studio([took()], [Progress(state="ready", files=(file,))]))
    assert delivery.files[0].size == len(SONG) + 1


def test_a_whole_answer_nobody_could_read_is_still_the_result(house: House) -> None:
    studio = Studio([])

    def broken() -> Submitted:
        path = studio.slips[-1].spool / "song"
        with Pouring(path) as part:
            part.take(SONG)
        finish(Spooled(path, part.size, part.sha256))
        raise trouble(Trouble.CONTRACT, WHO, "no song-id")

    studio.takes = [broken]
    delivery = house.desk().done(order(), studio)
    assert [file.path.read_bytes() for file in delivery.files] == [SONG]
    assert studio.asked == ["submit"]


def test_a_whole_answer_that_is_no_file_yet_is_read_by_its_own_service(house: House) -> None:
    class Lyric(Studio):
        def salvage(self, order: JobOrder, spool: Path) -> Submitted | None:
            told = spool / "answer.json"
            path = spool / "song"
            path.write_bytes(told.read_bytes()[1:])
            return Submitted(files=(Inline(clip="song", path=path, kind="audio"),))

    studio = Lyric([])

    def dies() -> Submitted:
        (studio.slips[-1].spool / "answer.json").write_bytes(b"{" + SONG)
        raise KeyboardInterrupt

    studio.takes = [dies]
    with pytest.raises(KeyboardInterrupt):
        house.desk().done(order(), studio)
    assert house.desk().tend(lambda *_: studio, house.clock.now()) == 1
    assert house.job(order()).state is S.STORED
    assert len(house.desk().done(order(), studio).files) == 1


def test_files_in_the_spool_of_another_machine_are_waited_for(house: House) -> None:
    studio = Studio([], caps=Caps(deadline_s=60))

    def inline() -> Submitted:
        path = studio.slips[-1].spool / "song"
        return Submitted(files=(Inline(clip="one", path=path, kind="audio"),))

    studio.takes = [inline]
    assert refuses(house, studio).code == "outside.stale"
    (studio.slips[-1].spool / "song").write_bytes(SONG)
    house.clock.advance(HOUR)
    assert house.desk().done(order(), studio).files
    assert studio.asked == ["submit"]


def test_a_service_that_names_a_time_is_left_in_peace_until_then(house: House) -> None:
    def busy() -> Progress:
        trace = Trace()
        trace.status, trace.retry_after_s = 429, 200.0
        tell(trace)
        raise trouble(Trouble.RATE, WHO)

    studio = Studio([took()], [busy, house.ready()], Caps(first_look_s=5, longest_look_s=30))
    house.desk().done(order(), studio)
    assert house.clock.now() - NOW >= timedelta(seconds=200)


def test_what_sweeps_requests_for_words_leaves_jobs_alone(house: House) -> None:
    with pytest.raises(KeyboardInterrupt):
        house.desk().done(order(), Studio([KeyboardInterrupt()]))
    assert Tickets(house.database, house.clock).sweep(house.clock.now() + 24 * HOUR) == 0
    assert house.job(order()).state is S.OPEN


def test_a_job_whose_player_is_gone_is_looked_after_later(house: House) -> None:
    with pytest.raises(KeyboardInterrupt):
        house.desk().done(order(), Studio([took()], [KeyboardInterrupt()]))
    desk = house.desk()
    house.clock.advance(HOUR)
    assert desk.tend(lambda *_: None, house.clock.now()) == 0
    assert house.job(order()).next_look_at == house.clock.now() + HOUR
    studio = Studio([], [ZeroDivisionError(), house.ready()])
    house.clock.advance(HOUR)
    assert desk.tend(lambda *_: studio, house.clock.now()) == 1
    assert (house.job(order()).state, house.job(order()).owner) == (S.STALE, None)
    house.clock.advance(HOUR)
    assert desk.tend(lambda *_: studio, house.clock.now()) == 1
    assert house.job(order()).state is S.STORED
