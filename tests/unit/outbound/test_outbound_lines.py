"""Connections that are kept: when they are used again, when not, and what is handed on while it comes."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from noktvrn.kernel.errors import LabelError, NotAllowed, Refused, TimedOut, Unavailable
from noktvrn.outbound import pool
from noktvrn.outbound.failures import OUTCOME_UNKNOWN, failure
from noktvrn.outbound.guard import GuardedTransport
from noktvrn.outbound.loop import run
from noktvrn.outbound.rules import Rules, Trace
from noktvrn.outbound.wire import Wire
from noktvrn.testing.loopback import Exchange, Handler, Loopback


@contextmanager
def served(handler: Handler) -> Iterator[Loopback]:
    server = Loopback(handler)
    server.start()
    try:
        yield server
    finally:
        server.close()


async def post(port: int, *, host: str = "127.0.0.1", scheme: str = "http", **rules: object) -> bytes:
    """The answer's body. Raises the kernel's error."""
    transport = GuardedTransport(Rules(named="X", **{"deadline_s": 5.0, **rules}))  # type: ignore[arg-type]
    request = httpx2.Request("POST", f"{scheme}://{host}:{port}/v1", json={"a": 1})
    try:
        response = await transport.handle_async_request(request)
        body = await response.aread()
    except httpx2.TransportError:
        raise failure(transport.trace, "X") from None
    if not response.is_success:
        raise failure(transport.trace, "X")
    return body


def ok(exchange: Exchange) -> None:
    exchange.send(200, b'{"fine":1}')


def test_one_connection_carries_one_answer_after_the_other() -> None:
    with served(ok) as server:
        for _ in range(10):
            assert run(post(server.port)) == b'{"fine":1}'
        assert server.connections == 1


def test_many_at_once_have_a_connection_each_and_share_them_later() -> None:
    async def slowly(exchange: Exchange) -> None:
        await asyncio.sleep(0.05)
        ok(exchange)

    async def all_of_them(port: int) -> None:
        await asyncio.gather(*(post(port) for _ in range(20)))

    with served(slowly) as server:
        for _ in range(3):
            run(all_of_them(server.port))
        assert server.connections == 20


def until_hung_up(server: Loopback, within_s: float = 5.0) -> None:
    """Until the server has closed every connection: what it said then lies in the caller's socket."""
    end = time.monotonic() + within_s
    while server.lines:
        assert time.monotonic() < end, "the server keeps its connections"
        time.sleep(0.001)


@pytest.mark.parametrize("pause_s", [0.0, 0.02])
def test_a_server_that_closes_idle_connections_makes_no_outcome_unknown(pause_s: float) -> None:
    def once(exchange: Exchange) -> None:
        ok(exchange)
        exchange.close()

    with served(once) as server:
        for number in range(30):
            assert run(post(server.port)) == b'{"fine":1}'
            until_hung_up(server)
            time.sleep(max(pause_s, 0.005) if number else 0.02)  # its socket closes right after
        assert server.connections == 30


def test_a_request_that_was_cut_off_on_a_kept_connection_is_not_sent_again() -> None:
    asked = []

    def once(exchange: Exchange) -> None:
        asked.append(exchange)
        if len(asked) == 2:
            exchange.close()
        else:
            ok(exchange)

    with served(once) as server:
        run(post(server.port))
        with pytest.raises(Unavailable) as caught:
            run(post(server.port))
        assert caught.value.code == OUTCOME_UNKNOWN
        assert (len(asked), server.connections) == (2, 1)


@pytest.mark.parametrize("headers", [{"keep-alive": "timeout=1, max=100"}, {"connection": "close"}])
def test_a_server_that_will_hang_up_is_believed(headers: dict[str, str]) -> None:
    with served(lambda exchange: exchange.send(200, b"{}", headers=headers)) as server:
        for _ in range(3):
            run(post(server.port))
        assert server.connections == 3


def test_an_idle_connection_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "KEEP_S", 0.05)

    async def ask_twice(server: Loopback) -> None:
        await post(server.port)
        async with asyncio.timeout(3):
            while server.lines:
                await asyncio.sleep(0.01)
        await post(server.port)

    with served(ok) as server:
        asyncio.run(ask_twice(server))
        assert server.connections == 2


