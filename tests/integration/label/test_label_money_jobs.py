"""Jobs in the cashbook: a person's word on them, caps of a person's own, and all of it on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.integration.label.shell import noktvrn

from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import BudgetSpent, Invalid, LabelError
from noktvrn.label import amounts
from noktvrn.label.label import Label, open_label
from noktvrn.outbound.budgets import caps_for
from noktvrn.outbound.jobs.nouns import Charge, JobOrder, Progress, Quote, Submitted
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.outbound.loop import run
from noktvrn.outbound.tickets import Order, Receipt, Tickets
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings
from noktvrn.storage.ledger.tickets import TicketState
from noktvrn.testing.fakes.media import song

WHO = "studio_x"
QUOTE = Quote(charges=(Charge(unit="suno credits", amount=12), Charge(amount=60_000)))


class Silent:
    """A service that may have taken the order."""

    caps = Caps()

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Nobody knows."""
        raise trouble(Trouble.UNKNOWN, WHO)

    def look(self, ref: str) -> Progress:
        """Nobody asks."""
        raise AssertionError(ref)

    def find(self, order: JobOrder) -> str | None:
        """It cannot tell."""
        return None

    def cancel(self, ref: str) -> bool:
        """It cannot."""
        return False


@pytest.fixture
def label() -> Iterator[Label]:
    with open_label(Settings(_env_file=None)) as opened:
        yield opened


@pytest.fixture
def ticket(label: Label) -> str:
    """A job of unknown outcome."""
    order = JobOrder(
        provider=WHO,
        purpose="compose",
        errand=Errand(artist_id="art_0000000000001", run_id="run_0000000000001", stage="track"),
        request={"prompt": "a song"},
        kind="audio",
        quote=QUOTE,
    )
    with pytest.raises(LabelError):
        label.office.booking.desk.done(order, Silent())
    return label.money.tickets()[0].id


def lines(label: Label) -> dict[tuple[str, str], tuple[int, int]]:
    """Spent and held, by scope and unit."""
    return {(one.scope, one.currency): (one.spent, one.held) for one in label.money.budgets()}


def test_a_job_of_unknown_outcome_is_shown_with_what_it_holds(label: Label, ticket: str) -> None:
    sheet = label.money.job(ticket)
    assert sheet is not None
    assert [event.event for event in sheet.events] == ["order", "loss"]
    assert (sheet.job.held, sheet.files) == (60_000, ())
    assert lines(label)["label", "suno credits"] == (0, 12)


def test_who_settles_is_told_how_its_run_goes_on(label: Label, ticket: str, tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_bytes(song(8.0))
    said = noktvrn("ticket", "settle", ticket, "--found", str(tmp_path / "song.mp3"))
    assert said.code == 0 and "noktvrn run resume run_0000000000001" in said.err
    assert "stored" in said.out and "outcome_unknown" not in said.out and "trouble before" in said.out


def test_files_a_person_found_pass_the_door(label: Label, ticket: str, tmp_path: Path) -> None:
    bad, good = tmp_path / "login.mp3", tmp_path / "song.mp3"
    bad.write_bytes(b"<html>Sign in</html>")
    good.write_bytes(song(8.0))
    with pytest.raises(LabelError) as caught:
        label.money.settle(ticket, found=[bad])
    assert caught.value.code == "outside.contract"
    done = label.money.settle(ticket, found=[good], charges=["12 suno credits"], cost="0.05", actor="ann")
    assert (done.state, done.cost, done.cost_known) == (TicketState.STORED, 50_000, True)
    sheet = label.money.job(ticket)
    assert sheet is not None
    assert [(file.media_type, round(file.duration_s or 0)) for file in sheet.files] == [("audio/mpeg", 8)]
    assert lines(label)["label", "suno credits"] == (12, 0)
    assert not label.house.verify_audit().findings


def test_a_cap_of_a_person_holds_for_words_too(label: Label) -> None:
    label.money.set_cap("task:titles", "0.000005", actor="ann")
    settings, clock = label.settings, SystemClock()
    scopes = caps_for(settings, provider="openai", task="titles", artist_id="", now=datetime.now(UTC))
    order = Order("k", "openai", "llm.titles", "a" * 64, scopes=scopes, worst_micros=6)

    async def send() -> Receipt:
        return Receipt("words", 6)

    desk = Tickets(label.office.studio.database, clock)
    with pytest.raises(BudgetSpent):
        run(desk.asked(order, send))
    label.money.set_cap("task:titles", None, actor="ann")
    assert run(Tickets(label.office.studio.database, clock).asked(order, send)).text == "words"
    assert label.money.caps() == []


def test_caps_are_shown_with_who_set_them(label: Label, ticket: str) -> None:
    label.money.set_cap("provider", "100", unit="suno credits", actor="ann")
    shown = {(one.scope, one.currency): (one.cap, one.set_by) for one in label.money.budgets()}
    assert shown[f"provider:{WHO}", "suno credits"] == (100, "ann")
    assert shown[f"provider:{WHO}", "USD"] == (None, "")


@pytest.mark.parametrize(
    "said",
    [
        lambda: amounts.charge("12"),
        lambda: amounts.charge("1.5 credits"),
        lambda: amounts.charge("5 USD"),
        lambda: amounts.charge("-5 credits"),
        lambda: amounts.micros("nan"),
        lambda: amounts.micros("-1"),
        lambda: amounts.in_unit("0.5", "suno credits"),
        lambda: amounts.scope("everything"),
        lambda: amounts.scope("artist:a b"),
        lambda: amounts.unit(" "),
        lambda: amounts.unit("x" * 41),
    ],
)
def test_what_is_no_amount_is_refused(said: object) -> None:
    with pytest.raises(Invalid):
        said()  # type: ignore[operator]


def test_amounts_are_read_as_people_write_them() -> None:
    assert amounts.charge(" 12  suno credits ") == ("suno credits", 12)
    assert amounts.in_unit("12.5", "USD") == 12_500_000
    assert amounts.unit("usd") == "USD"
    assert amounts.scope("provider:suno_gateway") == "provider:suno_gateway"
