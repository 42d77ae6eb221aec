"""Money where it is made hard: absurd claims, outcomes nobody knows, desks opened twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.integration.llm.llm_samples import NOW, TITLES, author, embedded, endpoint, titles_request, writer

from noktvrn.kernel.clock import FixedClock
from noktvrn.llm import protocol
from noktvrn.llm.endpoints import Endpoint
from noktvrn.llm.job import Job
from noktvrn.llm.result import OrchestrationStatus, Outcome, Reply
from noktvrn.llm.titles import titles_job
from noktvrn.outbound.budgets import overview
from noktvrn.outbound.loop import run
from noktvrn.outbound.tickets import Tickets
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import tickets, words
from noktvrn.storage.ledger.tickets import Ticket, TicketState
from noktvrn.testing.fake_models import FakeModels

NOWHERE = "http://127.0.0.1:9/v1"


def job(seed: int = 1) -> Job[Any, tuple[str, ...]]:
    request = titles_request(seed)
    return replace(titles_job(request), embedded=lambda: embedded().titles(request))


def label(database: Database) -> tuple[int, int]:
    """Spent and held of the whole label."""
    with database.read() as connection:
        return next((one.spent, one.held) for one in overview(connection) if one.scope == "label")


def all_tickets(database: Database) -> list[Ticket]:
    with database.read() as connection:
        return tickets.every(connection)


def test_an_absurd_claim_is_charged_at_the_worst_case_and_no_more(database: Database) -> None:
    with FakeModels(author, "usage_absurd") as fake:
        room = writer(database, endpoint(fake.base_url), budget=20_000).orchestrator
        for seed in range(5):
            room.run(job(seed))
        assert fake.count == 2  # a third worst case has no room
    spent, held = label(database)
    assert held == 0
    assert 10_000 < spent <= 20_000
    assert spent == sum(ticket.cost or 0 for ticket in all_tickets(database))


def test_what_is_lost_by_a_persons_word_is_asked_again_and_only_then(database: Database) -> None:
    with FakeModels(author, "reset") as fake:
        first = writer(database, endpoint(fake.base_url)).orchestrator.run(job())
        assert first.status is OrchestrationStatus.DEGRADED
        (ticket,) = all_tickets(database)
        assert ticket.state is TicketState.UNKNOWN
        later = FixedClock(NOW + timedelta(minutes=10))
        writer(database, endpoint(fake.base_url), clock=later).orchestrator.run(job())
        assert fake.count == 1
        Tickets(database, later).settle(ticket.id, lost=True)
        fake.faults.clear()
        assert label(database) == (0, 0)
        again = writer(database, endpoint(fake.base_url), clock=later).orchestrator.run(job())
        assert (again.status, again.value, fake.count) == (OrchestrationStatus.OK, tuple(TITLES), 2)
    with FakeModels(author) as fake:
        found = writer(database, endpoint(fake.base_url), clock=later).orchestrator.run(job())
        assert (found.cost_micros, fake.count) == (again.cost_micros, 1)  # another address is another server
    assert label(database) == (2 * again.cost_micros, 0)


def test_two_desks_of_one_process_pay_one_model_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def slowly(one: Endpoint, *_told: Any) -> Reply:
        asked.append(one.name)
        await asyncio.sleep(0.2)
        return Reply(text=author(BODY), finish="stop", input_tokens=10, output_tokens=10)

    monkeypatch.setattr(protocol, "ask", slowly)
    first, second = (writer(database, endpoint(NOWHERE)).orchestrator for _ in range(2))

    async def both() -> list[Any]:
        begun = asyncio.ensure_future(first.orchestrate(job()))
        while not asked:
            await asyncio.sleep(0.01)
        return [await second.orchestrate(job()), await begun]

    late, early = run(both())
    assert asked == ["openai"]
    assert (early.status, late.status) == (OrchestrationStatus.OK, OrchestrationStatus.DEGRADED)
    assert [attempt.outcome for attempt in early.attempts] == [Outcome.ANSWERED]
    (ticket,) = all_tickets(database)
    assert ticket.state is TicketState.ANSWERED  # the late answer is the truth
    assert label(database) == (early.cost_micros, 0)


def test_who_was_asked_before_and_rests_by_now_is_told_as_resting(database: Database) -> None:
    with FakeModels(author, "quota") as fake, FakeModels(author, "quota") as spare:
        found = endpoint(fake.base_url), endpoint(spare.base_url, "mistral")
        writer(database, *found).orchestrator.run(job())
        again = writer(database, *found).orchestrator.run(job())
        assert (fake.count, spare.count) == (1, 1)
    told = [(attempt.outcome, attempt.code) for attempt in again.attempts]
    assert told == [(Outcome.SKIPPED, "llm.resting")] * 2
    with database.read() as connection:
        written = [call.outcome for call in words.calls_of(connection, again.session_id)]
    assert written == ["skipped"] * 2
    assert label(database) == (0, 0)


BODY = {"messages": [{"content": "titles <data>"}]}


def test_a_ticket_knows_the_run_that_its_words_are_for(database: Database) -> None:
    with FakeModels(author) as fake:
        room = writer(database, endpoint(fake.base_url)).orchestrator
        for seed, subject in enumerate(["run_0000000000001", "art_0000000000001", ""]):
            room.run(replace(job(seed), subject=subject))
    assert sorted(ticket.run_id for ticket in all_tickets(database)) == ["", "", "run_0000000000001"]
