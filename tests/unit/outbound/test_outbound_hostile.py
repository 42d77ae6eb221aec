"""Servers that lie in their headers, addresses and keys that are none, and a loop nobody may end."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.kernel.errors import LabelError, TimedOut, Unavailable
from noktvrn.outbound.address import addresses as looked_up
from noktvrn.outbound.address import place_of
from noktvrn.outbound.guard import GuardedTransport
from noktvrn.outbound.http import HttpClient
from noktvrn.outbound.loop import run
from noktvrn.outbound.rates import LONGEST_S, retry_after
from noktvrn.outbound.rules import Rules, Trace
from noktvrn.outbound.throttle import Throttle
from noktvrn.outbound.wire import tell
from noktvrn.testing.loopback import Exchange, Loopback


def told(headers: Mapping[str, str], status: int = 200) -> Trace:
    """The trace of one request to a server that answers with these headers."""

    def answer(exchange: Exchange) -> None:
        exchange.send(status, b"{}", headers=headers)

    return sent_to(answer, {})


def sent_to(answer: object, headers: Mapping[str, str]) -> Trace:
    server = Loopback(answer)  # type: ignore[arg-type]
    server.start()
    guard = GuardedTransport(Rules(named="it", deadline_s=5.0, patience_s=-1.0))
    request = httpx2.Request("POST", f"http://127.0.0.1:{server.port}/", headers=dict(headers), content=b"{}")
    try:
        run(_quietly(guard, request))
    finally:
        server.close()
    return guard.trace


async def _quietly(guard: GuardedTransport, request: httpx2.Request) -> None:
    with contextlib.suppress(httpx2.TransportError):
        await guard.handle_async_request(request)


def test_a_negative_wait_says_nothing() -> None:
    assert told({"retry-after-ms": "-1"}).retry_after_s is None
    assert told({"retry-after": "30", "retry-after-ms": "-1"}, 429).retry_after_s == 30.0
    assert told({"retry-after-ms": "-1", "retry-after": "30"}, 429).retry_after_s == 30.0


@pytest.mark.parametrize("huge", ["9" * 400, "9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_an_endless_wait_spoils_no_good_answer_and_has_an_end(huge: str) -> None:
    trace = told({"retry-after": huge})
    assert trace.whole
    assert trace.retry_after_s == LONGEST_S


@given(st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, [0-9. ]{1,6}[A-Z][a-z]{2} [0-9:. +-]{1,30}"))
def test_no_retry_after_breaks_anything(value: str) -> None:
    wait = retry_after(value, datetime(2026, 11, 21, tzinfo=UTC))
    assert wait is None or 0 <= wait <= LONGEST_S


def test_a_request_that_cannot_be_written_down_has_not_left() -> None:
    seen: list[Exchange] = []
    trace = sent_to(seen.append, {"authorization": "Bearer sk-1\nx: y"})
    assert not trace.sent
    assert seen == []


@pytest.mark.parametrize("host", ["a..b", f"{'a' * 70}.example"])
def test_a_host_that_is_no_name_is_unknown_at_once(host: str) -> None:
    place = place_of(f"https://{host}/v1", named="THE_URL")
    with pytest.raises(Unavailable) as caught:
        run(asyncio.wait_for(looked_up(place, named="THE_URL"), 5.0))
    assert caught.value.code == "outside.unreachable"


def test_a_body_of_tiny_chunks_holds_up_nobody_else() -> None:
    def flood(exchange: Exchange) -> None:
        exchange.begin(200, "application/json")
        exchange.write(b"1\r\nx\r\n" * 50_000)
        exchange.end()

    async def turns_meanwhile() -> int:
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += bool(guard.trace.status)

        guard = GuardedTransport(Rules(named="it", deadline_s=30.0))
        beat = asyncio.ensure_future(others())
        request = httpx2.Request("POST", f"http://127.0.0.1:{server.port}/", content=b"{}")
        response = await guard.handle_async_request(request)
        beat.cancel()
        assert len(response.content) == 50_000
        return turns

    server = Loopback(flood)
    server.start()
    try:
        assert asyncio.run(turns_meanwhile()) >= 150
    finally:
        server.close()


def test_who_has_to_wait_longer_than_there_is_time_is_told_at_once() -> None:
    async def two() -> float:
        throttle, loop = Throttle(), asyncio.get_running_loop()
        empty = {"limit": "1", "remaining": "0", "reset": "1h"}
        async with throttle.turn("x", 5.0):
            rate = {f"x-ratelimit-{name}-requests": value for name, value in empty.items()}
            tell(Trace(sent=True, whole=True, status=200, rate=rate))
        started = loop.time()
        with pytest.raises(TimedOut):
            async with throttle.turn("x", 30.0):
                pass
        return loop.time() - started

    assert asyncio.run(two()) < 5.0


def test_work_that_wants_to_end_the_process_ends_only_itself() -> None:
    async def leave() -> None:
        sys.exit(3)

    async def stay() -> str:
        return "here"

    with pytest.raises(SystemExit):
        run(leave())
    assert run(asyncio.wait_for(stay(), 5.0)) == "here"


def test_an_error_holds_no_word_of_an_address_or_a_key() -> None:
    secret = "sk-very-secret"
    client = HttpClient(Rules(named="THE_URL", deadline_s=5.0))
    for url in (f"https://a..b/?key={secret}", f"https://{secret}@example.com/", f"https://ö{secret}/"):
        with pytest.raises(LabelError) as caught:
            client.post_json(url, {}, {"authorization": f"Bearer {secret}\n"})
        assert secret not in f"{caught.value!r} {caught.value.hint} {caught.value.__context__!r}"
