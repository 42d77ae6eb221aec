"""ElevenLabs as both of its players meet it: its address and key, its account, and the errors it tells.

Errors are `{"detail": {"status": ..., "message": ...}}`, a list of `{"loc", "msg"}` where a field is refused.
A suggestion of theirs stands beside the status or under `data`; it is shown, never used by itself.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.calls import Caller, Reply, refusal
from noktvrn.outbound.jobs.nouns import Charge
from noktvrn.outbound.troubles import LONGEST_WORDS, Trouble, quoted, trouble, trouble_of
from noktvrn.providers._kit import Health
from noktvrn.settings import Settings

NAMED = "ElevenLabs"
ADDRESS = "https://api.elevenlabs.io"
CREDITS = "elevenlabs credits"
LONGEST_SUGGESTION = 600
_MEANT = {
    "quota_exceeded": Trouble.CREDITS,
    "insufficient_credits": Trouble.CREDITS,
    "payment_required": Trouble.CREDITS,
    "invalid_api_key": Trouble.AUTH,
    "needs_authorization": Trouble.AUTH,
    "missing_permissions": Trouble.AUTH,
    "detected_unusual_activity": Trouble.AUTH,
    "too_many_concurrent_requests": Trouble.BUSY,
    "system_busy": Trouble.BUSY,
    "rate_limit_exceeded": Trouble.RATE,
    "bad_prompt": Trouble.MODERATION,
    "bad_composition_plan": Trouble.MODERATION,
    "content_against_policy": Trouble.MODERATION,
}
"""Statuses whose meaning does not follow from the HTTP status they come with."""


class Answer(BaseModel):
    """What is read of an answer; whatever else there is, is left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)


Kind = TypeVar("Kind", bound=Answer)


class Account(Answer):
    """`GET /v1/user/subscription`: characters are the credits of every product."""

    tier: str = Field(default="", max_length=60)
    character_count: int = Field(ge=0, lt=2**53)
    character_limit: int = Field(ge=0, lt=2**53)
    next_character_count_reset_unix: int | None = Field(default=None, ge=0, lt=2**40)

    @property
    def left(self) -> int:
        """Credits that are left in this period."""
        return max(0, self.character_limit - self.character_count)


def caller(settings: Settings, deadline_s: float = 60.0) -> Caller:
    """Calls to the service, with the key of the settings."""
    return Caller(
        settings.elevenlabs_base_url or ADDRESS,
        named=NAMED,
        headers={"xi-api-key": settings.elevenlabs_api_key or SecretStr("")},
        deadline_s=deadline_s,
        private_hosts=settings.private_hosts,
    )


def read(kind: type[Kind], data: Any) -> Kind:
    """An answer's data as what it ought to be.

    Raises:
        Refused: trouble CONTRACT: it is something else.
    """
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
    raise trouble(Trouble.CONTRACT, NAMED, f"no {kind.__name__.lower()} ({where})")


def charged(headers: Mapping[str, str], credit_micros: int) -> tuple[Charge, ...] | None:
    """What an answer cost by the service's own word (`character-cost`), in credits and in money; None: it
    does not say."""
    told = headers.get("character-cost", "")
    if not told.isdecimal() or len(told) > 9:
        return None
    credits_taken = int(told)
    return (
        Charge(unit=CREDITS, amount=credits_taken),
        Charge(amount=credits_taken * credit_micros),
    )


def told_by(reply: Reply, *, paid: bool = True) -> LabelError:
    """The error an answer that is no success stands for."""
    detail = _detail(reply)
    status = str(detail.get("status") or detail.get("code") or "")
    usual = trouble_of(refusal(reply, NAMED, paid=paid)) or Trouble.UNKNOWN
    message = detail.get("message")
    words = message if isinstance(message, str) and message else status
    error = trouble(_MEANT.get(status, usual), NAMED, words or f"HTTP status {reply.status}")
    suggested = _suggestion(detail)
    if suggested:
        error.hint = f"It suggests, which is used only if you write it yourself: {suggested}"
    return error


def health(service: Caller) -> Health:
    """What the account says: its plan and the credits that are left."""
    reply = service.get("/v1/user/subscription")
    if not reply.ok:
        error = told_by(reply, paid=False)
        return Health(False, error.message)
    account = read(Account, reply.json())
    said = f"plan {account.tier or 'unknown'}, {account.left:,} of {account.character_limit:,} credits left"
    if account.next_character_count_reset_unix:
        again = datetime.fromtimestamp(account.next_character_count_reset_unix, UTC)
        said += f" until {again:%Y-%m-%d}"
    return Health(account.left > 0, said, ((CREDITS, account.left),))


def _detail(reply: Reply) -> dict[str, Any]:
    """The detail as an object, whatever came; a list of refused fields as a message."""
    try:
        data = reply.json()
    except LabelError:
        return {}
    detail = data.get("detail") if isinstance(data, dict) else None
    if isinstance(detail, str):
        return {"message": detail}
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        where = detail[0].get("loc")
        named = ".".join(str(part) for part in where) if isinstance(where, list) else ""
        return {"status": "validation", "message": f"{named}: {detail[0].get('msg', '')}"}
    return detail if isinstance(detail, dict) else {}


def _suggestion(detail: dict[str, Any]) -> str:
    """The words they suggest instead: a prompt, or the styles of a plan."""
    places = [detail, detail.get("data")]
    for place in places:
        if not isinstance(place, dict):
            continue
        prompt = place.get("prompt_suggestion")
        if isinstance(prompt, str) and prompt:
            return _short(prompt)
        plan = place.get("composition_plan_suggestion")
        if isinstance(plan, dict):
            return _short("; ".join(_styles(plan)))
    return ""


def _styles(plan: dict[str, Any]) -> list[str]:
    """The styles of a suggested plan, each once."""
    pieces = plan.get("chunks")
    pieces = pieces if isinstance(pieces, list) else []
    lists = [plan.get("positive_global_styles")]
    lists += [piece.get("positive_styles") for piece in pieces if isinstance(piece, dict)]
    found = [style for styles in lists if isinstance(styles, list) for style in styles]
    return list(dict.fromkeys(style for style in found if isinstance(style, str)))


def _short(text: str) -> str:
    pieces = textwrap.wrap(text[:LONGEST_SUGGESTION], LONGEST_WORDS - 10)
    return " ".join(map(quoted, pieces)) + ("\u2026" if len(text) > LONGEST_SUGGESTION else "")
