"""Many calls, many failures: nobody is left without an answer or waits for ever, and the bill is right."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from tests.integration.llm.llm_samples import author, endpoint, titles_request, writer

from noktvrn.kernel.clock import SystemClock
from noktvrn.llm.job import Job
from noktvrn.llm.result import OrchestrationStatus, Outcome
from noktvrn.llm.text import DraftBase
from noktvrn.llm.titles import titles_job
from noktvrn.outbound.loop import run
from noktvrn.storage import tables
from noktvrn.storage.database import Database
from noktvrn.testing.fake_models import FakeModels

FAULTS = (
    "server_error",
    "busy",
    "reset",
    "cut",
    "hang_up",
    "html",
    "no_choices",
    "null",
    "cut_json",
    "refusal",
    "length",
    "too_long",
    "usage_missing",
    "usage_negative",
    "usage_absurd",
)
SHARE = 0.3
AT_ONCE = 25
LONGEST_S = 200.0  # the whole deadline and a loaded machine
FACTS = titles_job(titles_request()).facts


class Titles(DraftBase):
    titles: list[str]


def job(number: int) -> Job[Titles, tuple[str, ...]]:
    return Job(
        "titles", f"wish {number}", FACTS, Titles, lambda draft, _: tuple(draft.titles), lambda: ("Untold",)
    )


@pytest.mark.parametrize("calls", [500, pytest.param(10_000, marks=pytest.mark.long)])
def test_no_answer_is_lost_and_the_bill_is_the_servers_own(calls: int, database: Database) -> None:
    dice = random.Random(7)

    def chosen(_number: int, _body: dict[str, Any]) -> str:
        return dice.choice(FAULTS) if dice.random() < SHARE else ""

    longest = 0.0
    with FakeModels(author, chosen=chosen) as first, FakeModels(author, chosen=chosen) as second:
        found = endpoint(first.base_url), endpoint(second.base_url, "mistral")
        room = writer(database, *found, deadline_s=30, clock=SystemClock()).orchestrator

        async def caller(numbers: Any) -> list[Any]:
            nonlocal longest
            results = []
            for number in numbers:
                started = time.monotonic()
                results.append(await room.orchestrate(job(number)))
                longest = max(longest, time.monotonic() - started)
            return results

        async def all_of_them() -> list[Any]:
            numbers = iter(range(calls))
            found = await asyncio.gather(*(caller(numbers) for _ in range(AT_ONCE)))
            return [result for results in found for result in results]

        results = run(all_of_them())
        told_nano = first.told_nano + second.told_nano
        bill_nano = first.bill_nano + second.bill_nano
    assert len(results) == calls
    assert {result.status for result in results} <= {OrchestrationStatus.OK, OrchestrationStatus.DEGRADED}
    assert all(result.value for result in results)
    assert longest < LONGEST_S
    attempts = [one for result in results for one in result.attempts]
    known = sum(one.cost_micros for one in attempts if one.cost_known)
    assert known * 1000 == told_nano
    unknown = [one for one in attempts if not one.cost_known]
    assert unknown
    assert all(one.cost_micros > 0 for one in unknown)
    assert sum(one.cost_micros for one in attempts) * 1000 >= bill_nano
    with database.read() as connection:
        label = connection.execute(sa.select(tables.budgets).where(tables.budgets.c.scope == "label")).one()
        open_tickets = connection.scalar(
            sa.select(sa.func.count()).select_from(tables.tickets).where(tables.tickets.c.state == "open")
        )
        sessions = connection.scalar(sa.select(sa.func.count()).select_from(tables.llm_sessions))
    assert (label.held, label.spent) == (0, sum(one.cost_micros for one in attempts))
    assert (open_tickets, sessions) == (0, calls)
    assert {one.outcome for one in attempts} >= {Outcome.ANSWERED, Outcome.UNKNOWN}


def test_two_hundred_at_once_on_a_budget_for_fifty(database: Database) -> None:
    with FakeModels(author, "slow") as fake:
        worst = 7259
        room = writer(
            database, endpoint(fake.base_url), budget=50 * worst, deadline_s=30, clock=SystemClock()
        ).orchestrator
        only = replace(titles_job(titles_request()), embedded=None)

        async def all_of_them() -> list[Any]:
            each = (room.orchestrate(replace(only, wish=f"wish {number}")) for number in range(200))
            return await asyncio.gather(*each)

        results = run(all_of_them())
        billed = fake.count
    over = [result for result in results if result.status is OrchestrationStatus.OVER_BUDGET]
    done = [result for result in results if result.status is OrchestrationStatus.OK]
    assert len(over) + len(done) == 200
    assert len(done) == billed
    assert sum(result.cost_micros for result in done) <= 50 * worst
