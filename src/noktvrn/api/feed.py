"""Streams of events (server-sent events): resumable, bounded in number and in time.

One look at the ledger serves every stream of the app. A stream reads its own events by its own place, and
only once what it sent before was taken: a slow client holds no more than one page in memory.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from noktvrn.api.problems import problem
from noktvrn.kernel.errors import LabelError, Unavailable
from noktvrn.label.events import Share
from noktvrn.label.label import Label
from noktvrn.model.event import Event

MEDIA_TYPE = "text/event-stream"
PAGE = 100
LOOK_EVERY_S = 0.2
REST_S = 0.05
"""Seconds between two looks even while the bell rings all the time."""
AWAY_S = 1.0
RETRY_MS = 1000

log = logging.getLogger("noktvrn.api")


@dataclass(slots=True)
class Limits:
    """How many streams there may be, how long one lives, how often it says that it lives, and how long it has
    to end then (seconds)."""

    streams: int = 64
    life_s: float = 900.0
    heartbeat_s: float = 15.0
    grace_s: float = 15.0


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the ledger: the newest event, and how far the stages are that are being worked on."""

    number: int
    last: int
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client wants: whose events, and after which."""

    after: int | None
    run_id: str | None = None
    artist_id: str | None = None

    def wants(self, share: Share) -> bool:
        """Whether a stage's progress is for this client."""
        return self.run_id in (None, share.run_id) and self.artist_id in (None, share.artist_id)


class Feed:
    """The streams of one app."""

    def __init__(self) -> None:
        self.limits = Limits()
        self.open = 0
        self.leaving: Callable[[], bool] = lambda: False
        """Whether the server is about to stop: then streams end, and clients come back to its successor."""
        self._lock = asyncio.Lock()
        self._look = Look(0, -1, ())

    async def look(self, label: Label, seen: int) -> Look:
        """The next look after look number `seen`; several who wait for it share one."""
        async with self._lock:
            if self._look.number <= seen:
                self._look = await run_in_threadpool(_look, label, self._look.number + 1)
        return self._look


def _look(label: Label, number: int) -> Look:
    bell = label.office.studio.database.bell
    mark = bell.rung
    time.sleep(REST_S)
    if number > 1:
        bell.wait(mark, LOOK_EVERY_S)
    return Look(number, label.events.last(), label.events.shares())


class EventStream(Response):
    """The answer that goes on until it has lived long enough, its client leaves or the server stops."""

    def __init__(self, request: Request, label: Label, wish: Wish) -> None:
        super().__init__(media_type=MEDIA_TYPE)
        self._feed: Feed = request.app.state.feed
        self._label = label
        self._wish = wish

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers. With as many streams open as there may be: 503."""
        feed = self._feed
        if feed.open >= feed.limits.streams:
            full = Unavailable(
                "Too many streams are open.", code="events.full", hint="Come again in a minute."
            )
            await problem(full.as_problem(), {"Retry-After": "60"})(scope, receive, send)
            return
        feed.open += 1
        try:
            headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
            told = _told(feed, self._label, self._wish)
            # A client that takes nothing keeps the stream from ending by itself: its place is for others.
            async with asyncio.timeout(feed.limits.life_s + feed.limits.grace_s):
                await StreamingResponse(told, media_type=MEDIA_TYPE, headers=headers)(scope, receive, send)
        except TimeoutError:
            log.debug("a stream was dropped whose client took nothing any more")
        finally:
            feed.open -= 1


async def _told(feed: Feed, label: Label, wish: Wish) -> AsyncIterator[str]:
    """The stream itself: messages, heartbeats while nothing happens, and an end."""
    started = spoken = time.monotonic()
    yield f"retry: {RETRY_MS}\n: welcome\n\n"
    client = _Client(feed, label, wish)
    while time.monotonic() - started < feed.limits.life_s and not feed.leaving():
        async for message in client.news():
            yield message
            spoken = time.monotonic()
        if time.monotonic() - spoken >= feed.limits.heartbeat_s:
            yield ": still here\n\n"
            spoken = time.monotonic()
    yield ": come again\n\n"


class _Client:
    """Where one stream is."""

    def __init__(self, feed: Feed, label: Label, wish: Wish) -> None:
        self._feed, self._label, self._wish = feed, label, wish
        self._place = wish.after
        self._seen = self._read = -1
        self._shares: set[Share] = set()

    async def news(self) -> AsyncIterator[str]:
        """What is new since the last call; waits a moment for it."""
        try:
            if self._place is None:
                self._place = await run_in_threadpool(self._label.events.last)
            look = await self._feed.look(self._label, self._seen)
            events = await self._events(look)
        except LabelError:
            await asyncio.sleep(AWAY_S)  # a ledger that is away comes back; the client keeps its place
            return
        self._seen = look.number
        for event in events:
            yield _message(event)
        shares = {share for share in look.shares if self._wish.wants(share)}
        for share in sorted(shares - self._shares, key=lambda share: share.run_id):
            yield f"event: progress\ndata: {json.dumps(asdict(share))}\n\n"
        self._shares = shares

    async def _events(self, look: Look) -> tuple[Event, ...]:
        if look.last == self._read or self._place is None:
            return ()
        wish = self._wish
        page = await run_in_threadpool(
            self._label.events.after, self._place, limit=PAGE, run_id=wish.run_id, artist_id=wish.artist_id
        )
        if page:
            self._place = page[-1].number
        if len(page) < PAGE:
            self._read = look.last
        return page


def _message(event: Event) -> str:
    return f"id: {event.number}\ndata: {event.model_dump_json()}\n\n"