def test_two_names_of_one_address_share_no_connection() -> None:
    async def resolver(host: str, port: int) -> list[str]:
        del host, port
        return ["127.0.0.1"]

    with served(ok) as server:
        for host in ("a.lan", "b.lan", "a.lan"):
            run(post(server.port, host=host, resolver=resolver, private_hosts=("a.lan", "b.lan")))
        assert server.connections == 2


def test_a_name_that_changes_its_mind_is_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [["127.0.0.1"], ["127.0.0.1"], ["169.254.169.254"]]
    looked_up = []

    async def resolver(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return found.pop(0)

    async def ask(port: int) -> bytes:
        return await post(port, host="a.lan", resolver=resolver, private_hosts=("a.lan",))

    with served(ok) as server:
        for _ in range(3):
            run(ask(server.port))
        assert len(looked_up) == 1
        monkeypatch.setattr(pool, "NAMES_S", 0.0)
        run(ask(server.port))
        with pytest.raises(NotAllowed):
            run(ask(server.port))
        assert server.connections == 1


def test_another_loop_has_connections_of_its_own_and_closes_them() -> None:
    with served(ok) as server:
        asyncio.run(post(server.port))
        deadline = time.monotonic() + 2
        while server.lines and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not server.lines


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: " + b"9" * 5000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 200_000,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        b"HTTP/1.1 101 Up\r\nupgrade: x\r\n\r\n",
        b"HTTP/1.1 100 Go on\r\n\r\n" * 3,
        b"",
    ],
)
def test_what_is_no_answer_leaves_the_outcome_unknown(answer: bytes) -> None:
    def say(exchange: Exchange) -> None:
        exchange.write(answer)
        exchange.close()

    with served(say) as server:
        with pytest.raises(Unavailable) as caught:
            run(post(server.port))
        assert caught.value.code == OUTCOME_UNKNOWN
        assert server.connections == 1


def test_interim_answers_are_passed_over_and_the_rest_of_the_line_is_not_trusted() -> None:
    def say(exchange: Exchange) -> None:
        exchange.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\n")
        exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\nsmuggled")

    with served(say) as server:
        assert run(post(server.port)) == b"{}"
        assert run(post(server.port)) == b"{}"
        assert server.connections == 2


def test_rate_limits_and_waits_are_told_to_who_listens() -> None:
    told = {
        "x-ratelimit-remaining-requests": "9",
        "retry-after": "7",
        "retry-after-ms": "250",
        "x-other": "1",
    }

    async def listened(port: int) -> Trace | None:
        with Wire() as wire:
            await post(port)
        assert wire.sent
        return wire.last

    with served(lambda exchange: exchange.send(200, b"{}", headers=told)) as server:
        trace = run(listened(server.port))
    assert trace is not None
    assert (trace.rate, trace.retry_after_s) == ({"x-ratelimit-remaining-requests": "9"}, 0.25)


def test_whoever_leaves_hangs_up() -> None:
    gone: list[asyncio.Event] = []

    def never(exchange: Exchange) -> None:
        gone.append(exchange.gone)

    async def leave(port: int) -> None:
        task = asyncio.ensure_future(post(port))
        while not gone:
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    with served(never) as server:
        run(leave(server.port))
        deadline = time.monotonic() + 2
        while not gone[0].is_set() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert gone[0].is_set()


# -- streams


async def chunks(port: int, **rules: object) -> AsyncIterator[bytes]:
    """The parts of a streamed answer. Raises the kernel's error."""
    transport = GuardedTransport(Rules("X", stream=True, **{"deadline_s": 5.0, **rules}))  # type: ignore[arg-type]
    request = httpx2.Request("POST", f"http://127.0.0.1:{port}/v1", json={})
    try:
        response = await transport.handle_async_request(request)
        async for chunk in response.aiter_bytes():
            yield chunk
    except httpx2.TransportError:
        raise failure(transport.trace, "X") from None
    if not response.is_success:
        raise failure(transport.trace, "X")
    assert transport.trace.whole


def streaming(*parts: bytes, then: Callable[[Exchange], None] = Exchange.end) -> Handler:
    async def handler(exchange: Exchange) -> None:
        exchange.begin(200, "text/event-stream")
        for part in parts:
            exchange.chunk(part)
            await asyncio.sleep(0.01)
        then(exchange)

    return handler


