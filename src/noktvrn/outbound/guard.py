"""The one transport every request goes through, and the trace of what became of it.

It sends only the headers that are needed, asks for no compression and accepts none, follows no redirect,
counts the bytes that come in, and ends everything by one deadline: look-up, connecting, both bodies, and
the one repetition it allows itself where the request was certainly not accepted. It works on asyncio because
only there can a deadline end a read that drips. Connections are kept and used again (`pool.py`).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator

import httpx2

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound import gate
from noktvrn.outbound.address import place_of
from noktvrn.outbound.exchange import Exchange, Wanted
from noktvrn.outbound.line import LineError
from noktvrn.outbound.pool import pool
from noktvrn.outbound.rules import Rules, Trace
from noktvrn.outbound.wire import tell

SENT_HEADERS = frozenset([b"host", b"accept", b"authorization", b"content-type", b"idempotency-key"]) | {
    b"x-api-key",
    b"anthropic-version",
    b"anthropic-beta",
}
OURS = [(b"accept-encoding", b"identity"), (b"user-agent", b"noktvrn")]


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Sends one request, whatever client it is put under; `trace` tells what became of it."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.trace = Trace()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, its body read whole, or handed on as it comes where the rules say `stream`.

        Raises httpx2.TransportError, also from inside a streamed body; `trace` has the reason.
        """
        end = asyncio.get_running_loop().time() + self._rules.deadline_s
        try:
            gate.pass_out()
            async with asyncio.timeout_at(end):
                wanted = self._wanted(request, await request.aread())
                return await self._answer(request, await self._patiently(wanted), end)
        except (LabelError, LineError, OSError) as error:
            _note(self.trace, error)
        raise httpx2.TransportError("stopped by the guard")

    def _wanted(self, request: httpx2.Request, body: bytes) -> Wanted:
        rules = self._rules
        place = place_of(str(request.url), named=rules.named, private_hosts=rules.private_hosts)
        sent = SENT_HEADERS | rules.more_headers
        headers = [pair for pair in request.headers.raw if pair[0].lower() in sent] + OURS
        if body or request.method == "POST":
            headers.append((b"content-length", str(len(body)).encode()))
        return Wanted(place, request.method, request.url.raw_path, headers, body)

    async def _patiently(self, wanted: Wanted) -> Exchange:
        """Asks, and once more where the request was certainly not accepted and waiting is short."""
        try:
            exchange = await self._once(wanted)
        except OSError as error:
            if self.trace.sent or isinstance(error, ssl.SSLCertVerificationError):
                raise
            return await self._once(wanted)
        wait = self.trace.retry_after_s
        if self.trace.status in (429, 503) and wait is not None and wait <= self._rules.patience_s:
            try:
                await exchange.whole()
            finally:
                exchange.stop()
            if not self.trace.quota_spent:
                await asyncio.sleep(wait)
                return await self._once(wanted)
        return exchange

    async def _once(self, wanted: Wanted) -> Exchange:
        """Sends it to the first address that takes it, and waits for the head of the answer."""
        self.trace = Trace(requests=self.trace.requests)
        tell(self.trace)
        lines, place = pool(), wanted.place
        found = await lines.addresses(place, self._rules)
        for left, address in enumerate(found, start=1 - len(found)):
            try:
                line = lines.idle(place, address) or await lines.fresh(place, address)
            except OSError:
                if left == 0:
                    raise
                continue
            exchange = Exchange(line, (place, address), lines, self._rules, self.trace)
            await exchange.ask(wanted)
            return exchange
        raise OSError("no address answered")

    async def _answer(self, request: httpx2.Request, exchange: Exchange, end: float) -> httpx2.Response:
        status, kept = self.trace.status, exchange.kept
        if self._rules.stream and status < 300:
            body = _Streamed(exchange, self._rules, self.trace, end)
            return httpx2.Response(status, headers=kept, stream=body, request=request)
        try:
            content = await exchange.whole()
        finally:
            exchange.stop()
        return httpx2.Response(status, headers=kept, content=content, request=request)


class _Streamed(httpx2.AsyncByteStream):
    """A body that is handed on as it comes, under the request's deadline and the longest silence."""

    def __init__(self, exchange: Exchange, rules: Rules, trace: Trace, end: float) -> None:
        self._exchange = exchange
        self._rules = rules
        self._trace = trace
        self._end = end

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await self._chunk():
            yield chunk

    async def aclose(self) -> None:
        """Hangs up, unless the body was read whole."""
        self._exchange.stop()

    async def _chunk(self) -> bytes:
        now = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(min(self._end, now + self._rules.chunk_s)):
                return await self._exchange.chunk()
        except (LineError, OSError) as error:
            _note(self._trace, error)
        self._exchange.stop()
        raise httpx2.TransportError("stopped by the guard")


def _note(trace: Trace, error: Exception) -> None:
    """Writes the reason into the trace; nothing else of the error is ever used."""
    if isinstance(error, LabelError):
        trace.stopped = error
    elif isinstance(error, LineError):
        trace.spoilt = str(error)
    elif isinstance(error, ssl.SSLCertVerificationError):
        trace.untrusted = True
    elif isinstance(error, TimeoutError):
        trace.timed_out = True
