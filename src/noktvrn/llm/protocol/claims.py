"""What an answer claims to have taken, on either wire, and the answer without those claims.

The claims are read here and nowhere else: libraries read a negative count as none, and give up a good answer
for a count that is no number. So what they get to see has claims that say nothing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

_MOST = 2**53


class Claims(NamedTuple):
    """Tokens as they were told; None where that is no whole number. Those cached are among those given."""

    given: int | None = None
    made: int | None = None
    cached: int | None = None


NO_CLAIMS = Claims()


def claims(wire: str, usage: object) -> Claims:
    """The claims in a wire's `usage`."""
    if not isinstance(usage, dict):
        return NO_CLAIMS
    return _anthropic(usage) if wire == "anthropic" else _openai(usage)


def without_claims(wire: str, data: dict[str, Any]) -> dict[str, Any]:
    """The answer, or an event of a streamed one, with a `usage` that says nothing."""
    if wire == "openai":
        return {name: value for name, value in data.items() if name != "usage"}
    nothing = {"input_tokens": 0, "output_tokens": 0}
    message = data.get("message")
    if isinstance(message, dict):
        return {**data, "message": {**message, "usage": nothing}}
    return {**data, "usage": nothing}


def _openai(usage: dict[str, Any]) -> Claims:
    """Where the total is more than both together, the rest was thinking that is billed as answer: Gemini and
    Grok count it so."""
    given, made, total = (
        _count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens", "total_tokens")
    )
    if given is not None and made is not None and total is not None and min(given, made) >= 0:
        made = max(made, total - given)
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    return Claims(given, made, _count(usage.get("prompt_cache_hit_tokens") if cached is None else cached))


def _anthropic(usage: dict[str, Any]) -> Claims:
    """This wire counts what was cached beside the rest, not within it."""
    given, cached = _count(usage.get("input_tokens")), _count(usage.get("cache_read_input_tokens"))
    if given is not None and given >= 0:
        written = _count(usage.get("cache_creation_input_tokens"))
        given += max(0, cached or 0) + max(0, written or 0)
    return Claims(given, _count(usage.get("output_tokens")), cached)


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return max(-_MOST, min(_MOST, value))
