"""Whatever a server does, plain or streamed, the writing ends in time with a valid answer; the key stays."""

from __future__ import annotations

import logging
import time
import traceback
from contextlib import aclosing
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from tests.integration.llm.llm_samples import (
    KEY,
    RATES,
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

from noktvrn.kernel.errors import LabelError
from noktvrn.llm.job import Job
from noktvrn.llm.orchestrator import Orchestrator
from noktvrn.llm.prices import worst_case
from noktvrn.llm.prompt import Words, prompt, words
from noktvrn.llm.protocol import ask_now
from noktvrn.llm.result import Attempt, OrchestrationResult, OrchestrationStatus, Outcome
from noktvrn.llm.stream import Piece
from noktvrn.llm.titles import titles_job
from noktvrn.outbound.loop import run
from noktvrn.outbound.rules import Rules
from noktvrn.storage import tables
from noktvrn.storage.database import Database
from noktvrn.testing.chat_faults import FAULTS
from noktvrn.testing.fake_models import FakeModels

UNKNOWN_CODE = "outside.outcome_unknown"
"""What the sample question may cost at most; an unknown outcome is charged that."""
ENDLESS = (
    "hang",
    "drip",
    "drip_head",
    "stream_stall",
    "stream_stall_early",
    "stream_only_comments",
    "stream_endless",
)
"""Those that only the deadline ends."""
SLACK_S = 4.0  # a loaded machine, never the server


def deadline_s(fault: str) -> float:
    """Where the fault ends by itself, a loaded machine has time."""
    return 0.8 if fault in ENDLESS else 8.0


class Row(NamedTuple):
    """How a fault ends: the first attempt's outcome and code, how often the server is asked, whether it is
    left alone afterwards, whether its cost is known; `stream`: used, spare or partial (None: as plain)."""

    outcome: Outcome = Outcome.ANSWERED
    code: str = ""
    asked: int = 1
    rests: bool = False
    known: bool = True
    stream: str | None = None


def unknown(**more: Any) -> Row:
    return Row(Outcome.UNKNOWN, UNKNOWN_CODE, rests=True, known=False, **more)


def busy() -> Row:
    return Row(Outcome.FAILED, "outside.busy", rests=True)


def hopeless(code: str) -> Row:
    return Row(Outcome.FAILED, code, rests=True)


def unfit(**more: Any) -> Row:
    return Row(Outcome.UNFIT, "llm.unfit", asked=2, stream="partial", **more)


def malformed(code: str = "llm.malformed", **more: Any) -> Row:
    return Row(Outcome.MALFORMED, code, **more)


NONSENSE = malformed(known=False, rests=True)
ESTIMATED = Row(known=False)
GOOD = Row()
ROWS: dict[str, Row] = {
    **dict.fromkeys(("server_error", "gateway_timeout", "bad_gateway", "reset", "hang_up"), unknown()),
    **dict.fromkeys(("hang", "drip", "drip_head", "huge", "huge_told", "compressed"), unknown()),
    **dict.fromkeys(("bad_length", "bad_chunk"), unknown()),
    "cut": unknown(stream="partial"),
    **dict.fromkeys(("unavailable", "overloaded", "busy", "busy_for_long", "rate_limited"), busy()),
    **dict.fromkeys(("rate_limited_shortly", "rate_limited_ms", "rate_limited_nonsense"), busy()),
    **dict.fromkeys(("rate_limited_forever", "rate_limited_until"), busy()),
    **dict.fromkeys(("quota", "no_credit", "no_credit_in_text", "usage_limit"), hopeless("outside.quota")),
    **dict.fromkeys(("key", "forbidden", "key_refused_in_list"), hopeless("outside.key_refused")),
    "gone": hopeless("llm.model_gone"),
    **dict.fromkeys(("redirect", "redirect_away", "redirect_found"), hopeless("outside.redirected")),
    **dict.fromkeys(("too_long", "too_long_flat"), Row(Outcome.FAILED, "llm.too_long")),
    "unknown_field": Row(Outcome.FAILED, "outside.refused"),
    "filtered_prompt": Row(Outcome.REFUSED, "llm.filtered"),
    "filtered": Row(Outcome.REFUSED, "llm.content_filter", stream="partial"),
    "refusal": Row(Outcome.REFUSED, "llm.content_filter"),
    **dict.fromkeys(("error_in_200", "html", "nothing", "no_content", "not_json", "json_null"), NONSENSE),
    **dict.fromkeys(("json_list", "json_text", "json_empty", "bad_encoding", "deep_body"), NONSENSE),
    **dict.fromkeys(("no_choices", "null_choices"), NONSENSE),
    "tool_call": malformed(),
    "finish_unknown": malformed(stream="partial"),
    "null": malformed("llm.empty"),
    "empty": malformed("llm.empty"),
    "blank": malformed("llm.empty", stream="partial"),
    "length": malformed("llm.length", stream="partial"),
    **dict.fromkeys(("not_a_number", "wrong_type", "wrong_shape", "prose", "deep", "cut_json"), unfit()),
    **dict.fromkeys(("key_in_answer", "long_text"), unfit()),
    **dict.fromkeys(("usage_missing", "usage_null", "usage_zero", "usage_negative"), ESTIMATED),
    **dict.fromkeys(("usage_absurd", "usage_text", "usage_fraction"), ESTIMATED),
    "usage_cached_over_input": ESTIMATED,
    **dict.fromkeys(("usage_cached", "rates_told", "other_model", "fenced", "thinking"), GOOD),
    **dict.fromkeys(("trailing_comma", "surrogate", "blank_lines", "slow", "stream_no_done"), GOOD),
    **dict.fromkeys(("stream_trickle", "stream_comments", "stream_split"), GOOD),
    "finish_null": Row(stream="partial"),
    "stream_unasked": Row(stream="spare"),
    **dict.fromkeys(("stream_error_early", "stream_stall_early", "stream_reset_early"), Row(stream="spare")),
    **dict.fromkeys(("stream_bad_event_early", "stream_only_comments"), Row(stream="spare")),
    **dict.fromkeys(("stream_error", "stream_stall", "stream_reset"), Row(stream="partial")),
    **dict.fromkeys(("stream_bad_event", "stream_no_finish", "stream_endless"), Row(stream="partial")),
}


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """The protocol library's import is no part of any deadline."""
    import pydantic_ai.models.openai  # noqa: F401

    embedded().titles(titles_request())


def job(seed: int = 1) -> Job[Any, tuple[str, ...]]:
    request = titles_request(seed)
    return replace(titles_job(request), embedded=lambda: embedded().titles(request), request=request)


def heard(room: Orchestrator, job: Job[Any, Any], *, restarts: bool = False) -> list[Piece[Any]]:
    async def listen() -> list[Piece[Any]]:
        async with aclosing(room.stream(job, restarts=restarts)) as pieces:
            return [piece async for piece in pieces]

    return run(listen())


def books(database: Database) -> str:
    """All that is written down, as the driver gives it: compiling a select for every table costs too much."""
    with database.read() as connection:
        rows = (connection.exec_driver_sql(f"select * from {name}") for name in tables.metadata.tables)  # noqa: S608
        return str([row.fetchall() for row in rows])


def check_books(database: Database, result: OrchestrationResult[Any]) -> None:
    """Every attempt is a call; the budget is what they cost, and nothing is held any more."""
    with database.read() as connection:
        calls = connection.exec_driver_sql("select outcome, cost from llm_calls order by number").fetchall()
        held, spent = connection.exec_driver_sql(
            "select held, spent from budgets where scope = 'label'"
        ).one()
    told = [(one.outcome.value, one.cost_micros if one.cost_known else None) for one in result.attempts]
    assert [tuple(call) for call in calls] == told
    assert (held, spent) == (0, result.cost_micros)
    assert spent > 0


def test_every_fault_has_its_row() -> None:
    assert set(ROWS) == set(FAULTS)


@pytest.mark.parametrize("fault", ROWS)
def test_a_plain_question_ends_as_listed(
    fault: str, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    row = ROWS[fault]
    caplog.set_level(logging.DEBUG)
    with FakeModels(author, fault) as fake, FakeModels(author) as spare:
        found = endpoint(fake.base_url), endpoint(spare.base_url, "mistral")
        room = writer(database, *found, deadline_s=deadline_s(fault)).orchestrator
        started = time.monotonic()
        result = room.run(job())
        assert time.monotonic() - started < deadline_s(fault) + SLACK_S
        good = row.outcome is Outcome.ANSWERED
        assert (result.status, result.value) == (OrchestrationStatus.OK, tuple(TITLES))
        assert result.provider == ("openai" if good else "mistral")
        first = result.attempts[0]
        assert (first.outcome, first.code, first.cost_known) == (row.outcome, row.code, row.known)
        assert (fake.count, spare.count) == (row.asked, 0 if good else 1)
        assert fake.elsewhere == 0
        check_cost(first, fake)
        check_books(database, result)
        left_alone = [one.name for one in room.desk.breakers.every() if one.state != "closed"]
        assert bool(left_alone) == row.rests
        room.run(job(seed=2))
        assert fake.count == row.asked or not row.rests
        assert {headers["authorization"] for headers in fake.headers} == {f"Bearer {KEY}"}
    assert KEY not in caplog.text + repr(result) + books(database)


def check_cost(first: Attempt, fake: FakeModels) -> None:
    """A known cost is the server's own bill; any other is never less than nothing, unknown ones the worst."""
    if first.outcome is Outcome.UNKNOWN:
        assert first.cost_micros == worst_case(RATES, words(prompt("titles"), job().facts))
    elif first.usage is None:
        assert first.cost_micros == 0
    elif first.cost_known and fake.served and fake.served[0].fault not in ("usage_cached", "other_model"):
        assert first.cost_micros * 1000 == fake.served[0].nano
    else:
        assert 0 < first.cost_micros <= 12_000


@pytest.mark.parametrize("fault", ROWS)
def test_a_stream_ends_as_listed(fault: str, database: Database, caplog: pytest.LogCaptureFixture) -> None:
    row = ROWS[fault]
    ends = row.stream or ("used" if row.outcome is Outcome.ANSWERED else "spare")
    caplog.set_level(logging.DEBUG)
    with FakeModels(author, fault) as fake, FakeModels(author) as spare:
        found = endpoint(fake.base_url), endpoint(spare.base_url, "mistral")
        room = writer(database, *found, deadline_s=deadline_s(fault)).orchestrator
        started = time.monotonic()
        pieces = heard(room, job())
        assert time.monotonic() - started < deadline_s(fault) + SLACK_S
        end = pieces[-1]
        assert [piece.kind for piece in pieces] == ["text"] * (len(pieces) - 1) + ["end"]
        assert end.result is not None
        assert end.partial == (ends == "partial")
        assert end.result.value == (None if end.partial else tuple(TITLES))
        assert spare.count == (1 if ends == "spare" else 0)
        assert fake.count == 1
        check_books(database, end.result)
    assert KEY not in caplog.text + repr(pieces) + books(database)


@pytest.mark.parametrize("fault", ["stream_stall", "stream_no_finish", "cut_json", "filtered"])
def test_a_face_that_can_take_back_gets_a_restart(fault: str, database: Database) -> None:
    with FakeModels(author, fault) as fake, FakeModels(author) as spare:
        found = endpoint(fake.base_url), endpoint(spare.base_url, "mistral")
        room = writer(database, *found, deadline_s=deadline_s(fault)).orchestrator
        pieces = heard(room, job(), restarts=True)
    kinds = [piece.kind for piece in pieces]
    last = len(kinds) - kinds[::-1].index("restart")
    assert pieces[-1].result is not None
    assert pieces[-1].result.value == tuple(TITLES)
    assert not pieces[-1].partial
    assert "".join(piece.text for piece in pieces[last:-1]) == author(spare.requests[0])


def test_the_first_piece_is_handed_on_before_the_second_arrives(database: Database) -> None:
    moments = []
    with FakeModels(author, "stream_trickle") as fake:
        room = writer(database, endpoint(fake.base_url)).orchestrator

        async def listen() -> None:
            async with aclosing(room.stream(job())) as pieces:
                moments.extend([(piece.kind, time.monotonic()) async for piece in pieces])

        run(listen())
    texts = [moment for kind, moment in moments if kind == "text"]
    assert len(texts) == 4
    assert all(later - sooner > 0.02 for sooner, later in pairwise(texts))


@pytest.mark.parametrize("fault", ["quota", "not_a_number", "length", "hang"])
def test_every_task_has_its_embedded_answer(fault: str, database: Database) -> None:
    with FakeModels(author, fault) as fake:
        one = writer(database, endpoint(fake.base_url), deadline_s=0.4)
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
