"""What only a stream of a language model can do wrong, by name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from noktvrn.testing import chat_wires
from noktvrn.testing.chat_scene import Scene

Fault = Callable[[Scene], Coroutine[Any, Any, None] | None]
DRIP_S = 0.05


def _streaming(play: Callable[[Scene, list[bytes]], Any]) -> Fault:
    """A fault of the stream's events; a plain request gets a good answer."""

    def fault(scene: Scene) -> Coroutine[Any, Any, None] | None:
        said = scene.good()
        if not scene.streamed:
            return scene.say(said)  # type: ignore[func-returns-value]
        scene.bill(said, told=False)
        scene.exchange.begin(200, "text/event-stream")
        going: Coroutine[Any, Any, None] | None = play(scene, scene.events(said))
        return going

    fault.__doc__ = play.__doc__
    return fault


def _send(scene: Scene, events: list[bytes]) -> None:
    for event in events:
        scene.exchange.chunk(event)


def _error_event(scene: Scene, events: list[bytes], after: int) -> None:
    _send(scene, [*events[:after], chat_wires.error_event(scene.wire, "server_error")])
    scene.exchange.end()


async def _stall(scene: Scene, events: list[bytes], after: int) -> None:
    _send(scene, events[:after])
    await scene.exchange.gone.wait()


async def _broken(scene: Scene, events: list[bytes], after: int) -> None:
    _send(scene, events[:after])
    await asyncio.sleep(DRIP_S)  # a reset throws away what is still on its way
    scene.exchange.reset()


def _bad_event(scene: Scene, events: list[bytes], after: int) -> None:
    _send(scene, [*events[:after], b"data: {nonsense\n\n"])
    scene.exchange.end()


def _no_finish(scene: Scene, events: list[bytes]) -> None:
    """Every piece of the text, but no word that it is over."""
    ends = (b'finish_reason": "', b"message_delta", b"message_stop", b"[DONE]", b"usage")
    first, *rest = events
    _send(scene, [first, *(event for event in rest if not any(end in event for end in ends))])
    scene.exchange.end()


def _no_done(scene: Scene, events: list[bytes]) -> None:
    """A finish, but no `[DONE]`."""
    _send(scene, events[:-1])
    scene.exchange.end()


async def _trickle(scene: Scene, events: list[bytes]) -> None:
    """Every event on its own, a while apart."""
    for event in events:
        scene.exchange.chunk(event)
        await asyncio.sleep(DRIP_S)
    scene.exchange.end()


async def _endless(scene: Scene, events: list[bytes]) -> None:
    """Words without end."""
    _send(scene, events[:2])
    piece = events[2] * 2000
    while not scene.exchange.gone.is_set():
        scene.exchange.chunk(piece)
        await scene.exchange.drained()
        await asyncio.sleep(0)


async def _comments(scene: Scene, events: list[bytes]) -> None:
    """Comments without end instead of words."""
    _send(scene, events[:1])
    while not scene.exchange.gone.is_set():
        scene.exchange.chunk(b": keep-alive\n\n")
        await asyncio.sleep(DRIP_S)


def comments_first(scene: Scene, events: list[bytes]) -> None:
    """A few comments, then a good stream."""
    _send(scene, [b": keep-alive\n\n"] * 5 + events)
    scene.exchange.end()


def _split(scene: Scene, events: list[bytes]) -> None:
    """A good stream in chunks of three bytes."""
    body = b"".join(events)
    _send(scene, [body[at : at + 3] for at in range(0, len(body), 3)])
    scene.exchange.end()


def stream_unasked(scene: Scene) -> None:
    """A whole answer although a stream was asked for."""
    said = scene.good()
    scene.bill(said, told=False)
    scene.exchange.send(200, scene.whole(said))


STREAM_FAULTS: dict[str, Fault] = {
    "stream_unasked": stream_unasked,
    "stream_error_early": _streaming(partial(_error_event, after=0)),
    "stream_error": _streaming(partial(_error_event, after=3)),
    "stream_stall_early": _streaming(partial(_stall, after=0)),
    "stream_stall": _streaming(partial(_stall, after=3)),
    "stream_reset_early": _streaming(partial(_broken, after=0)),
    "stream_reset": _streaming(partial(_broken, after=3)),
    "stream_bad_event_early": _streaming(partial(_bad_event, after=0)),
    "stream_bad_event": _streaming(partial(_bad_event, after=3)),
    "stream_no_finish": _streaming(_no_finish),
    "stream_no_done": _streaming(_no_done),
    "stream_trickle": _streaming(_trickle),
    "stream_endless": _streaming(_endless),
    "stream_only_comments": _streaming(_comments),
    "stream_comments": _streaming(comments_first),
    "stream_split": _streaming(_split),
}
