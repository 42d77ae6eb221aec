"""How the two wires of language models look: one neutral answer (`Said`), rendered whole or as a stream.

Sources: the public references of OpenAI's chat completions and of Anthropic's messages, whole and streamed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PIECES = 4
"""How many pieces the text of a streamed answer comes in, at most."""
_ANTHROPIC_ENDS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}


@dataclass(frozen=True, slots=True)
class Said:
    """An answer on no wire yet. `usage` holds `input`, `output`, `cached` with whatever JSON a server might
    claim, or is None where it says nothing; `more` is put beside the text in OpenAI's message."""

    text: Any
    finish: str | None = "stop"
    model: str = "fake-1"
    usage: Mapping[str, Any] | None = field(default_factory=lambda: {"input": 100, "output": 50})
    more: Mapping[str, Any] = field(default_factory=dict)


def whole(wire: str, said: Said) -> bytes:
    """The JSON body of a whole answer."""
    body = _anthropic_whole(said) if wire == "anthropic" else _openai_whole(said)
    return json.dumps(body).encode()


def events(wire: str, said: Said, *, told_usage: bool = True) -> list[bytes]:
    """The server-sent events of a streamed answer, in order. On OpenAI's wire the usage comes only when it
    was asked for (`told_usage`), and the last event is `[DONE]`."""
    if wire == "anthropic":
        return _anthropic_events(said)
    return [*_openai_events(said, told_usage), b"data: [DONE]\n\n"]


def error(wire: str, code: str, message: str = "no") -> bytes:
    """The JSON body of an error."""
    inner = {"message": message, "type": code}
    told = {"type": "error", "error": inner} if wire == "anthropic" else {"error": {**inner, "code": code}}
    return json.dumps(told).encode()


def error_event(wire: str, code: str) -> bytes:
    """An error in the middle of a stream."""
    name = b"event: error\n" if wire == "anthropic" else b""
    return name + b"data: " + error(wire, code) + b"\n\n"


def _openai_usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    given, made = usage.get("input"), usage.get("output")
    told: dict[str, Any] = {"prompt_tokens": given, "completion_tokens": made}
    both = isinstance(given, int) and isinstance(made, int)
    told["total_tokens"] = given + made if both else given  # type: ignore[operator]  # both are int
    if "cached" in usage:
        told["prompt_tokens_details"] = {"cached_tokens": usage["cached"]}
    return told


def _openai_whole(said: Said) -> dict[str, Any]:
    message = {"role": "assistant", "content": said.text, **said.more}
    choice = {"index": 0, "finish_reason": said.finish, "message": message}
    chat: dict[str, Any] = {"id": "c1", "object": "chat.completion", "created": 1, "model": said.model}
    chat["choices"] = [choice]
    if said.usage is not None:
        chat["usage"] = _openai_usage(said.usage)
    return chat


def _openai_events(said: Said, told_usage: bool) -> list[bytes]:
    def event(choices: list[Any], **more: Any) -> bytes:
        chunk = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": said.model}
        return b"data: " + json.dumps({**chunk, "choices": choices, **more}).encode() + b"\n\n"

    def choice(delta: Mapping[str, Any], finish: str | None = None) -> list[Any]:
        return [{"index": 0, "delta": delta, "finish_reason": finish}]

    found = [event(choice({"role": "assistant", "content": "", **said.more}))]
    found += [event(choice({"content": piece})) for piece in _pieces(said.text)]
    if said.finish is not None:
        found.append(event(choice({}, said.finish)))
    if said.usage is not None and told_usage:
        found.append(event([], usage=_openai_usage(said.usage)))
    return found


def _anthropic_usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    told = {"input_tokens": usage.get("input"), "output_tokens": usage.get("output")}
    if "cached" in usage:
        told["cache_read_input_tokens"] = usage["cached"]
    return told


def _anthropic_whole(said: Said) -> dict[str, Any]:
    blocks = [{"type": "text", "text": said.text}] if said.text is not None else []
    body = _anthropic_message(said)
    return {**body, "content": blocks, "stop_reason": _ANTHROPIC_ENDS.get(str(said.finish), said.finish)}


def _anthropic_message(said: Said) -> dict[str, Any]:
    body = {"id": "msg_1", "type": "message", "role": "assistant", "model": said.model}
    usage = {} if said.usage is None else {"usage": _anthropic_usage(said.usage)}
    return {**body, "stop_reason": None, "stop_sequence": None, "content": [], **usage}


def _anthropic_events(said: Said) -> list[bytes]:
    def event(kind: str, **more: Any) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n".encode()

    found = [event("message_start", message=_anthropic_message(said))]
    found.append(event("content_block_start", index=0, content_block={"type": "text", "text": ""}))
    deltas = [{"type": "text_delta", "text": piece} for piece in _pieces(said.text)]
    found += [event("content_block_delta", index=0, delta=delta) for delta in deltas]
    found.append(event("content_block_stop", index=0))
    if said.finish is not None:
        end = {"stop_reason": _ANTHROPIC_ENDS.get(said.finish, said.finish), "stop_sequence": None}
        usage = {} if said.usage is None else {"usage": {"output_tokens": said.usage.get("output")}}
        found += [event("message_delta", delta=end, **usage), event("message_stop")]
    return found


def _pieces(text: Any) -> list[str]:
    """Words stay whole, so that a reader sees them come."""
    if not isinstance(text, str) or not text:
        return []
    size = -(-len(text) // PIECES)
    return [text[start : start + size] for start in range(0, len(text), size)]
