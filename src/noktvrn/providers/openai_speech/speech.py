"""OpenAI's speech as the desk asks it: one line a request, and the answer is its sound.

Errors are `{"error": {"message", "type", "param", "code"}}`. A 429 is either too many requests, which pass,
or `insufficient_quota`, which does not and is never asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.calls import Caller, Reply, refusal
from noktvrn.outbound.jobs.nouns import Inline, JobOrder, Progress, Submitted
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.outbound.spool import spooled
from noktvrn.outbound.troubles import Trouble, trouble, trouble_of
from noktvrn.providers._kit import Health
from noktvrn.settings import Settings

NAME = "openai_speech"
NAMED = "OpenAI speech"
ADDRESS = "https://api.openai.com/v1"
DEADLINE_S = 120.0
MOST_BYTES = 20_000_000
LINE = "line.wav"
_MEANT = {
    "insufficient_quota": Trouble.CREDITS,
    "billing_hard_limit_reached": Trouble.CREDITS,
    "billing_not_active": Trouble.CREDITS,
    "rate_limit_exceeded": Trouble.RATE,
    "invalid_api_key": Trouble.AUTH,
    "content_policy_violation": Trouble.MODERATION,
    "moderation_blocked": Trouble.MODERATION,
}


class SpeechService:
    """Takes orders that are the request's body."""

    caps = Caps(at_once=4, deadline_s=DEADLINE_S)

    def __init__(self, settings: Settings) -> None:
        key = settings.openai_api_key
        self._model = settings.openai_speech_model
        self._caller = Caller(
            settings.openai_speech_base_url or settings.openai_base_url or ADDRESS,
            named=NAMED,
            headers={"authorization": SecretStr(f"Bearer {key.get_secret_value()}")} if key else None,
            private_hosts=settings.private_hosts,
        )

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Asks for the line and waits for it."""
        place = slip.spool / LINE
        reply = self._caller.post_into(
            "/audio/speech", order.request, into=place, deadline_s=DEADLINE_S, max_bytes=MOST_BYTES
        )
        if not reply.ok:
            raise told_by(reply)
        return _submitted(place, reply.headers)

    def salvage(self, order: JobOrder, spool: Path) -> Submitted | None:
        """The answer that had come whole when its process ended; None: it had not."""
        found = spooled(spool / LINE)
        return None if found is None else _submitted(found.path, found.headers)

    def look(self, ref: str) -> Progress:
        """Raises CONTRACT: an answer is the line, so there is nothing to look at."""
        raise trouble(Trouble.CONTRACT, NAMED, f"there is no job {ref}")

    def find(self, order: JobOrder) -> str | None:
        """Nobody can tell."""
        return None

    def cancel(self, ref: str) -> bool:
        """It cannot be called off."""
        return False

    def health(self) -> Health:
        """Whether the key reaches the model."""
        reply = self._caller.get(f"/models/{self._model}")
        if not reply.ok:
            return Health(False, told_by(reply, paid=False).message)
        return Health(True, f"the key reaches {self._model}")


def told_by(reply: Reply, *, paid: bool = True) -> LabelError:
    """The error an answer that is no success stands for."""
    error = _error(reply)
    named = (error.get("code"), error.get("type"))
    known = next((_MEANT[name] for name in named if isinstance(name, str) and name in _MEANT), None)
    usual = trouble_of(refusal(reply, NAMED, paid=paid)) or Trouble.UNKNOWN
    message = error.get("message")
    words = message if isinstance(message, str) and message else f"HTTP status {reply.status}"
    return trouble(known or usual, NAMED, words)


def _error(reply: Reply) -> dict[str, Any]:
    try:
        data = reply.json()
    except LabelError:
        return {}
    error = data.get("error") if isinstance(data, dict) else None
    return error if isinstance(error, dict) else {}


def _submitted(file: Path, headers: Mapping[str, str]) -> Submitted:
    clip = headers.get("x-request-id") or "line"
    return Submitted(files=(Inline(clip=clip[:100], path=file, kind="audio"),))
