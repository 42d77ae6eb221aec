"""Calls to a service: what leaves, what comes back, what a failure on the way means, what is never told."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from noktvrn.kernel.errors import Fault, LabelError, NotAllowed
from noktvrn.outbound.calls import Caller, Reply, refusal
from noktvrn.outbound.exchange import LONGEST_HEADER, MOST_HEADERS
from noktvrn.outbound.failures import outcome_unknown
from noktvrn.outbound.spool import done_of, part_of, spooled
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.outbound.wire import Wire
from noktvrn.testing.loopback import Exchange, Loopback

KEY = "sk-planted-0123456789"
Handler = Callable[[Exchange], Any]


class Served:
    """A server and what it was asked."""

    def __init__(self, handler: Handler) -> None:
        self.asked: list[Exchange] = []
        self._handler = handler
        self.server = Loopback(self._play)

    def _play(self, exchange: Exchange) -> Any:
        self.asked.append(exchange)
        return self._handler(exchange)

    def caller(self, base: str = "", **more: Any) -> Caller:
        told = {"named": "Suno", "headers": {"Authorization": SecretStr(f"Bearer {KEY}")}, "deadline_s": 5.0}
        return Caller(f"http://127.0.0.1:{self.server.port}{base}", **{**told, **more})


@contextmanager
def served(handler: Handler) -> Iterator[Served]:
    it = Served(handler)
    it.server.start()
    try:
        yield it
    finally:
        it.server.close()


def says(status: int, data: object = None, **headers: str) -> Handler:
    def answer(exchange: Exchange) -> None:
        exchange.send(status, json.dumps(data).encode(), headers=headers)

    return answer


def test_a_call_brings_status_type_headers_and_body() -> None:
    with served(says(200, {"id": "7"}, **{"Request-Id": "r1", "set-cookie": "a=b"})) as it:
        reply = it.caller("/api/", headers={"xi-api-key": SecretStr(KEY)}).post("/v1/music", {"b": "ü"})
    assert reply.ok
    assert reply.json() == {"id": "7"}
    assert reply.media_type == "application/json"
    assert reply.headers["request-id"] == "r1"
    assert "set-cookie" not in reply.headers
    (asked,) = it.asked
    assert (asked.method, asked.path) == ("POST", "/api/v1/music")
    assert json.loads(asked.body) == {"b": "ü"}
    assert asked.headers["xi-api-key"] == KEY
    assert asked.headers["accept"] == "application/json"


def test_queries_are_joined_and_quoted() -> None:
    with served(says(200)) as it:
        it.caller(query={"key": SecretStr(KEY)}).get("/api/", {"q": "a b&c=ü", "page": 2, "safe": True})
    assert it.asked[0].path == f"/api/?key={KEY}&q=a%20b%26c%3D%C3%BC&page=2&safe=true"


def test_a_reference_from_outside_stays_in_its_place() -> None:
    with served(says(200)) as it:
        it.caller().get("/jobs/a?b#c d\r\nx: y")
        assert it.asked[0].path == "/jobs/a%3Fb%23c%20d%0D%0Ax:%20y"
        for path in ("/jobs/../admin", "/jobs/%2e%2E/admin", "/jobs/."):
            with pytest.raises(LabelError) as caught:
                it.caller().get(path)
            assert trouble_of(caught.value) is Trouble.CONTRACT
        with pytest.raises(Fault):
            it.caller().get("@elsewhere.example/jobs")
    assert len(it.asked) == 1


@pytest.mark.parametrize("status", [201, 302, 400, 401, 402, 404, 418, 429, 430, 500, 502, 503])
def test_every_status_is_an_answer_and_asked_for_once(status: int) -> None:
    with served(says(status, {"code": 5}, **{"retry-after": "1"})) as it, Wire() as wire:
        reply = it.caller().post("/v1/music", {})
    assert (reply.status, reply.json(), len(it.asked)) == (status, {"code": 5}, 1)
    assert wire.last is not None
    assert wire.last.retry_after_s == 1.0


def test_an_answer_without_end_of_headers_is_kept_short() -> None:
    headers = {f"x-{n}": "v" * 5_000 if n == 3 else "v" for n in range(150)}
    with served(says(200, {}, **headers)) as it:
        reply = it.caller().get("/")
    assert len(reply.headers) <= MOST_HEADERS
    assert len(reply.headers["x-3"]) == LONGEST_HEADER


def reset(exchange: Exchange) -> None:
    exchange.reset()


def hang(_exchange: Exchange) -> None:
    return None


def half(exchange: Exchange) -> None:
    exchange.write(b"HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: 9\r\n\r\nabc")
    exchange.close()


def zipped(exchange: Exchange) -> None:
    exchange.send(200, b"abc", headers={"content-encoding": "gzip"})


def huge(exchange: Exchange) -> None:
    exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 500000000\r\n\r\nabc")


def endless(exchange: Exchange) -> None:
    exchange.begin(200, "application/json")
    for _ in range(40):
        exchange.chunk(b"x" * 1_000)
    exchange.end()


def garbage(exchange: Exchange) -> None:
    exchange.write(b"hello there\r\n\r\n")
    exchange.close()


BROKEN = [reset, hang, half, zipped, huge, endless, garbage]


@pytest.mark.parametrize("how", BROKEN)
def test_no_whole_answer_leaves_a_post_unknown_and_a_get_to_be_asked_again(how: Handler) -> None:
    with served(how) as it:
        caller = it.caller(deadline_s=0.4, max_bytes=20_000)
        with pytest.raises(LabelError) as posted:
            caller.post("/v1/music", {})
        with pytest.raises(LabelError) as asked:
            caller.get("/v1/music")
    assert outcome_unknown(posted.value)
    assert trouble_of(asked.value) is Trouble.TRANSIENT
    assert len(it.asked) == 2
    assert posted.value.hint and asked.value.hint


@pytest.mark.parametrize("how", BROKEN)
def test_a_streamed_answer_that_breaks_off_leaves_no_file(how: Handler, tmp_path: Path) -> None:
    into = tmp_path / "song"
    with served(how) as it, pytest.raises(LabelError) as caught:
        it.caller().post_into("/v1/music", {}, into, deadline_s=0.4, max_bytes=20_000)
    assert outcome_unknown(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [401, 429, 503])
def test_a_refusal_whose_words_broke_off_is_a_refusal(status: int) -> None:
    def broken(exchange: Exchange) -> None:
        exchange.write(b"HTTP/1.1 %d No\r\nretry-after: 7\r\ncontent-length: 99\r\n\r\n{" % status)
        exchange.close()

    with served(broken) as it:
        reply = it.caller().post("/v1/music", {})
    assert (reply.status, reply.body, reply.headers["retry-after"]) == (status, b"", "7")


def test_nobody_there_is_known_not_to_have_been_asked(tmp_path: Path) -> None:
    with served(says(200)) as it:
        caller = it.caller()
    calls: list[Callable[[], Reply]] = [
        lambda: caller.get("/"),
        lambda: caller.post("/", {}),
        lambda: caller.post_into("/", {}, tmp_path / "song"),
    ]
    for call in calls:
        with pytest.raises(LabelError) as caught:
            call()
        assert caught.value.code == "outside.unreachable"
    assert list(tmp_path.iterdir()) == []


def test_the_address_has_to_be_one_the_house_goes_to() -> None:
    for base in (
        "http://example.com",
        "https://169.254.169.254",
        "https://10.0.0.1",
        "ftp://x",
        "https://a@b",
    ):
        with pytest.raises(NotAllowed):
            Caller(base, named="Suno").get("/")


def test_a_good_body_is_streamed_into_a_file_that_is_known_when_whole(tmp_path: Path) -> None:
    def song(exchange: Exchange) -> None:
        exchange.begin(200, "audio/mpeg; x=y", {"song-id": "s1", "finish-reason": "SUCCESS"})
        for _ in range(50):
            exchange.chunk(b"ab" * 10_000)
        exchange.end()

    into = tmp_path / "song"
    with served(song) as it:
        reply = it.caller().post_into("/v1/music", {"a": 1}, into)
    assert (reply.status, reply.media_type, reply.body) == (200, "audio/mpeg", b"")
    assert into.read_bytes() == b"ab" * 500_000
    assert it.asked[0].headers["accept"] == "*/*"
    whole = spooled(into)
    assert whole is not None
    assert (whole.size, whole.headers["song-id"], whole.media_type) == (1_000_000, "s1", "audio/mpeg")
    assert {path.name for path in tmp_path.iterdir()} == {"song", "song.done"}


def test_another_status_is_not_streamed(tmp_path: Path) -> None:
    with served(says(422, {"detail": "no"})) as it:
        reply = it.caller().post_into("/v1/music", {}, tmp_path / "song")
    assert reply.json() == {"detail": "no"}
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    with served(says(200)) as it, pytest.raises(LabelError) as caught:
        it.caller().post_into("/v1/music", {}, tmp_path / "nowhere" / "song")
    assert it.asked == []
    assert not outcome_unknown(caught.value)
    assert caught.value.hint


def test_a_full_disk_after_the_answer_leaves_the_outcome_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("noktvrn.outbound.spool.Pouring.take", full)
    with served(says(200, {})) as it, pytest.raises(LabelError, match="No space left") as caught:
        it.caller().post_into("/v1/music", {}, tmp_path / "song")
    assert outcome_unknown(caught.value)
    assert part_of(tmp_path / "song").exists()
    assert not done_of(tmp_path / "song").exists()


def echo(exchange: Exchange) -> None:
    told = {"error": f"Incorrect API key {KEY}", "headers": dict(exchange.headers), "path": exchange.path}
    exchange.send(
        401, json.dumps(told).encode(), headers={"x-echo": exchange.headers.get("authorization", "")}
    )


def test_no_secret_comes_back_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    with served(echo) as it:
        caller = it.caller(query={"key": SecretStr(KEY)})
        for reply in (caller.get("/a"), caller.post("/a", {}), caller.post_into("/a", {}, tmp_path / "f")):
            seen += [repr(reply), str(reply.headers), reply.body.decode(), repr(caller)]
            seen += [repr(refusal(reply, "Suno", paid=True))]
    for base in (f"http://127.0.0.1:{it.server.port}", "http://example.com", "https://no such host"):
        with pytest.raises(LabelError) as caught:
            Caller(base, named="Suno", query={"key": SecretStr(KEY)}, headers={"x-key": SecretStr(KEY)}).get(
                "/"
            )
        seen += ["".join(traceback.format_exception(caught.value)), caught.value.hint]
    seen += [caplog.text]
    assert KEY not in "\n".join(seen)
    assert "[secret]" in "\n".join(seen)


def test_a_secret_is_known_in_every_spelling_and_other_words_stay() -> None:
    key = "p+la/nted=0123"

    def echo_all(exchange: Exchange) -> None:
        told = f'{{"a": "{key}", "b": "p+la\\/nted=0123", "c": "p%2Bla%2Fnted%3D0123", "d": "Bearer ok"}}'
        exchange.send(200, told.encode())

    with served(echo_all) as it:
        body = it.caller(headers={"authorization": f"Bearer {key}"}).get("/").body
    assert body == b'{"a": "[secret]", "b": "[secret]", "c": "[secret]", "d": "Bearer ok"}'


@pytest.mark.parametrize("key", ["a\nb", "schlüssel", "\u200bkey"])
def test_a_key_no_header_takes_is_told_without_it(key: str) -> None:
    with served(says(200)) as it, pytest.raises(LabelError) as caught:
        it.caller(headers={"x-api-key": SecretStr(key)}).get("/")
    assert it.asked == []
    assert trouble_of(caught.value) is Trouble.INVALID
    assert key not in "".join(traceback.format_exception(caught.value))


def test_a_provider_sets_none_of_the_houses_headers() -> None:
    for name in ("Host", "cookie", "Content-Length"):
        with pytest.raises(Fault):
            Caller("https://example.com", named="Suno", headers={name: "x"})


@pytest.mark.parametrize(
    ("status", "paid", "meant"),
    [
        (200, True, Trouble.CONTRACT),
        (302, True, Trouble.INVALID),
        (400, True, Trouble.INVALID),
        (401, True, Trouble.AUTH),
        (402, False, Trouble.CREDITS),
        (403, True, Trouble.AUTH),
        (404, True, Trouble.INVALID),
        (408, True, Trouble.UNKNOWN),
        (408, False, Trouble.TRANSIENT),
        (413, True, Trouble.INVALID),
        (422, True, Trouble.INVALID),
        (429, True, Trouble.RATE),
        (500, True, Trouble.UNKNOWN),
        (500, False, Trouble.TRANSIENT),
        (502, True, Trouble.UNKNOWN),
        (503, True, Trouble.UNKNOWN),
        (504, False, Trouble.TRANSIENT),
    ],
)
def test_what_a_status_usually_means(status: int, paid: bool, meant: Trouble) -> None:
    error = refusal(Reply(status, "", {}, b""), "Suno", paid=paid)
    assert trouble_of(error) is meant
    assert str(status) in error.message
    assert error.hint


@pytest.mark.parametrize("paid", [True, False])
def test_a_full_house_that_says_when_to_come_again_took_nothing(paid: bool) -> None:
    error = refusal(Reply(503, "", {"retry-after": "5"}, b""), "Suno", paid=paid)
    assert trouble_of(error) is Trouble.BUSY


@pytest.mark.parametrize("base", ["https://[::1", "https://a b.example", "https://exa\x00mple.com"])
def test_a_base_that_is_no_address_is_told_without_it(base: str) -> None:
    with pytest.raises(LabelError) as caught:
        Caller(base, named="Suno", query={"key": SecretStr(KEY)}).get("/")
    assert not outcome_unknown(caught.value)
    assert KEY not in "".join(traceback.format_exception(caught.value))


VALUE = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\x00"), max_size=60)
NAME = st.sampled_from(
    ["retry-after", "content-type", "x-ratelimit-reset-requests", "keep-alive", "location", "etag"]
)


@pytest.fixture(scope="module")
def teller() -> Iterator[list[Any]]:
    """A server that answers with what was last put into the list; its port comes first."""
    told: list[Any] = []

    def answer(exchange: Exchange) -> None:
        exchange.write(told[1] + b"content-length: 2\r\n\r\n{}")

    server = Loopback(answer)
    told[:] = [server.port, b""]
    server.start()
    yield told
    server.close()


@given(st.sampled_from([200, 302, 400, 429, 503]), st.lists(st.tuples(NAME, VALUE), max_size=6))
@settings(max_examples=60)
def test_no_header_breaks_a_call(teller: list[Any], status: int, headers: list[tuple[str, str]]) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    teller[1] = f"HTTP/1.1 {status} X\r\n{lines}".encode("latin-1")
    caller = Caller(f"http://127.0.0.1:{teller[0]}", named="Suno", deadline_s=5.0)
    try:
        reply = caller.get("/")
    except LabelError as error:
        spoilt = trouble_of(error)
    else:
        assert reply.status == status
        assert refusal(reply, "Suno", paid=True).hint
        spoilt = Trouble.TRANSIENT
    assert spoilt is Trouble.TRANSIENT
