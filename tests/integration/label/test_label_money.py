"""Tickets and budgets from the shell: shown, settled by a person, and every word of theirs in the books."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.integration.label.shell import noktvrn

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import Unavailable
from noktvrn.label.label import Label, open_label
from noktvrn.llm.result import Reply
from noktvrn.outbound import counter
from noktvrn.outbound.budgets import caps_for
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.outbound.loop import run
from noktvrn.outbound.scribe import Scribe
from noktvrn.outbound.tickets import Order, Receipt, Tickets
from noktvrn.settings import Settings

CAPS = {"NOKTVRN_BUDGET": "1.00", "NOKTVRN_BUDGET_TASK": "0.95"}


@pytest.fixture(autouse=True)
def label(monkeypatch: pytest.MonkeyPatch) -> Iterator[Label]:
    for name, value in CAPS.items():
        monkeypatch.setenv(name, value)
    with open_label(Settings(_env_file=None)) as opened:
        yield opened


def asked(label: Label, key: str, receipt: Receipt | None, *, at: datetime | None = None) -> str:
    """The id of a ticket that was answered so, or whose outcome nobody knows."""
    clock = FixedClock(at or datetime.now(UTC))
    settings, database = label.settings, label.office.studio.database
    scopes = caps_for(settings, provider="openai", task="titles", artist_id="", now=clock.now())
    order = Order(key, "openai", "llm.titles", "a" * 64, scopes=scopes, worst_micros=300_000)

    async def send() -> Receipt:
        if receipt is None:
            raise Unavailable("cut off", code=OUTCOME_UNKNOWN)
        return receipt

    try:
        run(Tickets(database, clock).asked(order, send))
    except Unavailable:
        assert receipt is None
    return next(one.id for one in label.money.tickets() if one.key == key)


def test_an_empty_book_says_so() -> None:
    assert noktvrn("ticket", "list").out == "Nothing was asked of the outside.\n"
    assert noktvrn("budget", "show").out == "Nothing was spent.\n"
    assert noktvrn("ticket", "list", "--json").data == []


def test_tickets_and_budgets_are_shown(label: Label) -> None:
    known = asked(label, "a", Receipt("words", 20_000))
    lost = asked(label, "b", None)
    rows = {row["ticket_id"]: row for row in noktvrn("ticket", "list", "--json").data}
    assert (rows[known]["state"], rows[known]["cost_micros"], rows[known]["cost_known"]) == (
        "answered",
        20_000,
        True,
    )
    assert (rows[lost]["state"], rows[lost]["cost_micros"], rows[lost]["cost_known"]) == (
        "unknown",
        300_000,
        False,
    )
    assert [row["ticket_id"] for row in noktvrn("ticket", "list", "--state", "unknown", "--json").data] == [
        lost
    ]
    shown = noktvrn("ticket", "show", lost).out
    assert "0.300000 at most USD" in shown
    assert f"noktvrn ticket settle {lost} --lost" in shown
    budgets = {row["scope"]: row for row in noktvrn("budget", "show", "--json").data}
    assert budgets["label"] == {
        "scope": "label",
        "currency": "USD",
        "spent_micros": 320_000,
        "held_micros": 0,
        "cap_micros": 1_000_000,
    }
    assert budgets["task:titles"]["cap_micros"] == 950_000
    assert budgets["provider:openai"]["cap_micros"] is None
    assert "1.000000" in noktvrn("budget", "show").out


def test_a_person_settles(label: Label, tmp_path: Path) -> None:
    lost, found, dear = (asked(label, key, None) for key in ("a", "b", "c"))
    answer = tmp_path / "answer.txt"
    answer.write_text('{"titles": ["Night"]}', "utf-8")
    assert noktvrn("ticket", "settle", lost, "--lost", "--json").data["cost_micros"] == 0
    done = noktvrn("ticket", "settle", found, "--found", str(answer), "--cost", "0.25", "--json").data
    assert (done["state"], done["cost_micros"], done["cost_known"]) == ("answered", 250_000, True)
    stored = Reply.model_validate_json(str(label.money.ticket(found).data["text"]))
    assert (stored.text, stored.finish) == ('{"titles": ["Night"]}', "stop")
    assert noktvrn("ticket", "settle", dear, "--cost", "0.01").code == 0
    spent = {row["scope"]: row["spent_micros"] for row in noktvrn("budget", "show", "--json").data}
    assert spent["label"] == 260_000
    assert noktvrn("audit", "verify").code == 0


def test_what_cannot_be_settled(label: Label, tmp_path: Path) -> None:
    ticket = asked(label, "a", None)
    picture = tmp_path / "answer.png"
    picture.write_bytes(b"\x89PNG\xff")
    wrong = {
        (): ("ticket.nothing_said", 2),
        ("--cost", "a lot"): ("ticket.bad_cost", 2),
        ("--cost", "-1"): ("ticket.bad_cost", 2),
        ("--cost", "NaN"): ("ticket.bad_cost", 2),
        ("--lost", "--cost", "1"): ("ticket.contradiction", 2),
        ("--found", "nowhere.txt"): ("ticket.no_file", 3),
        ("--found", str(picture)): ("ticket.bad_file", 2),
    }
    for words, (code, number) in wrong.items():
        said = noktvrn("ticket", "settle", ticket, *words, "--json")
        assert (said.problem["code"], said.code) == (code, number)
        assert said.problem["hint"]
    assert noktvrn("ticket", "show", "tkt_0000000000000").code == 3
    assert noktvrn("ticket", "show", "nonsense").code == 2
    assert noktvrn("ticket", "settle", ticket, "--lost").code == 0
    assert noktvrn("ticket", "settle", ticket, "--lost").code == 4


def test_what_a_dead_process_held_is_charged_when_somebody_looks(label: Label) -> None:
    database = label.office.studio.database
    long_ago = FixedClock(datetime.now(UTC) - timedelta(days=1))
    scopes = caps_for(label.settings, provider="openai", task="titles", artist_id="", now=long_ago.now())
    order = Order("k", "openai", "llm.titles", "a" * 64, scopes=scopes, worst_micros=300_000)
    Scribe(database).write_now(lambda books: counter.opened(books, order, long_ago.now()))
    budgets = {row["scope"]: row for row in noktvrn("budget", "show", "--json").data}
    assert (budgets["label"]["spent_micros"], budgets["label"]["held_micros"]) == (300_000, 0)
