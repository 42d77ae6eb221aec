"""Throttles: how many requests a service gets at once, and how fast, learnt from its answers.

Who waits is served in the order of arrival, in a queue that has an end, until a deadline. Concurrency goes
up by one for every full round of answers and is halved when the service says it is busy (additive increase,
multiplicative decrease: Chiu and Jain 1989). The rate is the service's own word, where its answers carry
`x-ratelimit-*` headers.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from noktvrn.kernel.errors import TimedOut, Unavailable
from noktvrn.outbound.failures import BUSY
from noktvrn.outbound.rates import Bucket, bucket_of
from noktvrn.outbound.rules import Trace
from noktvrn.outbound.wire import Wire


@dataclass(frozen=True, slots=True)
class Limits:
    """`first` requests at once to begin with, never more than `most`; `queue` may wait; a `Retry-After` is
    obeyed up to `longest_pause_s`; concurrency is halved at most once in `calm_s`."""

    first: int = 32
    most: int = 256
    queue: int = 1000
    longest_pause_s: float = 60.0
    calm_s: float = 1.0


@dataclass(slots=True)
class _Lane:
    """One service's queue. Times are those of a monotonic clock, in seconds."""

    room: float
    busy: int = 0
    paused_until: float = 0.0
    halved_at: float = float("-inf")
    bucket: Bucket | None = None
    queue: deque[asyncio.Future[None]] = field(default_factory=deque)
    alarm: asyncio.TimerHandle | None = None


class Throttle:
    """The throttles of one event loop, by name. `now` is for tests: a monotonic clock in seconds."""

    def __init__(self, limits: Limits | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits or Limits()
        self._now = now
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def turn(self, name: str, deadline_s: float) -> AsyncIterator[Wire]:
        """A place among the requests to this service, at the latest in `deadline_s` seconds.

        What the requests inside bring back by the guarded transport is learnt from when the turn ends; the
        value is the listener that heard it.

        Raises:
            TimedOut: no place in time (`throttle.waited`), told at once where that is sure by now.
            Unavailable: too many wait (`throttle.full`).
        """
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = _Lane(float(self._limits.first))
        await self._enter(lane, deadline_s)
        try:
            with Wire() as wire:
                yield wire
        finally:
            lane.busy -= 1
            for trace in wire.traces:
                self._learn(lane, trace)
            self._serve(lane)

    def room(self, name: str) -> int:
        """How many requests this service gets at once by now."""
        lane = self._lanes.get(name)
        return int(lane.room) if lane is not None else self._limits.first

    async def _enter(self, lane: _Lane, deadline_s: float) -> None:
        wait = self._wait_s(lane)
        if not lane.queue and wait == 0:
            self._take(lane)
            return
        if wait is not None and wait > deadline_s:
            raise _waited()
        if len(lane.queue) >= self._limits.queue:
            raise Unavailable(
                f"{len(lane.queue)} requests wait already.", code="throttle.full", hint="Start fewer at once."
            )
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        lane.queue.append(place)
        self._serve(lane)
        try:
            async with asyncio.timeout(deadline_s):
                await place
        except TimeoutError:
            self._leave(lane, place)
            raise _waited() from None
        except asyncio.CancelledError:
            self._leave(lane, place)
            raise

    def _leave(self, lane: _Lane, place: asyncio.Future[None]) -> None:
        """Gives up waiting. A place that was given in the same moment goes to the next one."""
        with contextlib.suppress(ValueError):
            lane.queue.remove(place)
            return
        if place.done() and not place.cancelled():
            lane.busy -= 1
            self._serve(lane)

    def _take(self, lane: _Lane) -> None:
        lane.busy += 1
        if lane.bucket is not None:
            lane.bucket.take(self._now())

    def _wait_s(self, lane: _Lane) -> float | None:
        """Seconds until the next one may go; 0: now; None: when somebody comes back."""
        if lane.busy >= int(lane.room):
            return None
        now = self._now()
        rate = lane.bucket.wait_s(now) if lane.bucket is not None else 0.0
        return max(0.0, lane.paused_until - now, rate)

    def _serve(self, lane: _Lane) -> None:
        if lane.alarm is not None:
            lane.alarm.cancel()
            lane.alarm = None
        while lane.queue:
            wait = self._wait_s(lane)
            if wait is None:
                return
            if wait > 0:
                lane.alarm = asyncio.get_running_loop().call_later(wait, self._serve, lane)
                return
            place = lane.queue.popleft()
            if not place.done():
                self._take(lane)
                place.set_result(None)

    def _learn(self, lane: _Lane, trace: Trace) -> None:
        now = self._now()
        if trace.status in BUSY or trace.timed_out:
            if now - lane.halved_at >= self._limits.calm_s:
                lane.room, lane.halved_at = max(1.0, lane.room / 2), now
            pause = min(trace.retry_after_s or 0.0, self._limits.longest_pause_s)
            lane.paused_until = max(lane.paused_until, now + pause)
        elif trace.whole:
            lane.room = min(float(self._limits.most), lane.room + 1 / lane.room)
        if trace.rate:
            lane.bucket = bucket_of(trace.rate, now, under_way=lane.busy) or lane.bucket


def _waited() -> TimedOut:
    return TimedOut(
        "Other requests to this service took all the time there was.",
        code="throttle.waited",
        hint="Start fewer at once, or allow more time.",
    )
