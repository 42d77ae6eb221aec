"""What the Gemini API says about interactions: answers with a song in them, and errors in Google's form.

Errors: `{"error": {"code", "status", "message", "details": [...]}}`, at times in a list of one.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.calls import Reply, refusal
from noktvrn.outbound.troubles import Trouble, trouble, trouble_of

NAMED = "Lyria"
_BAD_KEY = frozenset({"API_KEY_INVALID", "API_KEY_SERVICE_BLOCKED", "SERVICE_DISABLED"})
_SAFETY = re.compile(r"\b(safety|prohibited|policy|blocked|copyright)", re.IGNORECASE)
_DELAY = re.compile(r"(\d{1,7}(?:\.\d{1,9})?)s")
LONGEST_DELAY_S = 3600.0
_BY_STATUS = {
    "completed": Trouble.WITHHELD,
    "failed": Trouble.FAILED,
    "cancelled": Trouble.FAILED,
    "incomplete": Trouble.FAILED,
    "budget_exceeded": Trouble.CREDITS,
}
"""What an answer without a song means. `completed` without one is how a safety block looks; the answer does
not say whether it is billed, so it counts as if it were. Whatever else there is, is not over, and may be paid
for."""


class Told(BaseModel):
    """What is read of an answer; whatever else there is, is left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Part(Told):
    """A piece of an answer: text, or sound in base64."""

    type: str = ""
    text: str = Field(default="", max_length=100_000)
    mime_type: str = Field(default="", max_length=100)
    data: str = ""


class Step(Told):
    """One step of an interaction."""

    type: str = ""
    content: tuple[Part, ...] = Field(default=(), max_length=50)


class Interaction(Told):
    """An answer; `steps` hold the song."""

    id: str = Field(default="", max_length=300)
    status: str = Field(default="", max_length=60)
    steps: tuple[Step, ...] = Field(default=(), max_length=50)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every piece that the model put out."""
        return tuple(part for step in self.steps for part in step.content)

    @property
    def song(self) -> Part | None:
        """The sound, where there is one."""
        found = (part for part in self.parts if part.data and part.mime_type.startswith("audio/"))
        return next(found, None)

    @property
    def said(self) -> str:
        """Its text."""
        return " ".join(part.text for part in self.parts if part.text)


def without_song(interaction: Interaction) -> LabelError:
    """The error an answer with no song in it stands for."""
    kind = _BY_STATUS.get(interaction.status, Trouble.UNKNOWN)
    said = interaction.said if kind is not Trouble.UNKNOWN else ""
    words = said or f"{interaction.id or 'the interaction'} is {interaction.status or 'without a status'}"
    return trouble(kind, NAMED, words)


def told_by(reply: Reply, *, paid: bool = True) -> LabelError:
    """The error an answer that is no success stands for."""
    error = _error(reply)
    details = _details(error)
    message = error.get("message")
    words = message if isinstance(message, str) and message else f"HTTP status {reply.status}"
    kind = _kind(reply, words, details)
    return trouble(kind or trouble_of(refusal(reply, NAMED, paid=paid)) or Trouble.UNKNOWN, NAMED, words)


def retry_delay_s(reply: Reply) -> float | None:
    """Seconds the service wants to be left alone (`retryDelay` of its details), or None."""
    for one in _details(_error(reply)):
        found = _DELAY.fullmatch(str(one.get("retryDelay", "")))
        if found:
            return min(LONGEST_DELAY_S, float(found.group(1)))
    return None


def _details(error: dict[str, Any]) -> list[dict[str, Any]]:
    details = error.get("details")
    return [one for one in details if isinstance(one, dict)] if isinstance(details, list) else []


def _kind(reply: Reply, words: str, details: list[dict[str, Any]]) -> Trouble | None:
    """What Google's details say beyond the HTTP status."""
    if any(one.get("reason") in _BAD_KEY for one in details):
        return Trouble.AUTH
    if reply.status == 429 and any(_of_a_day(one) for one in details):
        return Trouble.CREDITS
    if reply.status == 400 and _SAFETY.search(words):
        return Trouble.MODERATION
    return None


def _of_a_day(detail: dict[str, Any]) -> bool:
    """Whether a quota of a day is used up: waiting for `retryDelay` does not bring it back."""
    violations = detail.get("violations")
    told = violations if isinstance(violations, list) else []
    return any("PerDay" in str(one.get("quotaId", "")) for one in told if isinstance(one, dict))


def _error(reply: Reply) -> dict[str, Any]:
    try:
        data = reply.json()
    except LabelError:
        return {}
    if isinstance(data, list) and data:
        data = data[0]
    error = data.get("error") if isinstance(data, dict) else None
    return error if isinstance(error, dict) else {}
