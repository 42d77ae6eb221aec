"""What the Bot API answers: its result, or which of the house's errors its words are.

The contract: `{"ok": true, "result": ...}` or `{"ok": false, "error_code": 429, "description": "...",
"parameters": {"retry_after": 3}}` (https://core.telegram.org/bots/api#making-requests).
"""

from __future__ import annotations

from typing import Any

from noktvrn.kernel.errors import Conflict, LabelError, NotFound, Refused, Unavailable
from noktvrn.outbound.calls import Reply
from noktvrn.outbound.troubles import Trouble, quoted, trouble

WHO = "Telegram"
UNCHANGED = "message is not modified"
TOO_LATE = ("query is too old", "query_id_invalid", "query id is invalid")
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")


class FloodedError(Unavailable):
    """Too much for one chat: it is left alone for `wait_s` seconds, the others are not."""

    wait_s: float = 1.0


def result_of(reply: Reply) -> Any:
    """The result of a call.

    Raises:
        FloodedError: too many requests. Conflict `telegram.polled`: a webhook is set, or another one polls.
        NotFound `telegram.gone`: the message is not there. Refused: Telegram says no.
        Unavailable `outside.outcome_unknown`: its server failed, and may have done it all the same.
    """
    if reply.status >= 500:
        raise trouble(Trouble.UNKNOWN, WHO, f"HTTP status {reply.status}")
    told = reply.json()
    if not isinstance(told, dict):
        raise trouble(Trouble.CONTRACT, WHO, "its answer is no object")
    if told.get("ok") is True:
        return told.get("result")
    raise _refusal(reply.status, told)


def _refusal(status: int, told: dict[str, Any]) -> LabelError:
    words = str(told.get("description", ""))
    if status == 429:
        return _flooded(told)
    if status == 409:
        return Conflict(
            "Somebody else fetches this bot's updates, or a webhook is set.",
            code="telegram.polled",
            hint="`noktvrn telegram status` shows which; `noktvrn telegram webhook delete` takes it away.",
        )
    if status in (401, 404):
        return trouble(Trouble.AUTH, WHO, words)
    if any(phrase in words.lower() for phrase in GONE):
        return NotFound(f"{WHO} does not have the message any more.", code="telegram.gone")
    if status == 413:
        return Refused(f"{WHO} does not take a file of that size.", code="telegram.too_large")
    return Refused(f"{WHO} says no: {quoted(words)}", code="telegram.refused", hint="See docs/telegram.md.")


def _flooded(told: dict[str, Any]) -> FloodedError:
    parameters = told.get("parameters")
    wait = parameters.get("retry_after", 1) if isinstance(parameters, dict) else 1
    flooded = FloodedError(f"{WHO} is asked too often.", code="outside.busy", hint="It goes on by itself.")
    flooded.wait_s = float(wait) if isinstance(wait, int | float) else 1.0
    return flooded


def refused_with(error: LabelError, phrases: tuple[str, ...]) -> bool:
    """Whether Telegram said no in one of these phrases."""
    return error.code == "telegram.refused" and any(one in error.message.lower() for one in phrases)
