"""What every provider must do, whichever wire it speaks, plain and streamed."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import time
import traceback
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.contract.llm.wires import KEY, PROVIDERS, TEXT, WORDS, Titles, author, provider, rules, streamed

import noktvrn
from noktvrn.kernel.errors import LabelError, NotReady
from noktvrn.llm.endpoints import Endpoint
from noktvrn.llm.prices import cost, usage_of, worst_case
from noktvrn.llm.protocol import ask, ask_now, stream
from noktvrn.llm.result import Reply
from noktvrn.outbound.failures import outcome_unknown
from noktvrn.outbound.loop import run
from noktvrn.testing.chat_faults import FAULTS, USAGES
from noktvrn.testing.fake_models import FakeModels

WIRES = ("openai", "anthropic")
WAYS = ("plain", "streamed")
STOP, CUT, DECLINED = "stop", "length", "content_filter"
NONE, EMPTY, BROKEN = "malformed", "empty", "truncated"
UNKNOWN, BUSY, QUOTA = "outside.outcome_unknown", "outside.busy", "outside.quota"
DEADLINE_S, SLACK_S = 0.8, 15.0  # the slack is a loaded machine's, never the server's

# fault: how it ends plainly, and how as a stream where that is another end
ENDS: dict[str, str | tuple[str, str]] = {
    "server_error": UNKNOWN,
    "gateway_timeout": UNKNOWN,
    "bad_gateway": UNKNOWN,
    "reset": UNKNOWN,
    "hang_up": UNKNOWN,
    "cut": UNKNOWN,
    "hang": UNKNOWN,
    "drip": UNKNOWN,
    "drip_head": UNKNOWN,
    "huge": UNKNOWN,
    "huge_told": UNKNOWN,
    "compressed": UNKNOWN,
    "bad_length": UNKNOWN,
    "bad_chunk": UNKNOWN,
    "unavailable": BUSY,
    "overloaded": BUSY,
    "busy": BUSY,
    "busy_for_long": BUSY,
    "rate_limited": BUSY,
    "rate_limited_shortly": BUSY,
    "rate_limited_ms": BUSY,
    "rate_limited_nonsense": BUSY,
    "rate_limited_forever": BUSY,
    "rate_limited_until": BUSY,
    "quota": QUOTA,
    "no_credit": QUOTA,
    "usage_limit": QUOTA,
    "key": "outside.key_refused",
    "forbidden": "outside.key_refused",
    "gone": "llm.model_gone",
    "too_long": "llm.too_long",
    "filtered_prompt": "llm.filtered",
    "unknown_field": "outside.refused",
    "key_refused_in_list": "outside.key_refused",
    "too_long_flat": "llm.too_long",
    "no_credit_in_text": QUOTA,
    "redirect": "outside.redirected",
    "redirect_away": "outside.redirected",
    "redirect_found": "outside.redirected",
    "error_in_200": NONE,
    "html": NONE,
    "nothing": NONE,
    "no_content": NONE,
    "not_json": NONE,
    "json_null": NONE,
    "json_list": NONE,
    "json_text": NONE,
    "json_empty": NONE,
    "bad_encoding": NONE,
    "deep_body": NONE,
    "null_choices": NONE,
    "tool_call": NONE,
    "finish_unknown": NONE,
    "finish_null": (STOP, BROKEN),
    "null": EMPTY,
    "empty": EMPTY,
    "blank": EMPTY,
    "length": CUT,
    "filtered": DECLINED,
    "refusal": DECLINED,
    "stream_unasked": (STOP, NONE),
    "stream_error_early": (STOP, NONE),
    "stream_bad_event_early": (STOP, NONE),
    "stream_error": (STOP, BROKEN),
    "stream_bad_event": (STOP, BROKEN),
    "stream_no_finish": (STOP, BROKEN),
    "stream_stall_early": (STOP, UNKNOWN),
    "stream_stall": (STOP, UNKNOWN),
    "stream_reset_early": (STOP, UNKNOWN),
    "stream_reset": (STOP, UNKNOWN),
    "stream_endless": (STOP, UNKNOWN),
    "stream_only_comments": (STOP, UNKNOWN),
}
"""Every fault that is not here ends well: `stop`."""
HANGING = ("hang", "drip", "drip_head", "stream_stall", "stream_stall_early", "stream_only_comments")
"""Those that only the deadline ends."""


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """The libraries' import is no part of any deadline."""
    import pydantic_ai.models.anthropic
    import pydantic_ai.models.openai  # noqa: F401


