"""The reseller as we reach it: its address, its envelope, and what its codes mean.

Every answer is `{"code", "msg", "data"}`, mostly inside an HTTP 200, and `code` decides: 429 tells of credits
there, 430 and 405 of asking too often, 455 of maintenance (facts of 2026-11-21).
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.address import asset_hosts
from noktvrn.outbound.calls import Caller, Reply, refusal
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.providers._kit import Health
from noktvrn.settings import Settings

NAME = "suno_gateway"
CREDITS = "suno credits"
ADDRESSES = {"sunoapi": "https://api.sunoapi.org", "kie": "https://api.kie.ai"}
NAMED = {"sunoapi": "sunoapi.org", "kie": "kie.ai"}
SUCCESS = 200
PREFIX = "/api/v1"

_MEANT = {
    400: Trouble.INVALID,
    401: Trouble.AUTH,
    402: Trouble.CREDITS,
    403: Trouble.AUTH,
    404: Trouble.INVALID,
    405: Trouble.RATE,
    408: Trouble.UNKNOWN,
    409: Trouble.INVALID,
    413: Trouble.INVALID,
    422: Trouble.INVALID,
    429: Trouble.CREDITS,
    430: Trouble.RATE,
    455: Trouble.MAINTENANCE,
}
BY_ITS_RULES = re.compile(
    r"sensitive|moderat|prohibit|policy|copyright|artist.?s? name|contained? artist|explicit|inappropriate",
    re.IGNORECASE,
)
"""Words with which a refused request turns out to be refused for what it says."""


class Answer(BaseModel):
    """What is read of an answer; whatever else there is, is left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Envelope(Answer):
    """What every answer comes in."""

    code: int = Field(ge=0, le=99_999)
    msg: str | None = Field(default=None, max_length=20_000)
    data: Any = None


class Task(Answer):
    """What a job is called there."""

    taskId: str = Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9_.:-]+$")  # noqa: N815 - theirs


class Gateway:
    """The calls, with the key of the settings."""

    def __init__(self, settings: Settings) -> None:
        self.named = NAMED[settings.suno_dialect]
        key = settings.suno_api_key or SecretStr("")
        address = (settings.suno_base_url or ADDRESSES[settings.suno_dialect]).rstrip("/")
        self.asset_hosts = asset_hosts(address, settings.private_hosts)
        self._caller = Caller(
            address.removesuffix(PREFIX) + PREFIX,
            named=self.named,
            headers={"authorization": SecretStr(f"Bearer {key.get_secret_value()}")},
            private_hosts=settings.private_hosts,
        )

    def asked(self, path: str, **query: str) -> Envelope:
        """The answer to a free question; `code` may be any.

        Raises:
            Outside: there is none that can be read.
        """
        reply = self._caller.get(path, query)
        return self._opened(reply, paid=False)

    def ordered(self, path: str, body: dict[str, Any]) -> Envelope:
        """The answer to an order; `code` may be any.

        Raises:
            Outside: there is none that can be read. Where the order may have been taken all the same, nobody
                knows (trouble UNKNOWN): an order is never sent twice.
        """
        reply = self._caller.post(path, body)
        return self._opened(reply, paid=True)

    def refused(self, envelope: Envelope, *, paid: bool) -> LabelError:
        """The error of a code that is no success."""
        words = envelope.msg or ""
        return trouble(_meaning(envelope.code, words, paid=paid), self.named, f"{envelope.code} {words}")

    def task(self, envelope: Envelope) -> str:
        """The name of a job that was ordered. Raises trouble UNKNOWN where a success does not tell it."""
        try:
            return Task.model_validate(envelope.data).taskId
        except ValidationError:
            pass
        raise trouble(Trouble.UNKNOWN, self.named, "it told no task id")

    def broken(self, what: str) -> LabelError:
        """The error of an answer that is none of theirs."""
        return trouble(Trouble.CONTRACT, self.named, what)

    def _opened(self, reply: Reply, *, paid: bool) -> Envelope:
        envelope = _envelope(reply)
        if envelope is not None and (reply.ok or envelope.code != SUCCESS):
            return envelope
        if not reply.ok:
            raise refusal(reply, self.named, paid=paid)
        raise trouble(
            Trouble.UNKNOWN if paid else Trouble.CONTRACT,
            self.named,
            f"what came is none of its answers ({reply.media_type or 'no media type'})",
        )


def _envelope(reply: Reply) -> Envelope | None:
    try:
        return Envelope.model_validate(reply.json())
    except (LabelError, ValidationError):
        return None


def _meaning(code: int, words: str, *, paid: bool) -> Trouble:
    usual = _MEANT.get(code)
    if usual is Trouble.INVALID and BY_ITS_RULES.search(words):
        return Trouble.MODERATION
    if usual is not None and (usual is not Trouble.UNKNOWN or paid):
        return usual
    if 400 <= code < 500:
        return Trouble.INVALID
    return Trouble.UNKNOWN if paid else Trouble.TRANSIENT


def health(settings: Settings) -> Health:
    """The credits of the account."""
    gateway = Gateway(settings)
    envelope = gateway.asked("/generate/credit")
    if envelope.code != SUCCESS:
        return Health(False, gateway.refused(envelope, paid=False).message)
    if isinstance(envelope.data, bool) or not isinstance(envelope.data, int | float):
        raise gateway.broken("its credits are no number")
    left = max(0, int(envelope.data))
    return Health(left > 0, f"{gateway.named}: {left:,} credits left", ((CREDITS, left),))
