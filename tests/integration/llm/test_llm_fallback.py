"""Who goes on when a model does not: spares, rests, deadlines, unknown outcomes, notices, cancellation."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.integration.llm.llm_samples import (
    KEY,
    NOW,
    TITLES,
    author,
    embedded,
    endpoint,
    titles_request,
    writer,
)

from noktvrn.kernel.clock import FixedClock
from noktvrn.llm.job import Job
from noktvrn.llm.notices import LlmNotice
from noktvrn.llm.result import OrchestrationStatus, Outcome
from noktvrn.llm.titles import titles_job
from noktvrn.llm.writer import LlmWriter
from noktvrn.outbound.loop import run
from noktvrn.storage import tables
from noktvrn.storage.database import Database
from noktvrn.testing.fake_models import FakeModels

DEADLINE_S = 0.8


def job(seed: int = 1, **more: Any) -> Job[Any, tuple[str, ...]]:
    request = titles_request(seed)
    plain = replace(titles_job(request), embedded=lambda: embedded().titles(request), request=request)
    return replace(plain, **more)


def test_a_spare_goes_on_after_an_unknown_outcome_and_both_are_counted(database: Database) -> None:
    with FakeModels(author, "reset") as broken, FakeModels(author) as spare:
        room = writer(database, endpoint(broken.base_url), endpoint(spare.base_url, "mistral")).orchestrator
        result = room.run(job())
        assert [one.outcome for one in result.attempts] == [Outcome.UNKNOWN, Outcome.ANSWERED]
        assert [one.cost_known for one in result.attempts] == [False, True]
        with database.read() as connection:
            spent = connection.scalar(
                sa.select(tables.budgets.c.spent).where(tables.budgets.c.scope == "label")
            )
        assert spent == result.cost_micros
        again = room.run(job())
        assert again.value == result.value
        assert (broken.count, spare.count) == (1, 1)


def test_with_the_strict_setting_nobody_is_paid_after_an_unknown_outcome(database: Database) -> None:
    with FakeModels(author, "reset") as broken, FakeModels(author) as spare:
        found = endpoint(broken.base_url), endpoint(spare.base_url, "mistral")
        result = writer(database, *found, llm_unknown="embedded").orchestrator.run(job())
        assert result.status is OrchestrationStatus.DEGRADED
        assert result.value == embedded().titles(titles_request())
        assert (broken.count, spare.count) == (1, 0)


def test_a_free_server_may_be_asked_again(database: Database) -> None:
    with FakeModels(author, "reset", "none") as own:
        clock = FixedClock(NOW)
        free = endpoint(own.base_url, "local", free=True)
        assert writer(database, free, clock=clock).orchestrator.run(job()).attempts[0].cost_known
        clock.advance(timedelta(minutes=1))
        assert writer(database, free, clock=clock).titles(titles_request()) == tuple(TITLES)
        assert own.count == 2


@pytest.mark.parametrize("fault", ["busy", "rate_limited_ms"])
def test_the_last_one_is_waited_for_a_moment(fault: str, database: Database) -> None:
    with FakeModels(author, fault, "none") as fake:
        result = writer(database, endpoint(fake.base_url)).orchestrator.run(job())
        assert result.value == tuple(TITLES)
        assert fake.count == 2


def test_a_cut_answer_gets_more_room_once_where_there_is_no_spare(database: Database) -> None:
    with FakeModels(author, "length", "none") as fake:
        room = writer(database, endpoint(fake.base_url, longest_answer=64_000)).orchestrator
        result = room.run(job())
        limits = [body["max_tokens"] for body in fake.requests]
    assert result.value == tuple(TITLES)
    assert limits[1] == 2 * limits[0]


def test_a_run_waits_for_a_dead_server_once_and_finds_it_well_again(database: Database) -> None:
    clock = FixedClock(NOW)
    with FakeModels(author, "none", "hang") as fake:
        one = writer(database, endpoint(fake.base_url), deadline_s=DEADLINE_S, clock=clock)
        assert one.titles(titles_request(seed=1)) == tuple(TITLES)
        for seed in range(2, 9):
            one.titles(titles_request(seed=seed))
        assert fake.count == 2  # one in two failed: from here on it is left alone
        assert one.titles(titles_request(seed=1)) == tuple(TITLES)  # what is paid for is used all the same
        fake.faults = []
        clock.advance(timedelta(minutes=10))
        assert one.titles(titles_request(seed=20)) == tuple(TITLES)
        assert fake.count == 3


def test_all_attempts_share_one_deadline(database: Database) -> None:
    with FakeModels(author, "hang") as fake:
        names = ("openai", "mistral", "grok", "deepseek")
        found = [replace(endpoint(fake.base_url, name), model=name) for name in names]
        room = writer(database, *found, deadline_s=DEADLINE_S, llm_deadline_s=1.2).orchestrator
        started = time.monotonic()
        result = room.run(job())
        assert time.monotonic() - started < 5
        asked = fake.count  # two where the machine has time for two
    assert asked in (1, 2)
    assert [one.outcome for one in result.attempts[asked:]] == [Outcome.SKIPPED] * (4 - asked)
    assert result.status is OrchestrationStatus.DEGRADED


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("refusal", OrchestrationStatus.REFUSED),
        ("filtered_prompt", OrchestrationStatus.REFUSED),
        ("quota", OrchestrationStatus.FAILED),
        ("prose", OrchestrationStatus.FAILED),
    ],
)
def test_what_only_a_model_can_write_ends_without_a_value(
    fault: str, status: OrchestrationStatus, database: Database
) -> None:
    with FakeModels(author, fault) as fake:
        result = writer(database, endpoint(fake.base_url)).orchestrator.run(job(embedded=None))
    assert (result.status, result.value) == (status, None)


def test_without_room_in_the_budget_no_request_leaves(database: Database) -> None:
    with FakeModels(author) as fake:
        room = writer(database, endpoint(fake.base_url), budget=10).orchestrator
        assert room.run(job()).status is OrchestrationStatus.DEGRADED
        result = room.run(job(embedded=None))
        assert result.status is OrchestrationStatus.OVER_BUDGET
        assert [one.code for one in result.attempts] == ["budget.full"]
        assert fake.count == 0


def test_an_artists_own_budget_pays_for_its_words(database: Database) -> None:
    with FakeModels(author) as fake:
        room = writer(database, endpoint(fake.base_url), budget_artist=10).orchestrator
        one = LlmWriter(room, embedded(), artist_of={"run_1": "art_1"}.__getitem__)
        request = titles_request()
        assert one.titles(request.model_copy(update={"subject": "run_1"})) == embedded().titles(request)
        assert [note.code for note in one.fallbacks] == ["budget.full"]
        assert one.titles(request) == tuple(TITLES)
        assert fake.count == 1


def test_without_any_model_the_embedded_writer_is_the_plan(database: Database) -> None:
    room = writer(database).orchestrator
    result = room.run(job())
    assert (result.status, result.provider, result.attempts) == (OrchestrationStatus.OK, "embedded", ())
    with database.read() as connection:
        (session,) = connection.execute(sa.select(tables.llm_sessions))
    assert (session.session_id, session.status, session.task) == (result.session_id, "ok", "titles")


def test_notices_are_few_and_hold_nothing_of_the_request(database: Database) -> None:
    told: list[LlmNotice] = []
    clock = FixedClock(NOW)
    with FakeModels(author, "key") as fake, FakeModels(author) as spare:
        found = endpoint(fake.base_url), endpoint(spare.base_url, "mistral")
        room = writer(database, *found, clock=clock, tell=told.append).orchestrator
        for seed in range(5):
            room.run(job(seed=seed))
        critical = [one for one in told if one.critical]
        assert [(one.event, one.category) for one in critical] == [("llm.needs_you", "key refused")]
        clock.advance(timedelta(minutes=20))
        room.run(job(seed=9))
        assert len([one for one in told if one.critical]) == 2
    assert KEY not in repr(told)
    assert "night drives" not in repr(told)


def test_one_loud_notice_when_all_fail(database: Database) -> None:
    told: list[LlmNotice] = []
    with FakeModels(author, "reset") as fake:
        found = endpoint(fake.base_url), replace(endpoint(fake.base_url, "mistral"), model="model-2")
        room = writer(database, *found, tell=told.append).orchestrator
        for seed in range(4):
            assert room.run(job(seed=seed)).status is OrchestrationStatus.DEGRADED
    assert [one.event for one in told if one.critical] == ["llm.all_failed"]
    assert [one.category for one in told if one.event == "llm.fallback"] == ["unknown outcome"] * 2 + [
        "resting"
    ] * 2


def test_cancelling_closes_the_connection_and_leaves_nothing_behind(database: Database) -> None:
    with FakeModels(author, "hang") as fake:
        room = writer(database, endpoint(fake.base_url), deadline_s=30).orchestrator

        async def give_up() -> set[str]:
            before = asyncio.all_tasks()
            task = asyncio.create_task(room.orchestrate(job()))
            await asyncio.to_thread(fake.arrived.wait, 5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return {repr(left) for left in asyncio.all_tasks() - before - {task}}

        assert run(give_up()) == set()
        _gone(fake)
    _check_cancelled(database)


def test_a_listener_that_leaves_cancels_the_stream(database: Database) -> None:
    with FakeModels(author, "stream_stall") as fake:
        room = writer(database, endpoint(fake.base_url), deadline_s=30).orchestrator

        async def leave() -> None:
            async with aclosing(room.stream(job())) as pieces:
                async for _ in pieces:
                    return

        run(leave())
        _gone(fake)
    _check_cancelled(database)


def _gone(fake: FakeModels) -> None:
    until = time.monotonic() + 5
    while fake.open_connections and time.monotonic() < until:
        time.sleep(0.01)
    assert fake.open_connections == 0


def _check_cancelled(database: Database) -> None:
    with database.read() as connection:
        (session,) = connection.execute(sa.select(tables.llm_sessions))
        (call,) = connection.execute(sa.select(tables.llm_calls))
        held = connection.scalar(sa.select(tables.budgets.c.held).where(tables.budgets.c.scope == "label"))
    assert (session.status, call.outcome, call.cost, held) == ("cancelled", "cancelled", None, 0)
