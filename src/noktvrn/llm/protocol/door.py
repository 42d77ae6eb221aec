"""The one way from a model's library to the net: one request for each question, under the guarded transport.

The libraries' clients are dear to make and are shared by all questions to an endpoint; what became of a
question is its own. So the shared client ends in a transport that hands each request to the `Door` of the
question at hand, and a door lets a single request through: no library repeats one on its own.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection
from contextvars import ContextVar
from typing import cast

import httpx2

from noktvrn.llm.endpoints import Endpoint
from noktvrn.llm.protocol.witness import Facts, Reason, StreamWitness, reason, testimony
from noktvrn.outbound.guard import GuardedTransport
from noktvrn.outbound.rules import Rules, Trace

_door: ContextVar[Door | None] = ContextVar("door", default=None)


class Door:
    """What became of one question. `facts` are the claims of a whole answer, `stream` reads those of a
    streamed one, `reason` says why a request was refused; `broken` once the net failed."""

    def __init__(self, rules: Rules, endpoint: Endpoint, *, streamed: bool = False) -> None:
        self._guard = GuardedTransport(rules)
        self._wire = endpoint.wire
        self._refused = endpoint.refuses
        self._passed = False
        self.streamed = streamed
        self.broken = False
        self.facts: Facts | None = None
        self.reason: Reason = ""
        self.stream = StreamWitness(endpoint.wire)

    @property
    def trace(self) -> Trace:
        """The transport's."""
        return self._guard.trace

    def open(self) -> None:
        """Makes this the door of whatever is sent next in this task."""
        _door.set(self)

    async def send(self, request: httpx2.Request) -> httpx2.Response:
        """The answer to the one request that is let through."""
        if self._passed:
            raise httpx2.TransportError("a question is asked once")
        self._passed = True
        if self._refused:
            request = _without(request, await request.aread(), self._refused)
        try:
            response = await self._guard.handle_async_request(request)
            if response.is_success and self.streamed:
                return _passed_on(response, self)
            body = await response.aread()
        except Exception:
            self.broken = True
            raise
        if not response.is_success:
            self.reason = reason(body)
            return response
        heard = testimony(self._wire, body)
        if heard is None:
            raise httpx2.TransportError("this is no answer")
        self.facts, body = heard
        return httpx2.Response(
            200, headers={"content-type": "application/json"}, content=body, request=request
        )


async def through(request: httpx2.Request) -> httpx2.Response:
    """Hands a request to the door of the question at hand."""
    door = _door.get()
    if door is None:
        raise httpx2.TransportError("no question is being asked")
    return await door.send(request)


class SharedDoor(httpx2.AsyncBaseTransport):
    """The transport of every shared client."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Hands the request on."""
        return await through(request)


class _Watched(httpx2.AsyncByteStream):
    """A stream that is read on its way."""

    def __init__(self, source: httpx2.AsyncByteStream, door: Door) -> None:
        self._source = source
        self._door = door

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._source:
                if through := self._door.stream.let_through(chunk):
                    yield through
            yield self._door.stream.rest()
        except GeneratorExit:
            raise
        except Exception:
            self._door.broken = True
            raise

    async def aclose(self) -> None:
        await self._source.aclose()


def _without(request: httpx2.Request, body: bytes, refused: Collection[str]) -> httpx2.Request:
    kept = {name: value for name, value in json.loads(body).items() if name not in refused}
    headers = [(name, value) for name, value in request.headers.items() if name.lower() != "content-length"]
    return httpx2.Request(request.method, request.url, headers=headers, content=json.dumps(kept).encode())


def _passed_on(response: httpx2.Response, door: Door) -> httpx2.Response:
    source = cast("httpx2.AsyncByteStream", response.stream)
    return httpx2.Response(
        response.status_code,
        headers=response.headers,
        stream=_Watched(source, door),
        request=response.request,
    )
