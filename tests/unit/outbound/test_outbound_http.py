"""The client against a server that misbehaves: limits, repetitions, what is sent, what is told."""

from __future__ import annotations

import asyncio
import resource
import time
from datetime import UTC, datetime

import pytest

from noktvrn.kernel.errors import BudgetSpent, NotAllowed, Outside, Refused, TimedOut, Unavailable
from noktvrn.outbound.failures import outcome_unknown, redact
from noktvrn.outbound.http import HttpClient
from noktvrn.outbound.rates import retry_after
from noktvrn.outbound.rules import Rules
from noktvrn.testing.fake_models import FakeModels

PATH = "/hook?token=t0ken"


def client(**more: object) -> HttpClient:
    return HttpClient(Rules(named="THE_HOOK", **{"deadline_s": 5.0, **more}))  # type: ignore[arg-type]


def fake(*faults: str) -> FakeModels:
    return FakeModels(lambda _: "fine", *faults)


def test_an_answer_is_read_whole_and_only_needed_headers_leave() -> None:
    with fake() as server:
        answer = client().post_json(
            server.base_url + PATH, {"a": 1}, {"idempotency-key": "k1", "cookie": "c", "x-os": "linux"}
        )
        assert answer.status == 200
        assert answer.media_type == "application/json"
        assert b"fine" in answer.body
        assert server.requests == [{"a": 1}]
        assert set(server.headers[0]) == {
            *("host", "accept", "content-type", "content-length", "idempotency-key"),
            *("accept-encoding", "user-agent"),
        }
        assert server.headers[0]["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("fault", "kind", "unknown", "requests"),
    [
        ("server_error", Unavailable, True, 1),
        ("bad_gateway", Unavailable, True, 1),
        ("reset", Unavailable, True, 1),
        ("compressed", Unavailable, True, 1),
        ("busy", Unavailable, False, 2),
        ("busy_for_long", Unavailable, False, 1),
        ("quota", BudgetSpent, False, 1),
        ("key", Refused, False, 1),
        ("gone", Refused, False, 1),
        ("redirect", Refused, False, 1),
        ("hang", TimedOut, True, 1),
        ("drip", TimedOut, True, 1),
        ("drip_head", TimedOut, True, 1),
    ],
)
def test_faults(fault: str, kind: type[Outside], unknown: bool, requests: int) -> None:
    with fake(fault) as server:
        started = time.monotonic()
        with pytest.raises(kind) as caught:
            client(deadline_s=0.5).post_json(server.base_url + PATH, {})
        assert time.monotonic() - started < 3
        assert outcome_unknown(caught.value) is unknown
        assert len(server.requests) == requests
    assert "t0ken" not in str(caught.value.as_problem())
    assert caught.value.__context__ is None
    assert caught.value.hint


def test_busy_once_is_worth_one_repetition() -> None:
    with fake("busy", "none") as server:
        assert client().post_json(server.base_url + PATH, {}).status == 200
        assert len(server.requests) == 2


def test_a_huge_body_is_cut_off_before_it_fills_the_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with fake("huge") as server, pytest.raises(Unavailable, match="more than is taken"):
        client(max_bytes=1_000_000).post_json(server.base_url + PATH, {})
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


def test_the_connection_goes_to_the_checked_address_under_the_servers_own_name() -> None:
    async def resolver(host: str, port: int) -> list[str]:
        assert host == "music.lan"
        return ["127.0.0.1"]

    with fake() as server:
        url = server.base_url.replace("127.0.0.1", "music.lan") + PATH
        with pytest.raises(NotAllowed):
            client(resolver=resolver).post_json(url, {})
        client(resolver=resolver, private_hosts=("music.lan",)).post_json(url, {})
        assert len(server.requests) == 1
        assert server.headers[0]["host"].startswith("music.lan:")


def test_a_dead_address_is_passed_over_for_the_next_one() -> None:
    async def resolver(host: str, port: int) -> list[str]:
        del host, port
        return ["127.0.0.9", "127.0.0.1"]

    with fake() as server:
        url = server.base_url.replace("127.0.0.1", "music.lan") + PATH
        client(resolver=resolver, private_hosts=("music.lan",)).post_json(url, {})
        assert len(server.requests) == 1


def test_it_works_inside_a_running_loop() -> None:
    async def inside(url: str) -> int:
        return client().post_json(url, {}).status

    with fake() as server:
        assert asyncio.run(inside(server.base_url + PATH)) == 200


def test_nobody_listening_is_unreachable_and_known_not_to_have_been_served() -> None:
    with fake() as server:
        url = server.base_url
    with pytest.raises(Unavailable) as caught:
        client().post_json(url, {})
    assert caught.value.code == "outside.unreachable"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("5", 5.0),
        ("-3", None),
        ("1.5", 1.5),
        ("soon", None),
        ("", None),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, datetime(2026, 11, 21, 12, tzinfo=UTC)) == seconds


def test_redaction_leaves_no_half_of_a_secret() -> None:
    assert redact("abc abcdef abc", ["abc", "abcdef", ""]) == "[secret] [secret] [secret]"
