"""Answers used again: from the cache, from a cassette, from the books; and what the label shows of it all."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from tests.integration.llm.llm_samples import (
    KEY,
    NOW,
    TITLES,
    author,
    embedded,
    endpoint,
    lyrics_request,
    titles_request,
    writer,
)

from noktvrn.cli.main import root
from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import Invalid, LabelError
from noktvrn.llm.job import Job
from noktvrn.llm.result import OrchestrationStatus
from noktvrn.llm.titles import titles_job
from noktvrn.outbound.loop import run
from noktvrn.storage import tables
from noktvrn.storage.database import Database
from noktvrn.testing.fake_models import FakeModels


def job(seed: int = 1, **more: Any) -> Job[Any, tuple[str, ...]]:
    request = titles_request(seed)
    plain = replace(titles_job(request), embedded=lambda: embedded().titles(request), request=request)
    return replace(plain, **{"reuse": True} | more)


def test_fifty_at_once_ask_once_and_the_next_process_asks_nobody(database: Database) -> None:
    with FakeModels(author, "slow") as fake:
        room = writer(database, endpoint(fake.base_url)).orchestrator

        async def fifty() -> list[Any]:
            return await asyncio.gather(*(room.orchestrate(job()) for _ in range(50)))

        results = run(fifty())
        assert {result.value for result in results} == {tuple(TITLES)}
        assert sorted(result.cache for result in results) == ["hit"] * 49 + ["miss"]
        other = writer(database, endpoint(fake.base_url)).orchestrator.run(job())
        assert (other.cache, other.value, other.cost_micros) == ("hit", tuple(TITLES), 0)
        assert fake.count == 1


def test_one_who_gives_up_leaves_the_others_their_answer(database: Database) -> None:
    with FakeModels(author, "slow") as fake:
        room = writer(database, endpoint(fake.base_url)).orchestrator

        async def two() -> Any:
            first = asyncio.create_task(room.orchestrate(job()))
            await asyncio.sleep(0.05)
            second = asyncio.create_task(room.orchestrate(job()))
            await asyncio.sleep(0.05)
            first.cancel()
            return await second

        assert run(two()).value == tuple(TITLES)
        assert fake.count == 1


@pytest.mark.parametrize("fault", ["quota", "fenced", "refusal"])
def test_second_rate_answers_are_not_kept(fault: str, database: Database) -> None:
    with FakeModels(author, fault) as fake:
        writer(database, endpoint(fake.base_url)).orchestrator.run(job())
    with database.read() as connection:
        assert connection.execute(sa.select(tables.llm_cache)).all() == []


def test_an_answer_ages_and_another_question_is_another(database: Database) -> None:
    clock = FixedClock(NOW)
    with FakeModels(author) as fake:
        room = writer(database, endpoint(fake.base_url), clock=clock, llm_cache_s=60).orchestrator
        assert [room.run(job()).cache for _ in range(2)] == ["miss", "hit"]
        assert room.run(job(seed=2)).cache == "miss"
        assert room.run(job(facts=job().facts | {"mood": "bright"})).cache == "miss"
        clock.advance(timedelta(seconds=61))
        assert room.run(job()).cache == "miss"
        assert room.run(job(reuse=False)).cache == "off"


def test_a_cassette_answers_without_any_request(database: Database, tmp_path: Path) -> None:
    tape = tmp_path / "tapes" / "one.jsonl"
    with FakeModels(author, "quota", "none") as fake, FakeModels(author) as spare:
        found = endpoint(fake.base_url), endpoint(spare.base_url, "mistral")
        recording = writer(database, *found, llm_cassette=tape, llm_cassette_mode="record").orchestrator
        first = recording.run(job(reuse=False))
        asked = fake.count, spare.count
    lines = [json.loads(line) for line in tape.read_text("utf-8").splitlines()]
    assert [sorted(line) for line in lines] == [["error", "hash", "question"], ["hash", "question", "reply"]]
    assert KEY not in tape.read_text("utf-8")
    playing = writer(database, *found, llm_cassette=tape).orchestrator
    again = playing.run(job(reuse=False))
    assert (again.value, again.provider, again.cost_micros) == (first.value, "mistral", 0)
    assert [one.code for one in again.attempts] == ["outside.quota", ""]
    with pytest.raises(LabelError, match="never asked this on the cassette") as caught:
        playing.run(job(facts=job().facts | {"mood": "bright"}, reuse=False))
    assert caught.value.code == "cassette.unknown_question"
    assert asked == (1, 1)


def test_a_cassette_that_is_none_says_so(database: Database, tmp_path: Path) -> None:
    tape = tmp_path / "one.jsonl"
    with pytest.raises(Invalid, match="cannot be read"):
        writer(database, llm_cassette=tape)
    tape.write_text('{"question": 1}\n', "utf-8")
    with pytest.raises(Invalid, match="Line 1"):
        writer(database, llm_cassette=tape)


def test_words_are_kept_or_only_their_hashes(database: Database) -> None:
    with FakeModels(author) as fake:
        writer(database, endpoint(fake.base_url)).orchestrator.run(job())
        writer(database, endpoint(fake.base_url), llm_store="hashes").orchestrator.run(job(seed=2))
    with database.read() as connection:
        calls = connection.execute(sa.select(tables.llm_calls.c.data)).scalars().all()
        sessions = connection.execute(sa.select(tables.llm_sessions.c.data)).scalars().all()
    assert sorted("text" in data for data in calls) == [False, True]
    assert sorted("request" in data for data in sessions) == [False, True]


def test_the_shell_shows_what_was_asked_and_judges_it_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: Database
) -> None:
    with FakeModels(author) as fake:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", fake.base_url)
        monkeypatch.setenv("OPENAI_MODEL", "model-1")
        monkeypatch.setenv("NOKTVRN_LLM_URL", fake.base_url)
        monkeypatch.setenv("NOKTVRN_LLM_MODEL", "model-1")
        one = writer(database, endpoint(fake.base_url))
        one.lyrics(lyrics_request())
        asked = fake.count
        (session,) = shell("log")
        assert (session["status"], session["task"], session["data"]["calls"]) == ("ok", "lyrics", 1)
        story = shell("show", session["session_id"])
        assert [call["outcome"] for call in story["calls"]] == ["answered"]
        replayed = shell("replay", session["session_id"])
        assert [call["problems"] for call in replayed["calls"]] == [[]]
        (day,) = shell("usage", "--by", "day")
        assert (day["name"], day["calls"], day["micros"]) == ("2026-11-21", 1, 125)
        assert [row["model"] for row in shell("models")] == ["openai/model-1", "local/model-1"]
        assert {row["state"] for row in shell("doctor")} == {"ready"}
        assert set(shell("explain", "titles")["order"]) == {"openai/model-1", "local/model-1"}
        assert fake.count == asked
        assert {row["state"] for row in shell("doctor", "--ask")} == {"ready"}
        assert fake.count == asked + 2
    people = CliRunner().invoke(root, ["llm", "show", session["session_id"]])
    assert KEY not in people.output
    assert "openai/model-1 answered" in people.output


def shell(*told: str) -> Any:
    done = CliRunner().invoke(root, ["llm", *told, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("verb", ["models", "doctor", "usage", "log"])
def test_the_verbs_speak_to_people_without_any_model(verb: str) -> None:
    done = CliRunner().invoke(root, ["llm", verb], catch_exceptions=False)
    assert done.exit_code == 0
    assert done.stdout.strip()


def test_a_session_that_is_not_there_is_told(database: Database) -> None:
    done = CliRunner().invoke(root, ["llm", "show", "ses_none"])
    assert isinstance(done.exception, LabelError)
    assert done.exception.code == "session.not_found"


def test_without_models_the_status_is_ok_and_the_words_are_the_seeds(database: Database) -> None:
    one = writer(database)
    assert one.titles(titles_request()) == embedded().titles(titles_request())
    assert one.orchestrator.run(job()).status is OrchestrationStatus.OK
