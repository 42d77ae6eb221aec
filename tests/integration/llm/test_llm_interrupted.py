"""Callers who leave in the middle: every moment has its books, and nobody else is held up."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.integration.llm.llm_samples import NOW, TITLES, author, embedded, endpoint, titles_request, writer

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import Invalid, Unavailable
from noktvrn.llm import protocol
from noktvrn.llm.cache import Cache
from noktvrn.llm.endpoints import Endpoint
from noktvrn.llm.job import Job
from noktvrn.llm.orchestrator import Orchestrator
from noktvrn.llm.result import OrchestrationStatus, Outcome, Reply
from noktvrn.llm.titles import titles_job
from noktvrn.outbound.budgets import overview
from noktvrn.outbound.loop import run
from noktvrn.outbound.rules import Trace
from noktvrn.outbound.scribe import Scribe
from noktvrn.outbound.tickets import Tickets
from noktvrn.outbound.wire import tell
from noktvrn.storage import tables
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import tickets
from noktvrn.storage.ledger.tickets import TicketState
from noktvrn.testing.fake_models import FakeModels

GOOD = Reply(text=json.dumps({"titles": TITLES}), finish="stop", input_tokens=10, output_tokens=10)
NOWHERE = "http://127.0.0.1:9/v1"


def job(seed: int = 1, **more: Any) -> Job[Any, tuple[str, ...]]:
    request = titles_request(seed)
    return replace(titles_job(request), embedded=lambda: embedded().titles(request), **more)


def statuses(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(sa.select(tables.llm_sessions.c.status)).scalars())


def held(database: Database) -> int:
    with database.read() as connection:
        return sum(one.held for one in overview(connection))


def test_a_face_that_leaves_while_the_model_is_far_ahead_holds_nobody_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = threading.Event()

    async def endless(*_told: Any) -> AsyncIterator[str | Reply]:
        try:
            while True:
                yield "word "
        finally:
            closed.set()

    monkeypatch.setattr(protocol, "stream", endless)
    room = writer(database, endpoint(NOWHERE)).orchestrator

    async def leave() -> None:
        async with aclosing(room.stream(job())) as pieces:
            assert (await anext(pieces)).text == "word "
            await asyncio.sleep(0.05)  # by now the model is as far ahead as it may be

    run(asyncio.wait_for(leave(), 5.0))
    assert closed.is_set()
    assert statuses(database) == ["cancelled"]
    assert held(database) == 0


def leaving_at_the_close(room: Orchestrator, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Asks, and is cancelled in the moment in which the answer goes into the books."""
    handed: list[Any] = []
    asking: list[asyncio.Task[Any]] = []
    scribe, answered = room.desk.scribe, threading.Event()
    hand = scribe.handed

    def spied(work: Any, **more: Any) -> asyncio.Future[Any]:
        future = hand(work, **more)
        if answered.is_set() and not handed:
            handed.append(future)
            asking[0].cancel()
        return future

    async def answers(*_told: Any) -> Reply:
        answered.set()
        return GOOD

    monkeypatch.setattr(scribe, "handed", spied)
    monkeypatch.setattr(protocol, "ask", answers)

    async def leave() -> None:
        asking.append(asyncio.ensure_future(room.orchestrate(job())))
        await asyncio.wait(asking)
        assert asking[0].cancelled(), asking[0]

    return lambda: run(asyncio.wait_for(leave(), 5.0))


def test_who_leaves_while_the_answer_is_written_down_leaves_one_session(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = writer(database, endpoint(NOWHERE)).orchestrator
    leaving_at_the_close(room, monkeypatch)()
    assert len(statuses(database)) == 1
    assert held(database) == 0
    again = writer(database, endpoint(NOWHERE)).orchestrator.run(job())
    assert (again.status, again.value, again.cost_micros) == (OrchestrationStatus.OK, tuple(TITLES), 0)


def test_an_answer_is_used_though_the_ledger_was_too_busy_to_take_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def answers(one: Endpoint, *_told: Any) -> Reply:
        asked.append(one.name)
        return GOOD

    async def busy(*_told: Any) -> None:
        raise Unavailable("The ledger is busy.", code="database.busy")

    room = writer(database, endpoint(NOWHERE), endpoint(NOWHERE, "mistral")).orchestrator
    monkeypatch.setattr(protocol, "ask", answers)
    monkeypatch.setattr(room.desk.tickets, "_uncancelled", busy)
    result = room.run(job())
    assert (result.status, result.value) == (OrchestrationStatus.OK, tuple(TITLES))
    assert asked == ["openai"]
    assert statuses(database) == ["ok"]
    new_process = Tickets(database, FixedClock(NOW))
    assert new_process.sweep(NOW + timedelta(hours=1)) == 1
    assert held(database) == 0


def test_who_asks_after_one_who_gave_up_is_not_given_up_with_them(database: Database) -> None:
    cache = Cache(Scribe(database), FixedClock(NOW), lasts_s=60)

    async def lets_go_slowly() -> str:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.05)
        return "late"

    async def works() -> str:
        return "words"

    async def both() -> tuple[str, bool]:
        first = asyncio.ensure_future(cache.alone("k", lets_go_slowly))
        await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.sleep(0.01)
        found = await cache.alone("k", works)
        await asyncio.wait([first])
        return found

    assert run(both()) == ("words", True)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_in_the_middle_of_a_question_is_charged_once_and_holds_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def interrupts(one: Endpoint, *_told: Any) -> Reply:
        asked.append(one.name)
        tell(Trace(sent=True))
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(60)
        return GOOD

    monkeypatch.setattr(protocol, "ask", interrupts)
    room = writer(database, endpoint(NOWHERE), endpoint(NOWHERE, "mistral")).orchestrator
    with pytest.raises(KeyboardInterrupt):
        room.run(job())
    assert asked == ["openai"]
    assert statuses(database) == ["cancelled"]
    assert held(database) == 0
    with database.read() as connection:
        (ticket,) = tickets.every(connection)
    assert (ticket.state, ticket.cost_known) == (TicketState.UNKNOWN, False)
    assert ticket.cost


def test_two_hundred_threads_at_once_all_get_their_work(database: Database) -> None:
    found: list[Any] = []
    with FakeModels(author) as fake:
        room = writer(database, endpoint(fake.base_url), deadline_s=60.0).orchestrator
        threads = [
            threading.Thread(target=lambda seed=seed: found.append(room.run(job(seed))))
            for seed in range(200)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert fake.count == 200
    assert [result.status for result in found] == [OrchestrationStatus.OK] * 200
    assert held(database) == 0
    assert statuses(database) == ["ok"] * 200


def test_a_cassette_that_cannot_be_written_is_told_before_anybody_is_asked(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(Invalid) as caught:
        writer(
            database, endpoint(NOWHERE), llm_cassette=tmp_path / "file" / "tape", llm_cassette_mode="record"
        )
    assert caught.value.code == "cassette.not_writable"


def test_a_cassette_that_is_lost_meanwhile_loses_no_answer(database: Database, tmp_path: Path) -> None:
    tape = tmp_path / "tapes" / "tape.jsonl"
    with FakeModels(author) as fake:
        made = writer(database, endpoint(fake.base_url), llm_cassette=tape, llm_cassette_mode="record")
        tape.unlink()
        tape.mkdir()
        result = made.orchestrator.run(job())
    assert (result.status, result.value) == (OrchestrationStatus.OK, tuple(TITLES))
    assert [attempt.outcome for attempt in result.attempts] == [Outcome.ANSWERED]
