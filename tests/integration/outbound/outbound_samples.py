"""Ledgers with tickets and budgets in them, and what the books have to add up to."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime

import sqlalchemy as sa

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import BudgetSpent
from noktvrn.outbound.budgets import Scope, overview
from noktvrn.outbound.counter import Order
from noktvrn.outbound.loop import run
from noktvrn.outbound.tickets import Receipt, Tickets
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import tickets
from noktvrn.storage.ledger.tickets import Ticket, TicketState

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LABEL = Scope("label", 500)


def order(key: str, worst: int = 10, *scopes: Scope, deadline_s: float = 60.0) -> Order:
    return Order(
        key=key,
        provider="openai",
        purpose="llm.titles",
        request_hash="a" * 64,
        scopes=scopes,
        worst_micros=worst,
        deadline_s=deadline_s,
    )


def desk(database: Database) -> Tickets:
    return Tickets(database, FixedClock(NOW))


def crowd(database: Database, name: str, callers: int) -> int:
    """How many of so many callers at once got an answer, of 10 micro-dollars each."""
    tickets = desk(database)
    billed = 0

    async def send() -> Receipt:
        nonlocal billed
        billed += 1
        await asyncio.sleep(0.01)
        return Receipt("words", 10)

    async def one(number: int) -> None:
        with contextlib.suppress(BudgetSpent):
            await tickets.asked(order(f"{name}{number}", 10, LABEL, Scope("task:lyrics")), send)

    async def all_of_them() -> None:
        await asyncio.gather(*(one(number) for number in range(callers)))

    run(all_of_them())
    return billed


def books(database: Database) -> dict[str, tuple[int, int]]:
    """Spent and held of every scope."""
    with database.read() as connection:
        return {one.scope: (one.spent, one.held) for one in overview(connection)}


def all_tickets(database: Database) -> list[Ticket]:
    with database.read() as connection:
        return tickets.every(connection, limit=10_000)


def state_of(database: Database, key: str) -> Ticket:
    with database.read() as connection:
        found = tickets.find(connection, key)
    assert found is not None
    return found


def assert_balanced(database: Database) -> None:
    """Every scope holds what its open tickets hold, and has spent what all its tickets cost."""
    told: dict[str, list[int]] = {}
    for ticket in all_tickets(database):
        for scope in ticket.scopes:
            sums = told.setdefault(scope.name, [0, 0])
            sums[0] += ticket.cost or 0
            sums[1] += ticket.held
            assert ticket.held == 0 or ticket.state is TicketState.OPEN
    found = books(database)
    assert {name: tuple(sums) for name, sums in told.items() if any(sums)} == {
        name: both for name, both in found.items() if any(both)
    }
    assert all(spent >= 0 and held >= 0 for spent, held in found.values())


def wipe(database: Database) -> None:
    with database.begin() as connection:
        for table in ("tickets", "budgets"):
            connection.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 - two names of ours
