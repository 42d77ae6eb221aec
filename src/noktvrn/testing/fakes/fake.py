"""What every fake has: a server, books, a script of faults, and the faults any server can have."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from noktvrn.testing.fakes.script import Fault, Script
from noktvrn.testing.loopback import Exchange, Loopback, head

Answer = Coroutine[Any, Any, None] | None
HANG_S = 120.0
HUGE = 500_000_000
CHUNK = 1 << 16
_KIND = re.compile(rb"\r\ncontent-type: [^\r]*\r\n", re.IGNORECASE)
LOGIN_PAGE = b"<!doctype html><html><body><h1>Sign in</h1><form></form></body></html>"


class Fake(ABC):
    """A service on loopback. A subclass answers by `serve`, and shows the faults of its own dialect there.

    `submissions` counts jobs taken, and billed, by idempotency-free request: the number nobody may double.
    `bill` is what they cost by unit. `GET /_books` tells both, so that a process of its own can be asked.
    Everything is served on one thread: a handler must not block.
    """

    name = "fake"

    def __init__(self, script: Script | None = None, port: int = 0) -> None:
        self.script = script or Script()
        self.submissions: list[dict[str, Any]] = []
        self.bill: Counter[str] = Counter()
        self.asked: list[str] = []
        """Method and path of every request, in order."""
        self.headers: list[dict[str, str]] = []
        self.changed = threading.Event()
        """Set with every request."""
        self._server = Loopback(self._play, port)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    @abstractmethod
    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> Answer:
        """Answers one request. `fault` is one of the dialect's own, or None."""

    def taken(self, job: dict[str, Any], **cost: int) -> None:
        """Enters a job into the books: it is made, and billed `cost` by unit."""
        self.submissions.append(job)
        self.bill.update(cost)

    def books(self) -> dict[str, Any]:
        """What was asked, taken and billed."""
        return {
            "asked": len(self.asked),
            "submissions": len(self.submissions),
            "jobs": self.submissions,
            "bill": dict(self.bill),
        }

    def _play(self, exchange: Exchange) -> Answer:
        parts = urlsplit(exchange.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/_books":
            as_json(exchange, self.books())
            return None
        self.asked.append(f"{exchange.method} {parts.path}")
        self.headers.append(exchange.headers)
        self.changed.set()
        fault = self.script.fault(exchange.method, parts.path)
        before = _BEFORE.get(fault.name) if fault else None
        if before is not None and fault is not None:
            return before(exchange, fault)
        after = _AFTER.get(fault.name) if fault else None
        if after is not None and fault is not None:
            return self._after(exchange, parts.path, query, fault, after)
        return self.serve(exchange, parts.path, query, fault)

    async def _after(
        self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault, spoil: Spoil
    ) -> None:
        """The request is served, jobs and bill and all; what the client sees of it is spoilt."""
        heard = Heard(exchange)
        going = self.serve(heard, path, query, None)
        if going is not None:
            await going
        await spoil(exchange, heard, fault)


class Heard(Exchange):
    """An exchange whose answer is held back."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange._line, exchange.method, exchange.path, exchange.headers, exchange.body)
        self.said = b""

    def write(self, data: bytes) -> None:
        """Keeps the bytes."""
        self.said += data


Spoil = Callable[[Exchange, Heard, Fault], Coroutine[Any, Any, None]]


def as_json(exchange: Exchange, data: object, status: int = 200, **headers: str) -> None:
    """A whole JSON answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    exchange.send(status, json.dumps(data).encode(), headers=named)


def body_of(exchange: Exchange) -> dict[str, Any]:
    """The request's JSON object; empty where it is none."""
    try:
        data = json.loads(exchange.body)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _reset(exchange: Exchange, _fault: Fault) -> None:
    exchange.reset()


def _status(exchange: Exchange, fault: Fault) -> None:
    headers = {"retry-after": str(fault.told["retry_after"])} if "retry_after" in fault.told else {}
    body = fault.told.get("body", {"error": {"message": "no"}})
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    exchange.send(int(fault.told.get("status", 500)), raw, headers=headers)


def _redirect(exchange: Exchange, fault: Fault) -> None:
    exchange.send(302, b"", headers={"location": str(fault.told["to"])})


def _html(exchange: Exchange, fault: Fault) -> None:
    exchange.send(int(fault.told.get("status", 200)), LOGIN_PAGE, str(fault.told.get("kind", "text/html")))


def _body(exchange: Exchange, fault: Fault) -> None:
    exchange.send(
        200, str(fault.told.get("text", "")).encode(), str(fault.told.get("kind", "application/json"))
    )


async def _huge(exchange: Exchange, fault: Fault) -> None:
    size = int(fault.told.get("size", HUGE))
    kind = str(fault.told.get("kind", "audio/mpeg"))
    exchange.write(head(200, {"content-type": kind, "content-length": str(size)}))
    for _ in range(0, size, CHUNK):
        if exchange.gone.is_set():
            return
        exchange.write(bytes(CHUNK))
        await exchange.drained()


async def _hang(exchange: Exchange, fault: Fault) -> None:
    await asyncio.wait(
        {asyncio.ensure_future(exchange.gone.wait())}, timeout=float(fault.told.get("s", HANG_S))
    )
    exchange.reset()


_BEFORE: dict[str, Callable[[Exchange, Fault], Answer]] = {
    "reset": _reset,
    "status": _status,
    "redirect": _redirect,
    "html": _html,
    "body": _body,
    "huge": _huge,
    "hang": _hang,
}
"""Not served, not billed: `reset`, `status` (`status`, `retry_after`, `body`), `redirect` (`to`), `html`,
`body` (`text`, `kind`), `huge` (`size`, `kind`), `hang` (`s`)."""


async def _reset_after(exchange: Exchange, _heard: Heard, _fault: Fault) -> None:
    exchange.reset()


async def _hang_after(exchange: Exchange, _heard: Heard, fault: Fault) -> None:
    await _hang(exchange, fault)


async def _status_after(exchange: Exchange, _heard: Heard, fault: Fault) -> None:
    _status(exchange, fault)


async def _slow(exchange: Exchange, heard: Heard, fault: Fault) -> None:
    await asyncio.sleep(float(fault.told.get("s", 0.2)))
    exchange.write(heard.said)


async def _truncated(exchange: Exchange, heard: Heard, fault: Fault) -> None:
    end = heard.said.index(b"\r\n\r\n") + 4
    kept = end + int((len(heard.said) - end) * float(fault.told.get("kept", 0.5)))
    exchange.write(heard.said[:kept])
    exchange.close()


async def _cut(exchange: Exchange, heard: Heard, fault: Fault) -> None:
    top, _, body = heard.said.partition(b"\r\n\r\n")
    body = body[: int(len(body) * float(fault.told.get("kept", 0.5)))]
    lines = [line for line in top.split(b"\r\n") if not line.lower().startswith(b"content-length:")]
    exchange.write(b"\r\n".join([*lines, b"content-length: %d" % len(body)]) + b"\r\n\r\n" + body)


async def _renamed(exchange: Exchange, heard: Heard, fault: Fault) -> None:
    kind = str(fault.told.get("kind", "text/html")).encode()
    exchange.write(_KIND.sub(b"\r\ncontent-type: " + kind + b"\r\n", heard.said, count=1))


async def _drip(exchange: Exchange, heard: Heard, fault: Fault) -> None:
    for place in range(0, len(heard.said), step := int(fault.told.get("step", 1))):
        if exchange.gone.is_set():
            return
        exchange.write(heard.said[place : place + step])
        await asyncio.sleep(float(fault.told.get("s", 0.05)))


_AFTER: dict[str, Spoil] = {
    "reset_after": _reset_after,
    "hang_after": _hang_after,
    "status_after": _status_after,
    "slow": _slow,
    "truncated": _truncated,
    "cut": _cut,
    "renamed": _renamed,
    "drip": _drip,
}
"""Served, and billed: `reset_after`, `hang_after`, `status_after` (a gateway's 502 or 504), `slow` (`s`),
`truncated` (`kept`, a share of the body under the Content-Length of all of it), `cut` (`kept`, a share under
its own Content-Length), `renamed` (`kind`, another media type), `drip` (`step`, `s`)."""
