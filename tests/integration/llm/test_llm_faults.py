"""Whatever a server does, the writer ends with a valid answer in time, and the key stays where it was."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.llm.llm_samples import (
    KEY,
    NOW,
    TITLES,
    author,
    captions_request,
    embedded,
    endpoint,
    lyrics_request,
    profile_request,
    titles_request,
    writer,
)

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import LabelError
from noktvrn.llm.prompt import Words
from noktvrn.llm.protocol import ask_now
from noktvrn.llm.writer import REST, LlmWriter
from noktvrn.outbound.rules import Rules
from noktvrn.outbound.tickets import Tickets
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.testing.fake_models import FakeModels

UNKNOWN = "outside.outcome_unknown"
# fault: the code noted, requests the first time, requests when the same is asked again
FAULTS = {
    "server_error": (UNKNOWN, 1, 0),
    "bad_gateway": (UNKNOWN, 1, 0),
    "reset": (UNKNOWN, 1, 0),
    "hang": (UNKNOWN, 1, 0),
    "drip": (UNKNOWN, 1, 0),
    "drip_head": (UNKNOWN, 1, 0),
    "huge": (UNKNOWN, 1, 0),
    "compressed": (UNKNOWN, 1, 0),
    "quota": ("outside.quota", 1, 1),
    "busy": ("outside.busy", 2, 2),
    "busy_for_long": ("outside.busy", 1, 1),
    "key": ("outside.key_refused", 1, 1),
    "gone": ("llm.model_gone", 1, 1),
    "redirect": ("outside.redirected", 1, 1),
    "html": ("llm.malformed", 1, 0),
    "error_in_200": ("llm.malformed", 1, 0),
    "no_choices": ("llm.malformed", 1, 0),
    "null": ("llm.empty", 1, 0),
    "length": ("llm.length", 1, 0),
    "filtered": ("llm.content_filter", 1, 0),
    "refusal": ("llm.content_filter", 1, 0),
    "wrong_type": ("llm.unfit", 2, 0),
    "not_a_number": ("llm.unfit", 2, 0),
    "cut_json": ("llm.unfit", 2, 0),
}
DEADLINE_S = 0.8
SLACK_S = 4.0  # a loaded machine, never the server


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(Settings(home=tmp_path / "home", _env_file=None))
    migrate.upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """The protocol library's import is no part of any deadline."""
    import pydantic_ai.models.openai  # noqa: F401

    embedded().titles(titles_request())


