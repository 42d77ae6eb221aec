"""What an answer's bytes say before any library has read them: whether it is an answer, how it ended, what it
claims to have taken, and what a refusal in so many words means.

Libraries read a negative count as none, a missing end as a good one, and an error in a 200 as an empty list.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

Finish = Literal["stop", "length", "content_filter", "malformed", "empty", "truncated"]
"""How an answer ended: whole, at its longest, declined, no answer at all, one without words, broken off."""

Reason = Literal["too_long", "filtered", "model_gone", "quota", ""]

MOST_KEPT = 65_536
"""The most bytes of a refusal, or of one event of a stream, that are looked at."""
_MOST_TOKENS = 2**53
_ENDS: dict[str, Finish] = {
    **dict.fromkeys(("stop", "end_turn", "stop_sequence", "eos", "eos_token", "completed"), "stop"),
    **dict.fromkeys(("length", "max_tokens", "model_context_window_exceeded", "model_length"), "length"),
    **dict.fromkeys(("content_filter", "refusal", "safety", "recitation", "blocklist"), "content_filter"),
    **dict.fromkeys(("prohibited_content", "guardrail_intervened", "sensitive"), "content_filter"),
}
_REASONS: dict[str, Reason] = {
    **dict.fromkeys(("context_length_exceeded", "string_above_max_length", "request_too_large"), "too_long"),
    **dict.fromkeys(("content_filter", "content_policy_violation", "moderation_blocked"), "filtered"),
    **dict.fromkeys(("model_not_found", "not_found_error", "model_decommissioned"), "model_gone"),
    **dict.fromkeys(("billing_error", "insufficient_quota", "usage_limit_reached"), "quota"),
}
_TOO_LONG = re.compile(r"prompt is too long|maximum context length|context window", re.IGNORECASE)
_NO_CREDIT = re.compile(r"credit balance is too low|usage limits?\b", re.IGNORECASE)
_USAGE = re.compile(rb'"usage"\s*:\s*\{')


@dataclass(frozen=True, slots=True)
class Facts:
    """An answer's own claims; a count is None where it is no whole number."""

    finish: Finish
    model: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None


def ended(word: object) -> Finish:
    """What a wire's word for the end means. None is a server that says nothing: the body came whole."""
    return "stop" if word is None else _ENDS.get(str(word).lower(), "malformed")


def facts(wire: str, body: bytes) -> Facts | None:
    """The claims of a whole answer, or None when it is none."""
    data = _object(body)
    if data is None or data.get("error"):
        return None
    return _anthropic(data) if wire == "anthropic" else _openai(data)


def reason(body: bytes) -> Reason:
    """What a refused request was refused for, as far as a fixed list of words tells. No word of the body
    goes further than this."""
    error = (_object(body[:MOST_KEPT]) or {}).get("error")
    if not isinstance(error, dict):
        return ""
    for name in ("code", "type"):
        if (found := _REASONS.get(str(error.get(name)))) is not None:
            return found
    message = str(error.get("message"))
    if _TOO_LONG.search(message):
        return "too_long"
    return "quota" if _NO_CREDIT.search(message) else ""


class StreamWitness:
    """Reads the claims about tokens out of a stream as it goes by, event by event."""

    def __init__(self, wire: str) -> None:
        self._wire = wire
        self._line = b""
        self._usage: dict[str, Any] = {}

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes."""
        *lines, self._line = (self._line + chunk).split(b"\n")
        for line in lines:
            if _USAGE.search(line):
                self._note(line)
        if len(self._line) > MOST_KEPT:
            self._line = b""

    def facts(self, finish: Finish, model: str) -> Facts:
        """What was claimed in all: of a number told more than once, the last."""
        usage = dict(self._usage)
        if self._wire == "openai":
            return Facts(finish, model, *_openai_tokens(usage))
        return Facts(finish, model, *_anthropic_tokens(usage))

    def _note(self, line: bytes) -> None:
        data = _object(line.partition(b":")[2])
        if data is None:
            return
        for holder in (data, data.get("message")):
            usage = holder.get("usage") if isinstance(holder, dict) else None
            if isinstance(usage, dict):
                self._usage.update(usage)


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _openai(data: dict[str, Any]) -> Facts | None:
    choices = data.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        return None
    finish = "content_filter" if message.get("refusal") else ended(choice.get("finish_reason"))
    return Facts(finish, _name(data), *_openai_tokens(data.get("usage")))


def _anthropic(data: dict[str, Any]) -> Facts | None:
    if not isinstance(data.get("content"), list):
        return None
    return Facts(ended(data.get("stop_reason")), _name(data), *_anthropic_tokens(data.get("usage")))


def _openai_tokens(usage: object) -> tuple[int | None, int | None, int | None]:
    """In, out, and those of the first that were cached. Where the total is more than both together, the rest
    was thinking that is billed as answer (Gemini and Grok count it so)."""
    if not isinstance(usage, dict):
        return None, None, None
    given, made, total = (
        _count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens", "total_tokens")
    )
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    if None not in (given, made, total):
        made = max(made or 0, (total or 0) - (given or 0)) if (made or 0) >= 0 else made
    return given, made, _count(usage.get("prompt_cache_hit_tokens") if cached is None else cached)


def _anthropic_tokens(usage: object) -> tuple[int | None, int | None, int | None]:
    """In, out and cached; this wire counts what was cached beside the rest, not within it."""
    if not isinstance(usage, dict):
        return None, None, None
    given, cached = _count(usage.get("input_tokens")), _count(usage.get("cache_read_input_tokens"))
    written = _count(usage.get("cache_creation_input_tokens"))
    if given is not None and given >= 0:
        given += max(0, cached or 0) + max(0, written or 0)
    return given, _count(usage.get("output_tokens")), cached


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return max(-_MOST_TOKENS, min(_MOST_TOKENS, value))


def _name(data: dict[str, Any]) -> str:
    model = data.get("model")
    return model if isinstance(model, str) else ""
