"""An HTTP/1.1 server on loopback, small and quick, whose every byte can be scripted.

What comes in: a handler that is called with each request (an `Exchange`) on the server's own event loop. It
may answer at once or return a coroutine. What goes out: exactly the bytes it writes, broken ones too.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

Handler = Callable[["Exchange"], Coroutine[Any, Any, None] | None]
MOST_WAITING = 1_000_000


class Exchange:
    """One request, and the way to answer it. Every write goes to the client at once."""

    def __init__(self, line: Line, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self._line = line

    @property
    def gone(self) -> asyncio.Event:
        """Set once the client has hung up."""
        return self._line.gone

    def send(
        self,
        status: int,
        body: bytes,
        kind: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """A whole answer; `kind` is its media type."""
        told = {"content-type": kind, "content-length": str(len(body)), **(headers or {})}
        self.write(head(status, told) + body)

    def begin(self, status: int, kind: str, headers: Mapping[str, str] | None = None) -> None:
        """The head of an answer that comes in chunks; the last one is `end`."""
        self.write(head(status, {"content-type": kind, "transfer-encoding": "chunked", **(headers or {})}))

    def chunk(self, data: bytes) -> None:
        """One chunk of the answer."""
        self.write(b"%x\r\n%b\r\n" % (len(data), data))

    def end(self) -> None:
        """The end of a chunked answer."""
        self.write(b"0\r\n\r\n")

    def write(self, data: bytes) -> None:
        """Bytes as they are; none once the client is gone."""
        if not self._line.gone.is_set():
            self._line.transport.write(data)

    async def drained(self) -> None:
        """Waits until the client has taken most of what was written, or is gone."""
        await asyncio.sleep(0)  # a client that hung up is noticed in between
        while self._line.transport.get_write_buffer_size() > MOST_WAITING and not self.gone.is_set():
            await asyncio.sleep(0.001)

    def close(self) -> None:
        """Hangs up after what was written."""
        self._line.transport.close()

    def reset(self) -> None:
        """Breaks the connection (RST); what was not taken yet is lost."""
        line: socket.socket | None = self._line.transport.get_extra_info("socket")
        if line is not None:
            with contextlib.suppress(OSError):  # the client was killed and its line is closed
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._line.transport.abort()


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """Status line and headers."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Answer\r\n{lines}\r\n".encode("latin-1")


class Line(asyncio.Protocol):
    """One connection: requests one after another, for as long as the client keeps it."""

    transport: asyncio.Transport

    def __init__(self, server: Loopback) -> None:
        self._server = server
        self._read = bytearray()
        self.gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Counts the connection."""
        self.transport = transport  # type: ignore[assignment]  # a TCP server's are read and written
        self._server.lines.add(self)
        self._server.connections += 1

    def connection_lost(self, _error: Exception | None) -> None:
        """Tells who waits on this connection."""
        self._server.lines.discard(self)
        self.gone.set()

    def data_received(self, data: bytes) -> None:
        """Collects bytes until a request is whole."""
        self._read += data
        while (exchange := self._taken()) is not None:
            self._server.play(exchange)

    def _taken(self) -> Exchange | None:
        end = self._read.find(b"\r\n\r\n")
        if end < 0:
            return None
        first, *rest = bytes(self._read[:end]).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        whole = end + 4 + int(headers.get("content-length", "0"))
        if len(self._read) < whole:
            return None
        body = bytes(self._read[end + 4 : whole])
        del self._read[:whole]
        method, path, _ = first.split(" ", 2)
        return Exchange(self, method, path, headers, body)


class Loopback:
    """Serves `handler` on a free (or the given) port of 127.0.0.1, in a thread of its own."""

    def __init__(self, handler: Handler, port: int = 0) -> None:
        self._handler = handler
        self.connections = 0
        self.lines: set[Line] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._socket = socket.create_server(("127.0.0.1", port), backlog=1024)
        self.port = int(self._socket.getsockname()[1])
        self._serving = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="loopback", daemon=True)

    def start(self) -> None:
        """Begins to answer; returns once it does, so that it can be closed at any moment from then on."""
        self._thread.start()
        self._serving.wait()

    def close(self) -> None:
        """Breaks every connection off and ends the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def play(self, exchange: Exchange) -> None:
        """Hands a request to the handler. A handler that fails breaks the connection off."""
        try:
            going = self._handler(exchange)
        except Exception:
            exchange.reset()
            raise
        if going is not None:
            task = self._loop.create_task(going)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            self._loop.create_server(lambda: Line(self), sock=self._socket)
        )
        self._loop.call_soon(self._serving.set)
        self._loop.run_forever()
        self._loop.remove_reader(self._socket)
        self._loop.run_until_complete(_rounds(3))  # makes lines of those just let in, to be closed
        server.close()
        self._loop.run_until_complete(self._end())
        self._loop.close()

    async def _end(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)
        for line in tuple(self.lines):
            line.transport.abort()
        await _rounds(2)


async def _rounds(count: int) -> None:
    """Lets the loop do what it has at hand, so many times over."""
    for _ in range(count):
        await asyncio.sleep(0)