def books(database: Database) -> str:
    with database.read() as connection:
        return str(connection.exec_driver_sql("select * from tickets").fetchall())


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_ends_with_the_embedded_writer(
    fault: str, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    code, first, again = FAULTS[fault]
    caplog.set_level(logging.DEBUG)
    with FakeModels(author, fault) as fake:
        started = time.monotonic()
        one = writer(database, endpoint(fake.base_url), deadline_s=DEADLINE_S)
        assert one.titles(titles_request()) == embedded().titles(titles_request())
        assert time.monotonic() - started < DEADLINE_S + SLACK_S
        assert [(note.code, note.provider, note.task) for note in one.fallbacks] == [
            (code, "openai", "titles")
        ]
        assert len(fake.requests) == first
        other = writer(database, endpoint(fake.base_url), deadline_s=DEADLINE_S)
        other.titles(titles_request())
        assert [note.code for note in other.fallbacks] == [code]
        assert len(fake.requests) == first + again
        assert {headers["authorization"] for headers in fake.headers} == {f"Bearer {KEY}"}
        assert set(fake.paths) == {"/v1/chat/completions"}
    told = caplog.text + repr(one.fallbacks) + repr(one.__dict__) + books(database)
    assert KEY not in told


@pytest.mark.parametrize("fault", ["fenced", "trailing_comma", "slow", "surrogate"])
def test_slips_that_leave_no_doubt_are_repaired(fault: str, database: Database) -> None:
    with FakeModels(author, fault) as fake:
        one = writer(database, endpoint(fake.base_url))
        assert one.titles(titles_request()) == tuple(TITLES)
        assert one.fallbacks == ()
        assert len(fake.requests) == 1


@pytest.mark.parametrize("fault", ["quota", "not_a_number", "length"])
def test_every_task_has_its_embedded_answer(fault: str, database: Database) -> None:
    with FakeModels(author, fault) as fake:
        one = writer(database, endpoint(fake.base_url))
        profile = one.profile(profile_request())
        plain = embedded().profile(profile_request())
        assert profile == plain.model_copy(update={"notes": profile.notes})
        assert "no language model" in profile.notes[-1]
        assert one.lyrics(lyrics_request()) == embedded().lyrics(lyrics_request())
        assert one.captions(captions_request()) == embedded().captions(captions_request())
        assert [note.task for note in one.fallbacks] == ["profile", "lyrics", "captions"]


def test_an_error_carries_neither_the_key_nor_a_library_error() -> None:
    words = Words(system="s", user="u", max_tokens=9)
    with FakeModels(author, "key") as fake:
        rules = Rules(named="OpenAI", deadline_s=5)
        with pytest.raises(LabelError) as caught:
            ask_now(endpoint(fake.base_url), words, rules)
    error = caught.value
    assert error.__context__ is None
    assert error.__cause__ is None
    assert KEY not in "".join(traceback.format_exception(error)) + repr(error) + str(error.as_problem())


def test_a_healthy_spare_is_asked_after_a_refusal_but_never_after_an_unknown_outcome(
    database: Database,
) -> None:
    with FakeModels(author, "quota") as poor, FakeModels(author, "hang") as mute, FakeModels(author) as spare:
        one = writer(database, endpoint(poor.base_url), endpoint(spare.base_url, "mistral"), deadline_s=2)
        assert one.titles(titles_request(seed=1)) == tuple(TITLES)
        assert [note.provider for note in one.fallbacks] == ["openai"]
        assert len(spare.requests) == 1
        other = writer(
            database, endpoint(mute.base_url), endpoint(spare.base_url, "mistral"), deadline_s=DEADLINE_S
        )
        assert other.titles(titles_request(seed=2)) == embedded().titles(titles_request(seed=2))
        assert len(spare.requests) == 1


def test_a_free_server_may_be_asked_again(database: Database) -> None:
    with FakeModels(author, "reset", "none") as own, FakeModels(author) as spare:
        free = endpoint(own.base_url, "local", free=True)
        one = writer(database, free, endpoint(spare.base_url))
        assert one.titles(titles_request()) == tuple(TITLES)
        assert [note.code for note in one.fallbacks] == [UNKNOWN]
        assert len(spare.requests) == 1
        other = writer(database, free)
        assert other.titles(titles_request()) == tuple(TITLES)
        assert other.fallbacks == ()
        assert len(own.requests) == 2


def test_a_run_waits_for_a_dead_server_once(database: Database) -> None:
    clock = FixedClock(NOW)
    with FakeModels(author, "none", "hang") as fake:
        endpoints = [endpoint(fake.base_url)]
        one = LlmWriter(endpoints, embedded(), Tickets(database, clock), clock, deadline_s=DEADLINE_S)
        assert one.titles(titles_request(seed=1)) == tuple(TITLES)
        one.titles(titles_request(seed=2))
        one.captions(captions_request())
        assert [note.code for note in one.fallbacks] == [UNKNOWN, "llm.resting"]
        assert one.titles(titles_request(seed=1)) == tuple(TITLES)
        assert len(fake.requests) == 2
        fake.faults = []
        clock.advance(REST)
        assert one.captions(captions_request()) != embedded().captions(captions_request())
        assert len(fake.requests) == 3


def test_nobody_listening_is_told_as_unreachable(database: Database) -> None:
    with FakeModels(author) as fake:
        gone = fake.base_url
    one = writer(database, endpoint(gone))
    assert one.titles(titles_request()) == embedded().titles(titles_request())
    assert [note.code for note in one.fallbacks] == ["outside.unreachable"]


def test_an_address_the_house_does_not_go_to_is_never_asked(database: Database) -> None:
    one = writer(database, endpoint("http://models.example/v1"), endpoint("https://10.1.2.3/v1", "grok"))
    one.titles(titles_request())
    assert [note.code for note in one.fallbacks] == ["outside.forbidden_address"] * 2
