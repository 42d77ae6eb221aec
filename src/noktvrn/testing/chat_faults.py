"""Everything a language model's server can do wrong, by name. `FAULTS` is the whole list.

Faults without `stream_` in their name answer a plain and a streamed request alike; those with it are about
what only a stream can do, and give a plain request a good answer.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache, partial
from typing import Any

from noktvrn.testing.chat_scene import Scene
from noktvrn.testing.stream_faults import DRIP_S, STREAM_FAULTS, Fault, comments_first

MEGABYTE = b"x" * 1_000_000
SLOW_S = 0.3

STATUSES: dict[str, tuple[int, str, dict[str, str]]] = {
    "server_error": (500, "server_error", {}),
    "unavailable": (503, "unavailable", {}),
    "overloaded": (529, "overloaded_error", {}),
    "gateway_timeout": (504, "timeout", {}),
    "busy": (503, "overloaded", {"retry-after": "0"}),
    "busy_for_long": (429, "rate_limit_exceeded", {"retry-after": "3600"}),
    "rate_limited": (429, "rate_limit_exceeded", {}),
    "rate_limited_shortly": (429, "rate_limit_exceeded", {"retry-after": "1"}),
    "rate_limited_ms": (429, "rate_limit_exceeded", {"retry-after-ms": "250"}),
    "rate_limited_nonsense": (429, "rate_limit_exceeded", {"retry-after": "soon", "retry-after-ms": "-1"}),
    "rate_limited_forever": (429, "rate_limit_exceeded", {"retry-after": "9" * 30}),
    "quota": (429, "insufficient_quota", {}),
    "no_credit": (402, "insufficient_balance", {}),
    "usage_limit": (400, "usage_limit_reached", {}),
    "forbidden": (403, "permission_denied", {}),
    "gone": (404, "model_not_found", {}),
    "too_long": (400, "context_length_exceeded", {}),
    "filtered_prompt": (400, "content_filter", {}),
    "unknown_field": (422, "unprocessable", {}),
    "error_in_200": (200, "server_error", {}),
}
"""Faults that are one status, an error code and headers."""

USAGES: dict[str, dict[str, Any] | None] = {
    "usage_missing": None,
    "usage_null": {"input": None, "output": None},
    "usage_zero": {"input": 0, "output": 0},
    "usage_negative": {"input": -20, "output": -8},
    "usage_absurd": {"input": 10**15, "output": 10**15},
    "usage_text": {"input": "many", "output": "few"},
    "usage_fraction": {"input": 1.5, "output": 0.5},
    "usage_cached_over_input": {"input": 100, "output": 50, "cached": 10**6},
    "usage_cached": {"input": 100, "output": 50, "cached": 80},
}
"""What a server may claim that a good answer took."""

TEXTS: dict[str, Any] = {
    "null": None,
    "empty": "",
    "blank": " \n ",
    "not_a_number": '{"titles": [NaN], "sections": [[NaN]], "stage_name": NaN, "post": Infinity}',
    "wrong_type": json.dumps(dict.fromkeys(("titles", "sections", "post", "stage_name"), 7)),
    "wrong_shape": "[1, 2, 3]",
    "prose": "I would love to write that for you.",
    "deep": "[" * 50_000,
}
"""Answers whose text is not what was asked for."""

BODIES: dict[str, tuple[int, bytes, str]] = {
    "html": (200, b"<html>Log in</html>", "text/html"),
    "nothing": (200, b"", "application/json"),
    "no_content": (204, b"", "application/json"),
    "not_json": (200, b"{]", "application/json"),
    "json_null": (200, b"null", "application/json"),
    "json_list": (200, b"[]", "application/json"),
    "json_text": (200, b'"hello"', "application/json"),
    "json_empty": (200, b"{}", "application/json"),
    "bad_encoding": (200, b'{"choices": "\xff\xfe"}', "application/json"),
    "deep_body": (200, b'{"choices":' + b"[" * 100_000, "application/json"),
    "key_refused_in_list": (
        400,
        b'[{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}]',
        "application/json",
    ),
    "too_long_flat": (
        400,
        b'{"object": "error", "message": "too large for the 8 maximum context length", "code": "3051"}',
        "application/json",
    ),
    "no_credit_in_text": (
        403,
        b'{"code": "permission-denied", "error": "Your team has used all available credits."}',
        "application/json",
    ),
    "bad_gateway": (502, b"<html>bad gateway</html>", "text/html"),
}
"""Bodies that are no answer at all."""


def no_choices(scene: Scene) -> None:
    """An answer without an answer."""
    empty = "content" if scene.wire == "anthropic" else "choices"
    scene.json({**json.loads(scene.whole(scene.good())), empty: []})


def null_choices(scene: Scene) -> None:
    """An answer whose list is none."""
    empty = "content" if scene.wire == "anthropic" else "choices"
    scene.json({**json.loads(scene.whole(scene.good())), empty: None})


def tool_call(scene: Scene) -> None:
    """A call of a tool nobody offered."""
    call = {"id": "t", "type": "function", "function": {"name": "rm", "arguments": "{}"}}
    scene.say(scene.good(text=None, finish="tool_calls", more={"tool_calls": [call]}))


def key(scene: Scene) -> None:
    """A refusal that repeats the key."""
    told = scene.exchange.headers.get("authorization") or scene.exchange.headers.get("x-api-key", "")
    scene.error(401, told, message=f"bad key {told}")


def key_in_answer(scene: Scene) -> None:
    """A good answer whose text and model repeat the key."""
    told = scene.exchange.headers.get("authorization") or scene.exchange.headers.get("x-api-key", "")
    scene.say(scene.good(text=f"your key is {told}", model=f"model {told}"))


def rate_limited_until(scene: Scene) -> None:
    """A 429 until a date."""
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    scene.error(429, "rate_limit_exceeded", {"retry-after": later})


def rates_told(scene: Scene) -> None:
    """A good answer that tells what is left."""
    left = {"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "2s"}
    scene.say(scene.good(), {**left, "x-ratelimit-limit-requests": "60"})


def other_model(scene: Scene) -> None:
    """A dearer model than the one asked answers."""
    scene.say(scene.good(model=scene.fake.other_model))


def length(scene: Scene) -> None:
    """The answer reached its longest."""
    scene.say(scene.good(finish="length"))


def filtered(scene: Scene) -> None:
    """A filter cut in."""
    scene.say(scene.good(finish="content_filter"))


def refusal(scene: Scene) -> None:
    """The model declines."""
    if scene.wire == "anthropic":
        scene.say(scene.good(text="I will not.", finish="content_filter"))
    else:
        scene.say(scene.good(text=None, more={"refusal": "I will not."}))


def finish_unknown(scene: Scene) -> None:
    """An end no wire knows."""
    scene.say(scene.good(finish="because"))


def finish_null(scene: Scene) -> None:
    """No word on how it ended."""
    scene.say(scene.good(finish=None))


def fenced(scene: Scene) -> None:
    """JSON in a fence, between words."""
    text = scene.good().text
    scene.say(scene.good(text=f"Of course:\n```json\n{text}\n```\nAnything else?"))


def thinking(scene: Scene) -> None:
    """Thoughts before the answer, in the text and beside it."""
    text = f"<think>A dark one, {{}} perhaps.</think>\n{scene.good().text}"
    scene.say(scene.good(text=text, more={"reasoning_content": "hm"}))


def trailing_comma(scene: Scene) -> None:
    """A comma too many."""
    scene.say(scene.good(text=scene.good().text.rstrip("}") + ",}"))


def cut_json(scene: Scene) -> None:
    """JSON that ends too early, told as whole."""
    scene.say(scene.good(text=scene.good().text[:-20]))


def surrogate(scene: Scene) -> None:
    """Half a character and a NUL."""
    scene.say(scene.good(text="\ud800\x00" + scene.good().text))


def long_text(scene: Scene) -> None:
    """A megabyte of words before the answer."""
    scene.say(scene.good(text="la " * 350_000 + scene.good().text))


def blank_lines(scene: Scene) -> None:
    """Blank lines first, as servers send them while a request queues."""
    said = scene.good()
    scene.bill(said)
    if scene.streamed:
        scene.exchange.begin(200, "text/event-stream")
        comments_first(scene, scene.events(said))
    else:
        scene.exchange.send(200, b"\n" * 50 + scene.whole(said))


def redirect(scene: Scene) -> None:
    """Another path of the same server."""
    scene.exchange.send(307, b"", "text/plain", {"location": "/elsewhere"})


def redirect_away(scene: Scene, status: int = 307) -> None:
    """Another origin, which counts who follows."""
    scene.exchange.send(status, b"", "text/plain", {"location": scene.fake.elsewhere_url})


def reset(scene: Scene) -> None:
    """The connection breaks before a byte."""
    scene.exchange.reset()


def hang_up(scene: Scene) -> None:
    """The connection is closed before a byte."""
    scene.exchange.close()


def cut(scene: Scene) -> None:
    """Half the answer, then the connection is closed."""
    said = scene.good()
    scene.bill(said, told=False)
    if scene.streamed:
        scene.exchange.begin(200, "text/event-stream")
        for event in scene.events(said)[:3]:
            scene.exchange.chunk(event)
    else:
        body = scene.whole(said)
        length_told = {"content-type": "application/json", "content-length": str(len(body))}
        scene.exchange.write(_head(length_told) + body[: len(body) // 2])
    scene.exchange.close()


async def hang(scene: Scene) -> None:
    """Nothing, until the client gives up."""
    await scene.exchange.gone.wait()


async def drip(scene: Scene) -> None:
    """A body of one blank at a time, without end."""
    scene.exchange.begin(200, "text/event-stream" if scene.streamed else "application/json")
    while not scene.exchange.gone.is_set():
        scene.exchange.chunk(b" ")
        await asyncio.sleep(DRIP_S)


async def drip_head(scene: Scene) -> None:
    """A header without end."""
    scene.exchange.write(b"HTTP/1.1 200 OK\r\nx-a: ")
    while not scene.exchange.gone.is_set():
        scene.exchange.write(b"a")
        await asyncio.sleep(DRIP_S)


async def huge(scene: Scene) -> None:
    """64 MB, its length untold."""
    scene.exchange.begin(200, "text/event-stream" if scene.streamed else "application/json")
    for _ in range(64):
        scene.exchange.chunk(MEGABYTE)
        await scene.exchange.drained()
    scene.exchange.end()


async def huge_told(scene: Scene) -> None:
    """64 MB, its length told."""
    told = {"content-type": "application/json", "content-length": str(64 * len(MEGABYTE))}
    scene.exchange.write(_head(told))
    for _ in range(64):
        scene.exchange.write(MEGABYTE)
        await scene.exchange.drained()


def compressed(scene: Scene) -> None:
    """A small body that unpacks to 200 MB."""
    scene.exchange.send(200, _bomb(), headers={"content-encoding": "gzip"})


def bad_length(scene: Scene) -> None:
    """A length that is no number."""
    scene.exchange.write(_head({"content-length": "many"}) + b"{}")
    scene.exchange.close()


def bad_chunk(scene: Scene) -> None:
    """A chunk whose size is no number, after a good one."""
    said = scene.good()
    scene.bill(said, told=False)
    scene.exchange.begin(200, "text/event-stream" if scene.streamed else "application/json")
    body = scene.events(said)[0] if scene.streamed else scene.whole(said)[:20]
    scene.exchange.chunk(body)
    scene.exchange.write(b"xyz\r\n...\r\n")


async def slow(scene: Scene) -> None:
    """A good answer after a while."""
    await asyncio.sleep(SLOW_S)
    scene.say(scene.good())


def _head(headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode()


@cache
def _bomb() -> bytes:
    packed = gzip.compress(bytes(20_000_000), 9)
    return packed * 10  # members of a gzip file add up


FAULTS: dict[str, Fault] = {
    **{
        name: lambda scene, row=row: scene.error(row[0], row[1], row[2])  # type: ignore[misc]
        for name, row in STATUSES.items()
    },
    **{
        name: lambda scene, usage=usage: scene.say(scene.good(usage=usage))  # type: ignore[misc]
        for name, usage in USAGES.items()
    },
    **{name: lambda scene, text=text: scene.say(scene.good(text=text)) for name, text in TEXTS.items()},  # type: ignore[misc]
    **{name: lambda scene, row=row: scene.exchange.send(*row) for name, row in BODIES.items()},  # type: ignore[misc]
    **{
        play.__name__: play
        for play in (
            no_choices,
            null_choices,
            tool_call,
            key,
            key_in_answer,
            rate_limited_until,
            rates_told,
            other_model,
            length,
            filtered,
            refusal,
            finish_unknown,
            finish_null,
            fenced,
            thinking,
            trailing_comma,
            cut_json,
            surrogate,
            long_text,
            blank_lines,
            redirect,
            redirect_away,
            reset,
            hang_up,
            cut,
            hang,
            drip,
            drip_head,
            huge,
            huge_told,
            compressed,
            bad_length,
            bad_chunk,
            slow,
        )
    },
    "redirect_found": partial(redirect_away, status=302),
    **STREAM_FAULTS,
}
