"""What an answer's bytes say before any library has read them: whether it is an answer, how it ended, what it
claims to have taken, and what a refusal in so many words means.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from noktvrn.llm.protocol.claims import NO_CLAIMS, Claims, claims, without_claims

Finish = Literal["stop", "length", "content_filter", "malformed", "empty", "truncated"]
"""How an answer ended: whole, at its longest, declined, no answer at all, one without words, broken off."""

Reason = Literal["too_long", "filtered", "model_gone", "quota", "key", ""]

MOST_OF_A_REFUSAL = 65_536
_ENDS: dict[str, Finish] = {
    **dict.fromkeys(("stop", "end_turn", "stop_sequence", "eos", "eos_token", "completed"), "stop"),
    **dict.fromkeys(("length", "max_tokens", "model_context_window_exceeded", "model_length"), "length"),
    **dict.fromkeys(("content_filter", "refusal", "safety", "recitation", "blocklist"), "content_filter"),
    **dict.fromkeys(("prohibited_content", "guardrail_intervened", "sensitive"), "content_filter"),
}
_REASONS: dict[str, Reason] = {
    **dict.fromkeys(("context_length_exceeded", "string_above_max_length", "request_too_large"), "too_long"),
    **dict.fromkeys(("exceed_context_size_error",), "too_long"),
    **dict.fromkeys(("content_filter", "content_policy_violation", "moderation_blocked"), "filtered"),
    **dict.fromkeys(("model_not_found", "not_found_error", "model_decommissioned"), "model_gone"),
    **dict.fromkeys(("billing_error", "insufficient_quota", "usage_limit_reached"), "quota"),
}
_SAYINGS: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (
        "too_long",
        re.compile(
            r"prompt is too long|maximum (?:context|prompt) length|context window|maximum number of tokens",
            re.IGNORECASE,
        ),
    ),
    ("key", re.compile(r"API key (?:not valid|expired|not found)|incorrect API key", re.IGNORECASE)),
    (
        "quota",
        re.compile(
            r"credit balance is too low|reached your specified API usage limits"
            r"|(?:out of|all available|have any) credits",
            re.IGNORECASE,
        ),
    ),
)
"""What services say where their codes say nothing."""
_CLAIMING = {
    "openai": re.compile(rb'"usage"\s*:\s*[^n\s]'),
    "anthropic": re.compile(rb'"type"\s*:\s*"message_(?:start|delta)"'),
}
"""The lines of a stream that claim something, or that a library misses a claim in."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an answer says of itself."""

    finish: Finish
    model: str = ""
    claims: Claims = NO_CLAIMS


def ended(word: object) -> Finish:
    """What a wire's word for the end means. None is a server that says nothing: the body came whole."""
    return "stop" if word is None else _ENDS.get(str(word).lower(), "malformed")


def testimony(wire: str, body: bytes) -> tuple[Facts, bytes] | None:
    """What a whole answer says, and its body without claims; None when it is no answer."""
    data = _object(body)
    if data is None or data.get("error"):
        return None
    finish = _anthropic_end(data) if wire == "anthropic" else _openai_end(data)
    if finish is None:
        return None
    model = data.get("model")
    facts = Facts(finish, model if isinstance(model, str) else "", claims(wire, data.get("usage")))
    return facts, json.dumps(without_claims(wire, data)).encode()


def reason(body: bytes) -> Reason:
    """What a request was refused for, as far as a fixed list of words tells. No word of the body goes
    further than this."""
    error = _error(body)
    for name in ("code", "type"):
        if (found := _REASONS.get(str(error.get(name)))) is not None:
            return found
    message = str(error.get("message"))
    return next((found for found, saying in _SAYINGS if saying.search(message)), "")


def _error(body: bytes) -> dict[str, Any]:
    """The error in a refusal: under its name, flat (Mistral), as bare text (Grok), or in a list (Gemini)."""
    data = _json(body[:MOST_OF_A_REFUSAL])
    if isinstance(data, list) and data:
        data = data[0]
    error = data.get("error", data) if isinstance(data, dict) else None
    return error if isinstance(error, dict) else {"message": error}


class StreamWitness:
    """Reads the claims out of a stream as it goes by, line by line."""

    def __init__(self, wire: str) -> None:
        self._wire = wire
        self._claiming = _CLAIMING[wire]
        self._begun = bytearray()
        self._usage: dict[str, Any] = {}

    @property
    def claims(self) -> Claims:
        """What was claimed in all: of a number told more than once, the last."""
        return claims(self._wire, self._usage)

    def let_through(self, chunk: bytes) -> bytes:
        """The lines that are whole by now, without claims; the begun one waits."""
        if b"\n" not in chunk:
            self._begun += chunk
            return b""
        lines = bytes(self._begun + chunk)
        end = lines.rindex(b"\n") + 1
        self._begun = bytearray(lines[end:])
        if not self._claiming.search(lines, 0, end):
            return lines[:end]
        return b"".join(self._heard(line) for line in lines[:end].splitlines(keepends=True))

    def rest(self) -> bytes:
        """What waits when the stream has ended."""
        return self._heard(bytes(self._begun))

    def _heard(self, line: bytes) -> bytes:
        field, colon, value = line.partition(b":")
        data = _object(value) if field == b"data" and self._claiming.search(line) else None
        if data is None:
            return line
        for holder in (data, data.get("message")):
            usage = holder.get("usage") if isinstance(holder, dict) else None
            if isinstance(usage, dict):
                self._usage.update(usage)
        return field + colon + json.dumps(without_claims(self._wire, data)).encode() + b"\n"


def _object(body: bytes) -> dict[str, Any] | None:
    data = _json(body)
    return data if isinstance(data, dict) else None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _openai_end(data: dict[str, Any]) -> Finish | None:
    choices = data.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        return None
    return "content_filter" if message.get("refusal") else ended(choice.get("finish_reason"))


def _anthropic_end(data: dict[str, Any]) -> Finish | None:
    return ended(data.get("stop_reason")) if isinstance(data.get("content"), list) else None