def ended(endpoint: Endpoint, way: str, deadline_s: float = DEADLINE_S) -> str | Reply:
    """The reply, or the code of the error, which holds no key and nothing of a library."""
    error: LabelError | None = None
    try:
        return asked(endpoint, way, deadline_s)
    except LabelError as raised:
        error = raised
    assert error.__cause__ is None
    assert error.__context__ is None
    assert KEY not in "".join(traceback.format_exception(error)) + repr(error) + str(error.as_problem())
    assert outcome_unknown(error) == (error.code == UNKNOWN)
    return error.code


def asked(endpoint: Endpoint, way: str, deadline_s: float) -> Reply:
    if way == "plain":
        return ask_now(endpoint, WORDS, rules(deadline_s), Titles)
    pieces, reply = run(streamed(endpoint, rules(deadline_s)))
    assert "".join(pieces) == reply.text
    return reply


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_answers_whole_and_streamed(name: str, way: str) -> None:
    with FakeModels(author) as fake:
        fake.tells_usage = name == "mistral"
        endpoint = provider(name, fake)
        reply = ended(endpoint, way)
        (body,), (headers,) = fake.requests, fake.headers
    assert isinstance(reply, Reply)
    assert (reply.text, reply.finish, reply.model) == (TEXT, STOP, endpoint.model)
    assert (reply.input_tokens, reply.output_tokens) == (100, 50)
    assert usage_of(reply, WORDS).source == "provider"
    assert body["model"] == endpoint.model
    assert body[endpoint.limit] == WORDS.max_tokens
    asks_usage = way == "streamed" and endpoint.wire == "openai" and name != "mistral"  # which answers 422
    assert ("stream_options" in body) == asks_usage
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["user-agent"] == "noktvrn"
    assert not {name for name in headers if name.startswith("x-stainless")}


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_is_told_the_shape_as_its_row_says(name: str) -> None:
    with FakeModels(author) as fake:
        endpoint = provider(name, fake)
        ask_now(endpoint, WORDS, rules(), Titles)
        ask_now(endpoint, WORDS, rules())
        with_shape, without = fake.requests
    told = with_shape.get("response_format") or with_shape.get("output_config", {}).get("format")
    assert told["type"] == endpoint.structured
    if endpoint.structured == "json_schema":
        schema = told["schema"] if name == "anthropic" else told["json_schema"]["schema"]
        assert schema["properties"]["titles"]["type"] == "array"
        assert schema["additionalProperties"] is False
    plainly = {"type": "json_object"} if endpoint.wire == "openai" else None
    assert without.get("response_format") == plainly


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("way", WAYS)
def test_every_fault_ends_as_it_should(way: str, wire: str, caplog: pytest.LogCaptureFixture) -> None:
    """A server for each; told are those that ended otherwise. Those that hang do so side by side."""
    caplog.set_level(logging.DEBUG)
    quick = [fault for fault in FAULTS if fault not in HANGING]
    wrong = [played(fault, wire, way, 10.0) for fault in quick]
    with ThreadPoolExecutor(len(HANGING)) as threads:
        wrong += threads.map(lambda fault: played(fault, wire, way, DEADLINE_S), HANGING)
    assert list(filter(None, wrong)) == []
    assert KEY not in caplog.text
    assert "Slow Light" not in caplog.text


