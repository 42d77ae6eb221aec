"""One request and its answer over one line: what is sent, what is counted, what is told to the trace."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass

import h11

from noktvrn.outbound import gate
from noktvrn.outbound.address import Place
from noktvrn.outbound.line import Line, LineError
from noktvrn.outbound.pool import Pool
from noktvrn.outbound.rates import PREFIXES, retry_after
from noktvrn.outbound.rules import Rules, Trace

QUOTA_CODES = frozenset(
    ["insufficient_quota", "billing_hard_limit_reached", "quota_exceeded", "usage_limit_reached"]
)
MOST_IN_A_ROW = 256
"""Chunks that are at hand are read so many at a time: a body of tiny ones holds up nobody else."""
MOST_HEADERS = 100
LONGEST_HEADER = 1024
"""What is kept of an answer's headers: so many, and so many bytes of each."""
ERROR_BYTES = 1_000_000
"""The longest body of an answer that is no success."""
TOO_MUCH = "sent more than is taken"
COMPRESSED = "sent a compressed body it was not asked for"
_KEEP_ALIVE = re.compile(rb"timeout=(\d{1,6})")
_COOKIES = frozenset([b"set-cookie", b"set-cookie2"])
_RATES = tuple(prefix.encode() for prefix in PREFIXES)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request as it leaves: everything but the address it goes to."""

    place: Place
    method: str
    target: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Exchange:
    """Whoever has one ends it: by `whole`, by reading `chunk` to the end, or by `stop`, which hangs up."""

    def __init__(
        self, line: Line, origin: tuple[Place, str], lines: Pool, rules: Rules, trace: Trace
    ) -> None:
        self.kept: list[tuple[bytes, bytes]] = []
        """The headers that are handed on: the media type, or all but cookies where the rules say so."""
        self._line = line
        self._origin = origin
        self._lines = lines
        self._rules = rules
        self._trace = trace
        self._bytes = 0
        self._chunks = 0
        self._keep_s: float | None = None
        self._over = False
        self._body: bytes | None = None

    async def ask(self, wanted: Wanted) -> None:
        """Sends the request and reads the head of the answer.

        Raises:
            NotReady: the label was stopped while the line was made or the sender waited; nothing was sent.
            LineError: the connection broke, or the answer is one that is not taken.
        """
        try:
            gate.pass_out()
            self._trace.requests += 1
            self._line.send(wanted.method, wanted.target, wanted.headers, wanted.body)
            self._trace.sent = True  # a request that cannot be written down has not left
            self._read_head(await self._line.head())
        except BaseException:
            self.stop()
            raise

    async def chunk(self) -> bytes:
        """The next part of the body; empty at its end, when the line is given back.

        Raises:
            LineError: the connection broke, or more came than is taken.
        """
        chunk = await self._line.chunk()
        self._chunks += 1
        if not self._chunks % MOST_IN_A_ROW:
            await asyncio.sleep(0)
        self._bytes += len(chunk)
        if self._bytes > self._most:
            raise LineError(TOO_MUCH)
        if not chunk and not self._over:
            self._over = self._trace.whole = True
            await self._lines.give_back(self._line, self._origin, self._keep_s)
        return chunk

    async def whole(self) -> bytes:
        """The whole body, the same every time it is asked for."""
        if self._body is None:
            body = bytearray()
            while chunk := await self.chunk():
                body += chunk
            self._body = bytes(body)
            if self._trace.status >= 300:
                self._trace.quota_spent = _says_quota(self._body)
        return self._body

    @property
    def _most(self) -> int:
        most = self._rules.max_bytes
        return most if self._trace.status < 300 else min(most, ERROR_BYTES)

    def stop(self) -> None:
        """Hangs up, unless the answer was read whole."""
        if not self._over:
            self._over = True
            self._line.close()

    def _read_head(self, head: h11.Response) -> None:
        self._trace.status = head.status_code
        if self._rules.keep_headers:
            few = [(name, value[:LONGEST_HEADER]) for name, value in head.headers if name not in _COOKIES]
            self.kept = few[:MOST_HEADERS]
        for name, value in head.headers:
            if name.startswith(_RATES):
                self._trace.rate[name.decode("ascii")] = value.decode("latin-1")
            elif name == b"content-type" and not self._rules.keep_headers:
                self.kept.append((name, value))
            elif name == b"retry-after" and self._trace.retry_after_s is None:
                self._trace.retry_after_s = retry_after(value.decode("latin-1"))
            elif name == b"retry-after-ms" and (wait := retry_after(value.decode("latin-1"))) is not None:
                self._trace.retry_after_s = wait / 1000
            elif name == b"content-encoding" and value.lower() != b"identity":
                raise LineError(COMPRESSED)
            elif name == b"content-length" and int(value) > self._most:
                raise LineError(TOO_MUCH)
            elif name == b"keep-alive" and (told := _KEEP_ALIVE.search(value)):
                self._keep_s = float(told[1])


def _says_quota(body: bytes) -> bool:
    """Whether an error body says that money or credits are gone. Nothing else of such a body is ever used."""
    try:
        error = json.loads(body)["error"]
        return bool(QUOTA_CODES & {str(error.get("code")), str(error.get("type"))})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
