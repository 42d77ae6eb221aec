"""Budgets: exactly as much as the cap says, whoever asks at once; and books that always balance."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.integration.outbound.outbound_samples import (
    NOW,
    all_tickets,
    assert_balanced,
    books,
    crowd,
    order,
    wipe,
)

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import BudgetSpent, LabelError, Refused, Unavailable
from noktvrn.kernel.ids import derive
from noktvrn.outbound.budgets import BudgetNotice, Scope, caps_for, reserve, settle
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.outbound.loop import run
from noktvrn.outbound.scribe import Scribe
from noktvrn.outbound.tickets import Receipt, Tickets
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger.tickets import TicketState

pytestmark = pytest.mark.both

ROOT = Path(__file__).parents[3]
CHILD = """
    import asyncio, sys
    from pathlib import Path
    from noktvrn.settings import Settings
    from noktvrn.storage.database import Database
    from tests.integration.outbound.outbound_samples import crowd

    home, url, name = sys.argv[1:]
    database = Database(Settings(home=Path(home), database_url=url or None, _env_file=None))
    print("ready", flush=True)
    sys.stdin.readline()
    print(crowd(database, name, 100))
    database.close()
"""


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = Database(settings)
    migrate.upgrade(opened)
    yield opened
    opened.close()


def test_two_hundred_callers_on_a_budget_for_fifty(database: Database) -> None:
    assert crowd(database, "a", 200) == 50
    assert books(database) == {"label": (500, 0), "task:lyrics": (500, 0)}
    assert len(all_tickets(database)) == 50
    assert crowd(database, "b", 5) == 0
    assert_balanced(database)


def test_two_processes_on_a_budget_for_fifty(database: Database, settings: Settings) -> None:
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    words = [sys.executable, "-c", textwrap.dedent(CHILD), str(settings.home), url]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    children = [subprocess.Popen([*words, name], **pipes) for name in ("a", "b")]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    billed = []
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        billed.append(int(child.communicate(timeout=60)[0]))
        assert child.returncode == 0
    assert sum(billed) == 50
    assert books(database)["label"] == (500, 0)
    assert_balanced(database)


def test_a_full_scope_keeps_nothing_held_in_the_others(database: Database) -> None:
    scopes = (Scope("label"), Scope("day:2026-11-21", 30), Scope("artist:art_1", 15))
    with database.begin() as connection:
        assert reserve(connection, scopes, 10, at=NOW) is None
        assert reserve(connection, scopes, 10, at=NOW) == scopes[2]
        assert reserve(connection, scopes, 31, at=NOW) == scopes[1]
        assert reserve(connection, (), 10, at=NOW) is None
    assert books(database) == dict.fromkeys(("label", "day:2026-11-21", "artist:art_1"), (0, 10))
    with database.begin() as connection, pytest.raises(ValueError, match="less than nothing"):
        reserve(connection, scopes, -1, at=NOW)


def test_nothing_may_be_spent_where_the_cap_is_nothing(database: Database) -> None:
    with database.begin() as connection:
        assert reserve(connection, (Scope("label", 0),), 1, at=NOW) == Scope("label", 0)
        assert reserve(connection, (Scope("label", 0),), 0, at=NOW) is None


def test_a_cost_that_nobody_held_is_counted(database: Database) -> None:
    with database.begin() as connection:
        settle(connection, (Scope("label"),), 0, 7, at=NOW)
    assert books(database) == {"label": (7, 0)}


def test_people_are_told_once_at_eighty_and_at_a_hundred_percent(database: Database) -> None:
    told: list[BudgetNotice] = []
    tickets = Tickets(database, FixedClock(NOW), notify=told.append)

    async def send() -> Receipt:
        return Receipt("words", 10)

    for number in range(10):
        run(tickets.asked(order(f"k{number}", 10, Scope("label", 100), Scope("free")), send))
    for number in (10, 11):
        with pytest.raises(BudgetSpent) as caught:
            run(tickets.asked(order(f"k{number}", 10, Scope("label", 100), Scope("free")), send))
        assert caught.value.code == "budget.full"
    # The refusals tell it once more, in case the last settlement fell short of the cap.
    assert [(one.scope, one.percent) for one in told] == [("label", 80), ("label", 100), ("label", 100)]
    assert told[0] == BudgetNotice("label", 80, 80, 100)


def test_the_caps_come_from_the_settings() -> None:
    none = Settings(_env_file=None)
    told = {"provider": "openai", "task": "lyrics", "now": NOW}
    assert caps_for(none, artist_id="art_1", **told) == (  # type: ignore[arg-type]
        Scope("label"),
        Scope("day:2026-11-21"),
        Scope("provider:openai"),
        Scope("task:lyrics"),
        Scope("artist:art_1"),
    )
    some = Settings(budget="12.50", budget_day="1", budget_task="0.000001", _env_file=None)
    caps = [scope.cap_micros for scope in caps_for(some, artist_id="", **told)]  # type: ignore[arg-type]
    assert caps == [12_500_000, 1_000_000, None, 1]


@pytest.mark.parametrize("value", ["-1", "a lot", "0.0000001", "NaN", "Infinity", "1e40"])
def test_an_amount_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"budget|BUDGET"):
        Settings(budget=value, _env_file=None)


STEPS = st.tuples(
    st.sampled_from(
        ["answer", "dearer", "refusal", "loss", "cancel", "kill", "sweep", "lost", "found", "cost"]
    ),
    st.integers(0, 5),  # which key
    st.integers(0, 120),  # the worst case
    st.integers(0, 120),  # the cost
)


class Life:
    """A label that asks, fails, dies and settles as it is told."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FixedClock(NOW)
        self.scribe = Scribe(database)
        self.tickets = Tickets(database, self.clock, self.scribe)
        self.scopes = (Scope("label", 300), Scope("day:2026-11-21"), Scope("artist:art_1", 250))

    def step(self, what: str, key: int, worst: int, cost: int) -> None:
        with contextlib.suppress(LabelError, asyncio.CancelledError):
            self._play(what, f"k{key}", worst, min(cost, worst) if what != "dearer" else cost)
        assert_balanced(self.database)

    def _play(self, what: str, key: str, worst: int, cost: int) -> None:
        if what == "sweep":
            self.tickets.sweep(NOW.replace(hour=20))
        elif what in ("lost", "found", "cost"):
            self._settle(what, key, cost)
        elif what == "kill":
            self._left_open(key, worst)
        else:
            run(self.tickets.asked(order(key, worst, *self.scopes), lambda: self._send(what, cost)))

    async def _send(self, what: str, cost: int) -> Receipt:
        if what == "refusal":
            raise Refused("no")
        if what == "loss":
            raise Unavailable("cut off", code=OUTCOME_UNKNOWN)
        if what == "cancel":
            raise asyncio.CancelledError
        return Receipt("words", cost)

    def _left_open(self, key: str, worst: int) -> None:
        """What a killed process leaves behind: a committed opening."""
        from noktvrn.outbound import counter

        wanted = order(key, worst, *self.scopes)
        self.scribe.write_now(lambda connection: counter.opened(connection, wanted, NOW))

    def _settle(self, what: str, key: str, cost: int) -> None:
        ticket = derive("ticket", key)
        if what == "lost":
            self.tickets.settle(ticket, lost=True)
        else:
            self.tickets.settle(ticket, found_text="words" if what == "found" else None, cost=cost)


@hypothesis_settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(steps=st.lists(STEPS, max_size=14))
def test_the_books_balance_after_every_step_of_any_life(
    database: Database, steps: list[tuple[str, int, int, int]]
) -> None:
    wipe(database)
    life = Life(database)
    for step in steps:
        life.step(*step)
    life.tickets.sweep(NOW.replace(hour=20))
    assert all(ticket.state is not TicketState.OPEN for ticket in all_tickets(database))
    assert all(held == 0 for _, held in books(database).values())
    spent = books(database).get("label", (0, 0))[0]
    assert spent == sum(ticket.cost or 0 for ticket in all_tickets(database))