def played(fault: str, wire: str, way: str, deadline_s: float) -> str:
    """What was wrong with how the fault ended; empty for nothing."""
    wanted = ENDS.get(fault, STOP)
    wanted = wanted if isinstance(wanted, str) else wanted[way == "streamed"]
    if fault == "no_choices":
        wanted = EMPTY if wire == "anthropic" and way == "plain" else NONE
    with FakeModels(author, fault) as fake:
        started = time.monotonic()
        end = ended(provider(wire, fake), way, deadline_s)
        took = time.monotonic() - started
        times, elsewhere = len(fake.requests), fake.elsewhere
    assert KEY not in repr(end)
    code = end.finish if isinstance(end, Reply) else end
    most = 1 + (fault in ("busy", "rate_limited_nonsense"))  # at once, where the wait that was told is none
    good = code == wanted and elsewhere == 0 and 1 <= times <= most and took < deadline_s + SLACK_S
    return "" if good else f"{fault}: {code}, not {wanted}; asked {times}, {elsewhere} away, {took:.1f} s"


def test_every_fault_in_the_list_is_one_of_the_fakes() -> None:
    assert set(ENDS) <= set(FAULTS)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("fault", USAGES)
def test_claims_never_cost_nothing_nor_more_than_was_reserved(fault: str, wire: str, way: str) -> None:
    with FakeModels(author, fault) as fake:
        endpoint = provider(wire, fake)
        reply = ended(endpoint, way)
    assert isinstance(reply, Reply)
    assert (reply.text, reply.finish) == (TEXT, STOP)
    usage = usage_of(reply, WORDS)
    micros, known = cost(endpoint.rates, usage)
    assert 0 < micros <= worst_case(endpoint.rates, WORDS)
    assert known == (fault == "usage_cached")
    assert (usage.source == "clamped") == (
        fault in ("usage_negative", "usage_absurd", "usage_cached_over_input")
    )


@pytest.mark.parametrize("wire", WIRES)
def test_what_was_told_is_what_the_server_bills(wire: str) -> None:
    with FakeModels(author) as fake:
        endpoint = provider(wire, fake)
        assert endpoint.rates is not None
        fake.rates = (endpoint.rates.input_nano, endpoint.rates.output_nano)
        replies = [ended(endpoint, way) for way in WAYS for _ in range(3)]
        bill = fake.told_nano
        assert fake.told_nano == fake.bill_nano
    told = [cost(endpoint.rates, usage_of(reply, WORDS)) for reply in replies if isinstance(reply, Reply)]
    assert len(told) == 6
    assert all(known for _, known in told)
    assert 0 <= sum(micros for micros, _ in told) * 1000 - bill < 1000 * len(told)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("wire", WIRES)
def test_a_dearer_model_that_answers_is_paid_as_such(wire: str, way: str) -> None:
    dear = {"openai": "gpt-5.4-pro", "anthropic": "claude-opus-4-1"}[wire]
    with FakeModels(author, "other_model") as fake:
        fake.other_model = dear
        endpoint = provider(wire, fake)
        reply = ended(endpoint, way)
    assert isinstance(reply, Reply)
    assert reply.model == dear
    usage = usage_of(reply, WORDS)
    assert cost(endpoint.rates_for(reply.model), usage)[0] > cost(endpoint.rates, usage)[0]


@pytest.mark.parametrize("wire", WIRES)
def test_a_key_in_an_answer_goes_no_further(wire: str) -> None:
    with FakeModels(author, "key_in_answer") as fake:
        for way in WAYS:
            reply = ended(provider(wire, fake), way)
            assert isinstance(reply, Reply)
            assert KEY not in reply.model_dump_json()
            assert "[secret]" in reply.text


