"""The house's loop: one thread for all, from plain code, from other loops, and out of an interrupt."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from contextvars import ContextVar

import pytest

from noktvrn.outbound.loop import run

WHO: ContextVar[str] = ContextVar("who", default="nobody")


async def where() -> str:
    await asyncio.sleep(0)
    return threading.current_thread().name


def test_all_work_is_done_on_one_thread() -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(run(where()))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["outbound"] * 5


def test_inside_another_loop() -> None:
    async def inside() -> str:
        return run(where())

    assert asyncio.run(inside()) == "outbound"


def test_on_the_loop_itself_it_waits_on_a_thread_of_its_own() -> None:
    async def inside() -> str:
        return run(where())

    assert run(inside()) != "outbound"


def test_the_callers_context_comes_along() -> None:
    async def who() -> str:
        return WHO.get()

    WHO.set("me")
    assert run(who()) == "me"


def test_errors_come_back_as_they_are() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    async def leave() -> None:
        raise asyncio.CancelledError

    with pytest.raises(ZeroDivisionError):
        run(fail())
    with pytest.raises(asyncio.CancelledError):
        run(leave())


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_cancels_and_waits_until_it_has_let_go() -> None:
    seen = []

    async def long() -> None:
        try:
            await asyncio.sleep(0.05)
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            seen.append("let go")

    with pytest.raises(KeyboardInterrupt):
        run(long())
    assert seen == ["let go"]


def test_a_forked_process_has_a_loop_of_its_own() -> None:
    run(where())
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, run(where()).encode())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert os.read(reader, 100) == b"outbound"
    os.close(reader)
    os.close(writer)
