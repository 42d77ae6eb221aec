"""The images endpoint as the desk asks it: one request, and the answer holds the picture in base64.

There is no cancelling, no idempotency key and no list of past pictures: what broke off is settled by a
person, unless the whole answer lies in the spool. Schema: OpenAI's OpenAPI document, `CreateImageRequest`,
`ImagesResponse`, `ErrorResponse`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.calls import Caller, Reply, refusal
from noktvrn.outbound.jobs.nouns import Charge, Inline, JobOrder, Progress, Submitted
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.outbound.spool import spooled
from noktvrn.outbound.troubles import Trouble, trouble, trouble_of
from noktvrn.providers._kit import Health
from noktvrn.providers.openai_images.unpacking import unpacked
from noktvrn.providers.registry import price
from noktvrn.settings import Settings

NAME = "openai_images"
NAMED = "OpenAI images"
ADDRESS = "https://api.openai.com/v1"
DEADLINE_S = 300.0
MOST_BYTES = 80_000_000
ANSWER = ".answer.json"
_MEANT = {
    "moderation_blocked": Trouble.MODERATION,
    "content_policy_violation": Trouble.MODERATION,
    "insufficient_quota": Trouble.CREDITS,
    "billing_hard_limit_reached": Trouble.CREDITS,
    "rate_limit_exceeded": Trouble.RATE,
    "invalid_api_key": Trouble.AUTH,
    "model_not_found": Trouble.INVALID,
}


class _Usage(BaseModel):
    model_config = ConfigDict(extra="ignore")

    input_tokens: int = Field(ge=0, lt=10**9)
    output_tokens: int = Field(ge=0, lt=10**9)


class _Told(BaseModel):
    """What else an answer says, its pictures taken out."""

    model_config = ConfigDict(extra="ignore")

    usage: _Usage | None = None


class ImageService:
    """Takes orders whose request is the body of `POST /images/generations`."""

    caps = Caps(at_once=4, deadline_s=DEADLINE_S)

    def __init__(self, settings: Settings) -> None:
        self._caller = _caller(settings)

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Asks for the picture and waits for it."""
        place = slip.spool / ANSWER
        reply = self._caller.post_into(
            "/images/generations", order.request, into=place, deadline_s=DEADLINE_S, max_bytes=MOST_BYTES
        )
        if not reply.ok:
            raise told_by(reply, paid=True)
        return _submitted(place)

    def salvage(self, order: JobOrder, spool: Path) -> Submitted | None:
        """The answer that had come whole when its process ended; None: it had not."""
        return _submitted(spool / ANSWER) if spooled(spool / ANSWER) is not None else None

    def look(self, ref: str) -> Progress:
        """Raises CONTRACT: an answer is the picture, so there is nothing to look at."""
        raise trouble(Trouble.CONTRACT, NAMED, f"there is no job {ref}")

    def find(self, order: JobOrder) -> str | None:
        """Nobody can tell."""
        return None

    def cancel(self, ref: str) -> bool:
        """It cannot be called off."""
        return False


def _submitted(answer: Path) -> Submitted:
    """The picture taken out of the answer; it stays where it was, the picture beside it."""
    picture = answer.with_name("picture")
    try:
        told = _Told.model_validate(unpacked(answer, picture))
    except (ValueError, ValidationError):
        told = None
    if told is None:
        raise trouble(Trouble.CONTRACT, NAMED, "the answer holds no picture in base64")
    return Submitted(
        files=(Inline(clip="picture", path=picture, kind="picture"),), charged=_charged(told.usage)
    )


def _charged(usage: _Usage | None) -> tuple[Charge, ...] | None:
    """What the tokens it tells of cost; None: it tells of none."""
    if usage is None:
        return None
    figures = price(NAME)
    picos = usage.input_tokens * figures["input_token_picos"]
    picos += usage.output_tokens * figures["output_token_picos"]
    return (Charge(amount=-(-picos // 1_000_000)),)


def told_by(reply: Reply, *, paid: bool) -> LabelError:
    """The error an answer that is no success stands for."""
    error = _error(reply)
    usual = trouble_of(refusal(reply, NAMED, paid=paid)) or Trouble.UNKNOWN
    words = error.get("message")
    meant = _MEANT.get(str(error.get("code") or error.get("type") or ""), usual)
    return trouble(meant, NAMED, words if isinstance(words, str) else f"HTTP status {reply.status}")


def _error(reply: Reply) -> dict[str, Any]:
    try:
        data = reply.json()
    except LabelError:
        return {}
    error = data.get("error") if isinstance(data, dict) else None
    return error if isinstance(error, dict) else {}


def health(settings: Settings) -> Health:
    """Whether the key may use the model."""
    model = settings.openai_image_model
    reply = _caller(settings).get(f"/models/{model}")
    if not reply.ok:
        return Health(False, told_by(reply, paid=False).message)
    return Health(True, f"{model} may be used; the account's balance is not told")


def _caller(settings: Settings) -> Caller:
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
    return Caller(
        settings.openai_base_url or ADDRESS,
        named=NAMED,
        headers={"authorization": SecretStr(f"Bearer {key}")},
        private_hosts=settings.private_hosts,
    )