@pytest.mark.parametrize("wire", WIRES)
def test_the_first_piece_is_there_before_the_second_was_sent(wire: str) -> None:
    async def first(endpoint: Endpoint) -> float:
        pieces = stream(endpoint, WORDS, rules())
        started = time.monotonic()
        async for _ in pieces:
            break
        took = time.monotonic() - started
        await pieces.aclose()
        return took

    with FakeModels(author, "stream_stall") as fake:
        assert run(first(provider(wire, fake))) < 5.0  # the rest never comes


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("way", WAYS)
def test_who_gives_up_closes_the_connection(wire: str, way: str) -> None:
    async def given_up(endpoint: Endpoint, fake: FakeModels) -> None:
        work = streamed(endpoint, rules()) if way == "streamed" else ask(endpoint, WORDS, rules())
        task = asyncio.ensure_future(work)
        while not fake.requests:
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for _ in range(400):
            if not fake.open_connections:
                return
            await asyncio.sleep(0.005)
        raise AssertionError("the connection stayed open")

    with FakeModels(author, "stream_stall" if way == "streamed" else "hang") as fake:
        run(given_up(provider(wire, fake), fake))


@pytest.mark.parametrize("wire", WIRES)
def test_fifty_at_once_each_get_their_own_answer(wire: str) -> None:
    def echo(body: dict[str, Any]) -> str:
        return str(body["messages"][-1]["content"])

    async def all_of_them(endpoint: Endpoint) -> list[Reply]:
        questions = [WORDS.model_copy(update={"user": f"question {number}"}) for number in range(50)]
        return await asyncio.gather(*(ask(endpoint, question, rules()) for question in questions))

    with FakeModels(echo) as fake:
        replies = run(all_of_them(provider(wire, fake)))
        assert fake.count == 50
    assert all(f"question {number}" in reply.text for number, reply in enumerate(replies))


def test_a_huge_answer_takes_little_memory() -> None:
    with FakeModels(author, "none", "huge") as fake:
        endpoint = provider("openai", fake)
        ended(endpoint, "plain")
        tracemalloc.start()
        try:
            for fault in ("huge", "huge_told", "compressed"):
                fake.faults = [fault]
                for way in WAYS:
                    assert ended(endpoint, way, 10.0) == UNKNOWN
            gc.collect()
            assert tracemalloc.get_traced_memory()[1] < 100_000_000
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize(("wire", "extra"), [("openai", "llm"), ("anthropic", "anthropic")])
def test_a_missing_library_is_a_plain_error_with_a_hint(
    wire: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from noktvrn.llm.protocol import models

    def missing(*_given: object) -> None:
        raise ImportError("no such library")

    with FakeModels(author) as fake:
        endpoint = provider(wire, fake)
        monkeypatch.setattr(models, f"_{wire}", missing)
        with pytest.raises(NotReady, match="not installed") as caught:
            ask_now(endpoint, WORDS, rules())
        assert f"[{extra}]" in caught.value.hint
        assert fake.count == 0


@pytest.mark.parametrize("wire", WIRES)
def test_no_library_repeats_a_request(wire: str) -> None:
    with FakeModels(author, "server_error", "none") as fake:
        assert ended(provider(wire, fake), "plain") == UNKNOWN
        assert fake.count == 1


def test_the_environment_of_the_libraries_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "OPENAI_ORG_ID",
        "OPENAI_CUSTOM_HEADERS",
        "ANTHROPIC_AUTH_TOKEN",
        "HTTPS_PROXY",
        "HTTP_PROXY",
    ):
        monkeypatch.setenv(name, "http://127.0.0.1:9/other-secret")
    with FakeModels(author) as fake:
        for wire in WIRES:
            assert ask_now(provider(wire, fake), WORDS, rules()).finish == STOP
        assert "other-secret" not in repr(fake.headers)


def test_no_other_room_knows_the_libraries() -> None:
    house = Path(noktvrn.__file__).parent
    knows = re.compile(r"^\s*(?:from|import) (?:pydantic_ai|openai|anthropic)\b", re.MULTILINE)
    found = {
        str(path.relative_to(house)) for path in house.rglob("*.py") if knows.search(path.read_text("utf-8"))
    }
    room = ("__init__", "completions", "models")
    assert found == {f"llm/protocol/{name}.py" for name in room}
