"""One connection to one checked address: HTTP/1.1 by h11 over an asyncio transport.

Written for one request at a time and for little work per request: httpx2's own pool costs three times as
much (docs/decisions/0010-own-line.md). It knows no limits; the guard has them.
"""

from __future__ import annotations

import asyncio
import select
from ssl import SSLContext

import h11

from noktvrn.outbound.address import Place

HEAD_BYTES = 100_000
"""The longest head of an answer."""
UNREAD_BYTES = 1_000_000
"""How much of an answer may wait unread before the server is made to wait."""
CLOSED = "closed the connection"


class LineError(Exception):
    """The connection broke, or what came over it is no HTTP. Holds no word of what was sent or received."""


class Line(asyncio.Protocol):
    """An open connection, for one request after the other."""

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
        self._waiter: asyncio.Future[None] | None = None
        self._unread = 0
        self._paused = False
        self._ended = False
        self.transport: asyncio.Transport
        self.born = asyncio.get_running_loop().time()
        self.reusable_until = 0.0
        """Both by the loop's clock."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio's word that the connection stands."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - create_connection makes no other
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """asyncio's word that something came."""
        self._http.receive_data(data)
        self._unread += len(data)
        if self._unread > UNREAD_BYTES and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """asyncio's word that nothing more will come; the transport closes itself."""
        self._end()

    def connection_lost(self, _error: Exception | None) -> None:
        """asyncio's word that the connection is gone."""
        self._end()

    def send(self, method: str, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Hands the whole request to the system.

        Raises:
            LineError: it is no HTTP request.
        """
        try:
            data = self._http.send(h11.Request(method=method, target=target, headers=headers)) or b""
            data += self._http.send(h11.Data(data=body)) or b"" if body else b""
            data += self._http.send(h11.EndOfMessage()) or b""
        except h11.LocalProtocolError:
            raise LineError("was not asked: the request is malformed") from None
        self.transport.write(data)

    async def head(self) -> h11.Response:
        """The head of the answer; interim ones are passed over.

        Raises:
            LineError: the connection ended, or what came is no head.
        """
        while True:
            event = await self._next()
            if isinstance(event, h11.Response):
                return event
            if not isinstance(event, h11.InformationalResponse):
                raise LineError(CLOSED)

    async def chunk(self) -> bytes:
        """The next part of the body; empty at its end.

        Raises:
            LineError: the connection ended before the body did.
        """
        event = await self._next()
        if isinstance(event, h11.Data):
            return bytes(event.data)
        if isinstance(event, h11.EndOfMessage):
            return b""
        raise LineError(CLOSED)

    def rest(self) -> bool:
        """Makes ready for another request. False: this line carries no other one."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        if self._ended or self._http.trailing_data[0]:
            return False
        self._http.start_next_cycle()
        self._unread = 0
        return True

    def alive(self) -> bool:
        """Whether a resting line can be used: nothing came over it, not even its end, up to this moment."""
        if self._ended or self.transport.is_closing() or self._unread:
            return False
        socket = self.transport.get_extra_info("socket")
        if socket is None or socket.fileno() < 0:
            return False
        poll = select.poll()
        poll.register(socket.fileno(), select.POLLIN)
        return not poll.poll(0)

    def close(self) -> None:
        """Hangs up at once."""
        self._ended = True
        self.transport.abort()

    async def _next(self) -> h11.Event | type[h11.PAUSED]:
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                await self._more()
        except (h11.RemoteProtocolError, ValueError):  # h11 lets a length of 5,000 digits through to int()
            raise LineError(CLOSED if self._ended else "sent what is no HTTP") from None
        return event  # type: ignore[return-value]  # NEED_DATA has left the loop

    async def _more(self) -> None:
        if self._ended:
            self._http.receive_data(b"")
            return
        self._unread = 0
        if self._paused:
            self._paused = False
            self.transport.resume_reading()
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _end(self) -> None:
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


async def connect(place: Place, address: str, context: SSLContext | None, timeout_s: float) -> Line:
    """A line to this address of the place. The certificate has to be the place's, not the address's.

    Raises:
        OSError: nobody answers there (TimeoutError: not in time; ssl.SSLError: not in good order).
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(timeout_s):
        _, line = await loop.create_connection(
            Line, address, place.port, ssl=context, server_hostname=place.host if context else None
        )
    return line
