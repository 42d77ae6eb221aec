"""A person's word on a job: lost, found, what it cost, called off."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.integration.outbound.jobs.jobs_samples import NOW, SONG, WHO, House, Studio, balances, order, took

from noktvrn.kernel.errors import Conflict, Invalid, LabelError, NotReady, Refused, TimedOut
from noktvrn.outbound.jobs.nouns import Charge, Progress, Remote
from noktvrn.outbound.jobs.service import Caps
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.storage import audit
from noktvrn.storage.ledger import caps
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.tickets import TicketState

S = TicketState


def unknown(house: House) -> str:
    """The id of a job of unknown outcome."""
    with pytest.raises(LabelError):
        house.desk().done(order(), Studio([trouble(Trouble.UNKNOWN, WHO)]))
    return house.job(order()).id


def books_of(house: House, unit: str = "USD") -> tuple[int, int]:
    """Spent and held of the provider."""
    with house.database.read() as books:
        return balances(books, unit)[f"provider:{WHO}"]


def song(house: House) -> Path:
    """A file a person found in the account."""
    path = house.settings.home / "found.mp3"
    path.write_bytes(SONG)
    return path


def test_a_lost_one_gives_everything_back_and_may_be_ordered_again(house: House) -> None:
    ticket = unknown(house)
    house.desk().settle(ticket, lost=True)
    assert (books_of(house), books_of(house, "suno credits")) == ((0, 0), (0, 0))
    assert house.desk().done(order(), Studio([took()], [house.ready()])).files
    assert books_of(house) == (60_000, 0)


def test_what_came_in_part_was_not_lost(house: House) -> None:
    part = Progress(state="partial", files=(house.file("a"), Remote(clip="b", url="", kind="audio")))
    studio = Studio([took()], [part, Progress(state="running")], Caps(deadline_s=60, stale_s=7200))
    with pytest.raises(TimedOut):
        house.desk().done(order(), studio)
    with pytest.raises(Conflict) as caught:
        house.desk().settle(house.job(order()).id, lost=True)
    assert caught.value.code == "ticket.part_kept"
    assert house.job(order()).state is S.STALE


def test_a_found_one_brings_the_persons_files(house: House) -> None:
    ticket = unknown(house)
    told: list[Job] = []
    house.desk().settle(
        ticket, found=[song(house)], charged={"suno credits": 10}, note=lambda _, job: told.append(job)
    )
    delivery = house.desk().done(order(), Studio([]))
    assert [file.path.read_bytes() for file in delivery.files] == [SONG]
    assert (books_of(house), books_of(house, "suno credits")) == ((60_000, 0), (10, 0))
    assert [job.state for job in told] == [S.STORED]


def test_a_file_that_is_none_is_refused(house: House) -> None:
    path = house.settings.home / "found.mp3"
    path.write_bytes(b"<html>")
    with pytest.raises(Refused):
        house.desk().settle(unknown(house), found=[path])
    assert house.job(order()).state is S.UNKNOWN


def test_its_cost_is_corrected_and_not_charged_twice(house: House) -> None:
    ticket = unknown(house)
    house.desk().settle(ticket, charged={"USD": 20_000, "suno credits": 0})
    assert (books_of(house), books_of(house, "suno credits")) == ((20_000, 0), (0, 0))
    assert house.job(order()).data["cost_known"]
    house.desk().settle(ticket, found=[song(house)])
    assert books_of(house) == (20_000, 0)
    house.desk().settle(ticket, charged={"USD": 10_000})
    assert books_of(house) == (10_000, 0)


def test_a_failed_one_that_was_paid_back_costs_nothing(house: House) -> None:
    with pytest.raises(LabelError):
        house.desk().done(order(), Studio([took()], [Progress(state="failed")]))
    house.desk().settle(house.job(order()).id, charged={"USD": 0, "suno credits": 0})
    assert (books_of(house), books_of(house, "suno credits")) == ((0, 0), (0, 0))


def test_what_is_still_looked_after_or_known_cannot_be_settled(house: House) -> None:
    with pytest.raises(KeyboardInterrupt):
        house.desk().done(order(), Studio([took()], [KeyboardInterrupt()]))
    ticket = house.job(order()).id
    for said in ({"lost": True}, {"charged": {"USD": 1}}):
        with pytest.raises(NotReady):
            house.desk().settle(ticket, **said)
    house.desk().done(order(), Studio([], [house.ready()]))
    with pytest.raises(Conflict):
        house.desk().settle(ticket, lost=True)


def test_contradictions_are_refused(house: House) -> None:
    ticket = unknown(house)
    with pytest.raises(Invalid):
        house.desk().settle(ticket)
    with pytest.raises(Invalid):
        house.desk().settle(ticket, lost=True, charged={"USD": 5})


def waiting(house: House, caps: Caps) -> Studio:
    """A job that is under way, with nobody who waits."""
    studio = Studio([took()], [KeyboardInterrupt(), house.ready()], caps)
    with pytest.raises(KeyboardInterrupt):
        house.desk().done(order(), studio)
    return studio


def test_a_job_is_called_off_where_the_service_can(house: House) -> None:
    studio = waiting(house, Caps(cancels=True))
    assert house.desk().cancel(house.job(order()).id, studio).state is S.CANCELLED
    with pytest.raises(LabelError, match="called off"):
        house.desk().done(order(), studio)
    with pytest.raises(Conflict):
        house.desk().cancel(house.job(order()).id, studio)


def test_where_it_cannot_what_comes_is_kept(house: House) -> None:
    studio = waiting(house, Caps())
    job = house.desk().cancel(house.job(order()).id, studio)
    assert (job.state, job.data["abandoned"]) == (S.SUBMITTED, True)
    house.clock.advance(house.clock.now() - NOW)
    house.desk().tend(lambda *_: studio, house.clock.now())
    assert house.job(order()).state is S.STORED


def test_a_persons_cap_wins_over_the_settings_and_is_on_record(house: House) -> None:
    house.settings.budget_day = 10
    studio = Studio([took()], [house.ready()])
    with house.database.begin() as books:
        caps.set_cap(books, "day", "USD", 60_000, actor="ann", at=NOW)
        caps.set_cap(books, f"provider:{WHO}", "suno credits", 11, actor="ann", at=NOW)
    with pytest.raises(LabelError, match="suno credits"):
        house.desk().done(order(), studio)
    with house.database.begin() as books:
        caps.set_cap(books, f"provider:{WHO}", "suno credits", None, actor="ann", at=NOW)
    assert house.desk().done(order(), studio).files
    with house.database.begin() as books:
        audit.seal(books)
        assert not audit.verify(books).findings
        acts = books.execute(sa.text("SELECT act FROM audit WHERE actor = 'ann'")).scalars().all()
    assert acts == ["budget.cap_set"] * 3


def test_a_quote_of_one_unit_is_one_reservation(house: House) -> None:
    mine = order(
        charges=(Charge(unit="pexels downloads", amount=1), Charge(unit="pexels downloads", amount=1))
    )
    house.desk().done(mine, Studio([took()], [house.ready("a")]))
    assert books_of(house, "pexels downloads") == (2, 0)