async def collected(port: int, **rules: object) -> bytes:
    return b"".join([chunk async for chunk in chunks(port, **rules)])


def test_a_part_is_handed_on_before_the_next_one_exists() -> None:
    go_on = asyncio.Event()

    async def handler(exchange: Exchange) -> None:
        exchange.begin(200, "text/event-stream")
        exchange.chunk(b"first")
        await asyncio.wait_for(go_on.wait(), 5)
        exchange.chunk(b"second")
        exchange.end()

    async def read(server: Loopback) -> list[bytes]:
        found = []
        async for chunk in chunks(server.port):
            found.append(chunk)
            server._loop.call_soon_threadsafe(go_on.set)
        return found

    with served(handler) as server:
        assert run(read(server)) == [b"first", b"second"]
        assert run(collected(server.port)) == b"firstsecond"
        assert server.connections == 1


@pytest.mark.parametrize(
    ("handler", "rules", "kind"),
    [
        (streaming(b"a", then=lambda _: None), {"chunk_s": 0.1}, TimedOut),
        (streaming(*[b"a"] * 100), {"deadline_s": 0.1}, TimedOut),
        (streaming(*[b"a" * 100] * 9), {"max_bytes": 500}, Unavailable),
        (streaming(b"a", then=Exchange.close), {}, Unavailable),
        (streaming(b"a", then=Exchange.reset), {}, Unavailable),
        (streaming(b"a", then=lambda exchange: exchange.write(b"zz\r\n")), {}, Unavailable),
    ],
)
def test_a_stream_that_does_not_end_well(
    handler: Handler, rules: dict[str, object], kind: type[LabelError]
) -> None:
    with served(handler) as server:
        with pytest.raises(kind) as caught:
            run(collected(server.port, **rules))
        assert caught.value.code == OUTCOME_UNKNOWN


def test_a_refusal_of_a_stream_is_read_whole() -> None:
    def refuse(exchange: Exchange) -> None:
        exchange.send(401, b'{"error": {"code": "no"}}')

    with served(refuse) as server:
        for _ in range(2):
            with pytest.raises(Refused):
                run(collected(server.port))
        assert server.connections == 1


def test_a_stream_nobody_reads_on_is_hung_up_and_the_server_made_to_wait() -> None:
    held_back = []

    async def handler(exchange: Exchange) -> None:
        exchange.begin(200, "text/event-stream")
        while not exchange.gone.is_set():
            exchange.chunk(b"x" * 100_000)
            await asyncio.sleep(0)
            held_back.append(exchange._line.transport.get_write_buffer_size())
            if held_back[-1] > 3_000_000:
                await asyncio.wait_for(exchange.gone.wait(), 5)

    async def read_one(port: int) -> None:
        stream = chunks(port, max_bytes=10**9)
        assert await anext(stream)
        await asyncio.sleep(0.3)
        await stream.aclose()  # type: ignore[attr-defined]

    with served(handler) as server:
        run(read_one(server.port))
        deadline = time.monotonic() + 2
        while server.lines and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not server.lines
        assert max(held_back) > 3_000_000


# -- certificates


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")
def test_a_certificate_has_to_be_the_names_not_the_addresss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    words += ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=music.lan"]
    subprocess.run([*words, "-addext", "subjectAltName=DNS:music.lan"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def resolver(host: str, port: int) -> list[str]:
        del host, port
        return ["127.0.0.1"]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    async def ask(host: str) -> bytes:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
        async with server:
            port = server.sockets[0].getsockname()[1]
            private = ("music.lan", "other.lan")
            return await post(port, host=host, scheme="https", resolver=resolver, private_hosts=private)

    with pytest.raises(Refused) as caught:
        asyncio.run(ask("music.lan"))
    assert caught.value.code == "outside.untrusted"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    pool._context.cache_clear()
    try:
        assert asyncio.run(ask("music.lan")) == b"{}"
        with pytest.raises(Refused) as caught:
            asyncio.run(ask("other.lan"))
        assert caught.value.code == "outside.untrusted"
    finally:
        pool._context.cache_clear()
