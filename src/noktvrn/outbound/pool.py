"""Lines kept open between requests, per event loop and origin.

A line is used again only within `KEEP_S` of its last answer (or a second less than the server's own
`Keep-Alive: timeout`), which is shorter than servers commonly wait (5 s and more), and only if its socket
shows no sign of an end at that very moment. So a server that closes idle lines does not turn a request into
one whose outcome nobody knows. Where it happens all the same, the outcome counts as unknown: nothing is
ever sent a second time on the guess that the first was not read.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncGenerator
from functools import cache
from ssl import SSLContext

import httpx2

from noktvrn.outbound.address import Place, Resolver, addresses
from noktvrn.outbound.line import Line, connect
from noktvrn.outbound.rules import Rules

KEEP_S = 4.0
LIFE_S = 300.0
"""The age at which a line is not used again, so that a moved name is noticed."""
NAMES_S = 60.0
"""How long a checked look-up is believed."""
MOST_IDLE = 64
CONNECT_S = 10.0
Origin = tuple[Place, str]
"""A place and the checked address it is reached at."""


class Pool:
    """The idle lines of one event loop, and the names it looked up."""

    def __init__(self) -> None:
        self._idle: dict[Origin, list[Line]] = {}
        self._names: dict[tuple[Place, bool, bool, Resolver | None], tuple[float, list[str]]] = {}
        self._alarm: asyncio.TimerHandle | None = None
        self._keeper = self._until_the_loop_ends()

    async def addresses(self, place: Place, rules: Rules) -> list[str]:
        """The checked addresses of a place, looked up at most `NAMES_S` seconds ago.

        Raises:
            NotAllowed: one of them lies where the house does not go. Unavailable: the name is not known.
        """
        now = asyncio.get_running_loop().time()
        key = (place, place.host in rules.private_hosts, rules.loopback, rules.resolver)
        known = self._names.get(key)
        if known is not None and now - known[0] < NAMES_S:
            return known[1]
        found = await addresses(
            place,
            named=rules.named,
            private_hosts=rules.private_hosts,
            resolver=rules.resolver,
            loopback=rules.loopback,
        )
        self._names = {key: kept for key, kept in self._names.items() if now - kept[0] < NAMES_S}
        self._names[key] = (now, found)
        return found

    def idle(self, place: Place, address: str) -> Line | None:
        """A line that rests, taken out of the pool; None: a new one is needed."""
        lines = self._idle.get((place, address), [])
        now = asyncio.get_running_loop().time()
        while lines:
            line = lines.pop()
            if now < line.reusable_until and line.alive():
                return line
            line.close()
        return None

    async def fresh(self, place: Place, address: str) -> Line:
        """A new line. Raises OSError where nobody answers."""
        context = _context() if place.scheme == "https" else None
        return await connect(place, address, context, CONNECT_S)

    async def give_back(self, line: Line, origin: Origin, keep_s: float | None) -> None:
        """Takes a line whose answer was read whole. `keep_s` is what the server's `Keep-Alive` says."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        left = min(KEEP_S if keep_s is None else keep_s - 1, line.born + LIFE_S - now)
        lines = self._idle.setdefault(origin, [])
        if left <= 0 or len(lines) >= MOST_IDLE or not line.rest():
            line.close()
            return
        line.reusable_until = now + left
        lines.append(line)
        if self._alarm is None:
            self._alarm = loop.call_later(KEEP_S, self._prune)
            await anext(self._keeper, None)

    def _prune(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for origin, lines in list(self._idle.items()):
            for line in lines:
                if now >= line.reusable_until:
                    line.close()
            self._idle[origin] = [line for line in lines if now < line.reusable_until]
            if not self._idle[origin]:
                del self._idle[origin]
        self._alarm = loop.call_later(KEEP_S, self._prune) if self._idle else None

    async def _until_the_loop_ends(self) -> AsyncGenerator[None]:
        """A loop ends its asynchronous generators before it closes, so the idle lines are closed in time."""
        try:
            while True:
                yield
        finally:
            if self._alarm is not None:
                self._alarm.cancel()
                self._alarm = None
            for line in (line for lines in self._idle.values() for line in lines):
                line.close()
            self._idle.clear()
            await asyncio.sleep(0)


_pools: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Pool] = weakref.WeakKeyDictionary()


def pool() -> Pool:
    """The pool of the running loop."""
    loop = asyncio.get_running_loop()
    found = _pools.get(loop)
    if found is None:
        found = _pools[loop] = Pool()
    return found


@cache
def _context() -> SSLContext:
    """The system's certificates (`SSL_CERT_FILE` is honoured), read once."""
    context = httpx2.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
