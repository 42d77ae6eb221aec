"""Throttles: order of arrival, an end to every wait, and what is learnt from answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.kernel.errors import TimedOut, Unavailable
from noktvrn.outbound.rates import Bucket, bucket_of, seconds
from noktvrn.outbound.rules import Trace
from noktvrn.outbound.throttle import Limits, Throttle
from noktvrn.outbound.wire import Wire, tell


def answered(**more: object) -> Trace:
    return Trace(sent=True, whole=True, status=200, **more)  # type: ignore[arg-type]


def busy(retry_after_s: float | None = None) -> Trace:
    return Trace(sent=True, whole=True, status=429, retry_after_s=retry_after_s)


async def one_turn(throttle: Throttle, trace: Trace, deadline_s: float = 5.0) -> None:
    async with throttle.turn("x", deadline_s):
        tell(trace)


def test_no_more_at_once_than_there_is_room_for_and_in_order_of_arrival() -> None:
    throttle = Throttle(Limits(first=3, most=3))
    inside, most, order = 0, 0, []

    async def one(number: int) -> None:
        nonlocal inside, most
        async with throttle.turn("x", 5.0):
            inside += 1
            most = max(most, inside)
            order.append(number)
            await asyncio.sleep(0.001)
            inside -= 1

    async def all_of_them() -> None:
        await asyncio.gather(*(one(number) for number in range(20)))

    asyncio.run(all_of_them())
    assert most == 3
    assert order == list(range(20))


def test_one_service_does_not_wait_for_another() -> None:
    async def nested() -> None:
        throttle = Throttle(Limits(first=1))
        async with throttle.turn("x", 0.1), throttle.turn("y", 0.1):
            pass

    asyncio.run(nested())


async def hold_one(throttle: Throttle, then: Callable[[], Awaitable[None]]) -> None:
    async with throttle.turn("x", 1.0):
        await then()


def test_a_wait_ends_at_its_deadline_and_a_queue_at_its_length() -> None:
    throttle = Throttle(Limits(first=1, queue=2))

    async def late() -> None:
        with pytest.raises(TimedOut) as caught:
            await one_turn(throttle, answered(), 0.01)
        assert caught.value.code == "throttle.waited"

    async def crowded() -> None:
        waiting = [asyncio.ensure_future(one_turn(throttle, answered())) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable) as caught:
            await one_turn(throttle, answered())
        assert caught.value.code == "throttle.full"
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(hold_one(throttle, late))
    asyncio.run(hold_one(throttle, crowded))
    asyncio.run(one_turn(throttle, answered(), 0.1))


def test_whoever_leaves_the_queue_leaves_no_gap() -> None:
    throttle = Throttle(Limits(first=1, most=1))

    async def one() -> None:
        async with throttle.turn("x", 1.0):
            await asyncio.sleep(0.0005)

    async def all_of_them() -> None:
        tasks = [asyncio.ensure_future(one()) for _ in range(30)]
        for number, task in enumerate(tasks):
            await asyncio.sleep(0.0002)
            if number % 3 == 0:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.wait_for(one(), 0.5)

    asyncio.run(all_of_them())


def test_room_grows_by_one_a_round_and_is_halved_once_when_busy() -> None:
    clock = [0.0]
    throttle = Throttle(Limits(first=4, most=6), now=lambda: clock[0])

    async def learn(*traces: Trace) -> int:
        for trace in traces:
            await one_turn(throttle, trace)
        return throttle.room("x")

    assert throttle.room("x") == 4
    assert asyncio.run(learn(*[answered()] * 5)) == 5
    assert asyncio.run(learn(*[answered()] * 50)) == 6
    assert asyncio.run(learn(busy(), busy(), Trace(sent=True, timed_out=True))) == 3
    clock[0] = 2.0
    assert asyncio.run(learn(busy())) == 1
    clock[0] = 4.0
    assert asyncio.run(learn(busy())) == 1
    assert asyncio.run(learn(Trace(sent=True), Trace(sent=True, status=400))) == 1


def test_a_retry_after_holds_everybody_up_to_a_limit() -> None:
    clock = [0.0]
    throttle = Throttle(Limits(longest_pause_s=60), now=lambda: clock[0])

    async def told() -> None:
        await one_turn(throttle, busy(3600.0))
        with pytest.raises(TimedOut):
            await one_turn(throttle, answered(), 0.01)
        clock[0] = 60.0
        await one_turn(throttle, answered(), 0.01)

    asyncio.run(told())


def test_the_rate_a_service_tells_is_kept() -> None:
    clock = [0.0]
    throttle = Throttle(now=lambda: clock[0])
    rate = {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "3",
        "x-ratelimit-reset-requests": "57s",
    }

    async def burst() -> None:
        await one_turn(throttle, answered(rate=rate))
        for _ in range(3):
            await one_turn(throttle, answered(), 0.01)
        with pytest.raises(TimedOut):
            await one_turn(throttle, answered(), 0.01)
        clock[0] = 1.0
        await one_turn(throttle, answered(), 0.01)
        with pytest.raises(TimedOut):
            await one_turn(throttle, answered(), 0.01)

    asyncio.run(burst())


@given(
    limit=st.text(max_size=6) | st.integers(-5, 10**9).map(str),
    remaining=st.text(max_size=6) | st.integers(-5, 10**9).map(str),
    reset=st.text(max_size=8) | st.floats(allow_nan=True).map(str) | st.integers(0, 10**6).map("{}ms".format),
)
def test_no_header_makes_anybody_wait_for_ever_or_for_less_than_nothing(
    limit: str, remaining: str, reset: str
) -> None:
    names = ("limit", "remaining", "reset")
    told = dict(
        zip((f"x-ratelimit-{name}-requests" for name in names), (limit, remaining, reset), strict=True)
    )
    bucket = bucket_of(told, 100.0)
    if bucket is not None:
        assert 0 <= bucket.wait_s(100.0) <= 86_400
        assert bucket.rate > 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1.0),
        ("0.25", 0.25),
        ("6m0s", 360.0),
        ("120ms", 0.12),
        ("1h2m3.5s", 3723.5),
        ("2026-11-21T12:00:30Z", 30.0),
        ("2026-11-21T11:00:00+00:00", 0.0),
        ("2026-11-21T12:00:30", None),
        ("-1", None),
        ("nan", None),
        ("soon", None),
        ("5 s", None),
        ("", None),
        ("9999999", None),
    ],
)
def test_how_long_is_read(text: str, expected: float | None) -> None:
    assert seconds(text, datetime(2026, 11, 21, 12, tzinfo=UTC)) == expected


def test_anthropics_headers_are_read() -> None:
    told = {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": datetime.now(UTC).isoformat(),
    }
    bucket = bucket_of(told, 0.0)
    assert bucket is not None
    assert bucket.wait_s(0.0) > 0


def test_a_bucket_fills_up_to_its_size() -> None:
    bucket = Bucket(size=2, level=0, rate=0.5, at=0.0)
    assert bucket.wait_s(0.0) == 2.0
    assert bucket.wait_s(100.0) == 0.0
    for _ in range(2):
        bucket.take(100.0)
    assert bucket.wait_s(100.0) == 2.0


def test_listeners_hear_only_while_they_listen() -> None:
    async def child() -> None:
        tell(Trace(status=2))

    async def parent() -> tuple[list[int], list[int]]:
        with Wire() as outer:
            tell(Trace(status=1))
            with Wire() as inner:
                await asyncio.ensure_future(child())
            tell(Trace(status=3))
        tell(Trace(status=4))
        assert outer.last is not None and outer.last.status == 3
        assert Wire().last is None
        return [one.status for one in outer.traces], [one.status for one in inner.traces]

    assert asyncio.run(parent()) == ([1, 2, 3], [2])
