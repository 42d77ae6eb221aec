"""Luma as the desk asks it: create and look, in two dialects.

The Agents API tells files as `output` and failures by `failure_code`; the Dream Machine API has `assets` and
`failure_reason`, takes a callback address, and tells the account's balance. Neither has a way to call a job
off, or to find one whose answer was lost.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.address import asset_hosts
from noktvrn.outbound.calls import Caller, Reply, refusal
from noktvrn.outbound.jobs.nouns import JobOrder, Progress, Remote, Submitted
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.outbound.troubles import Trouble, quoted, trouble, trouble_of
from noktvrn.providers._kit import Health
from noktvrn.settings import Settings

NAME = "luma"
NAMED = "Luma"
AGENTS = "https://agents.lumalabs.ai/v1"
LEGACY = "https://api.lumalabs.ai/dream-machine/v1"
LEGACY_MODELS = frozenset({"ray-2", "ray-flash-2"})
UNIT = "luma credits"
NOBODY = "00000000-0000-0000-0000-000000000000"
_FINAL = {
    "content_moderated": "it does not make this by its rules",
    "budget_exhausted": "the account's budget there is spent",
    "image_too_large": "a picture is too large",
    "unsupported_format": "it does not take the format",
    "corrupt_input": "it could not read what it was sent",
    "invalid_request": "it does not take the request",
}
"""Failures another order of the same words would meet again."""


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Output(_Told):
    url: str = Field(max_length=6000)
    type: str = Field(default="video", max_length=40)


class _Assets(_Told):
    video: str | None = Field(default=None, max_length=6000)


class _Created(_Told):
    """A job that was taken: its name is all that is needed, so nothing else may cost it."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")


class _Generation(_Created):
    """A job in either dialect."""

    state: str = Field(max_length=40)
    output: tuple[_Output, ...] | None = Field(default=None, max_length=16)
    assets: _Assets | None = None
    failure_code: str | None = Field(default=None, max_length=60)
    failure_reason: str | None = Field(default=None, max_length=2000)

    @property
    def film(self) -> str:
        """Where its film lies; empty: nowhere yet."""
        films = [one.url for one in self.output or () if one.type.startswith("video")]
        return films[0] if films else (self.assets.video or "") if self.assets else ""


class _Balance(_Told):
    """What the Dream Machine account has."""

    credit_balance: float = Field(ge=0, lt=2**53)


T = TypeVar("T", bound=_Told)


class ShotService:
    """Takes orders whose request is the body of a creation in the dialect of its model."""

    def __init__(self, settings: Settings) -> None:
        self._legacy = settings.luma_model in LEGACY_MODELS
        self.caps = Caps(
            first_look_s=20.0,
            longest_look_s=15.0,
            deadline_s=1200.0,
            at_once=4,
            private_hosts=asset_hosts(_address(settings), settings.private_hosts),
        )
        self._caller = _caller(settings)

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Creates the job."""
        body = dict(order.request)
        if self._legacy and slip.callback:
            body["callback_url"] = slip.callback
        reply = self._caller.post("/generations/video" if self._legacy else "/generations", body)
        if not reply.ok:
            raise told_by(reply, paid=True)
        return Submitted(ref=_read(_Created, reply.json()).id)

    def look(self, ref: str) -> Progress:
        """How the job stands; one nobody knows is lost."""
        reply = self._caller.get(f"/generations/{ref}")
        if reply.status == 404:
            return Progress(state="lost", message="it does not know the job")
        if not reply.ok:
            raise told_by(reply, paid=False)
        return _standing(_read(_Generation, reply.json()))

    def find(self, order: JobOrder) -> str | None:
        """Nobody can tell."""
        return None

    def cancel(self, ref: str) -> bool:
        """It cannot be called off."""
        return False


def _standing(job: _Generation) -> Progress:
    """How a job stands. Raises trouble CONTRACT where a film that is done is not told of."""
    if job.state == "completed":
        if not job.film:  # it is paid for, and may be told a moment later
            raise trouble(Trouble.CONTRACT, NAMED, "the job is done, but names no film")
        return Progress(state="ready", files=(Remote(clip=job.id, url=job.film, kind="film"),))
    if job.state == "failed":
        return _failed(job)
    return Progress(state="queued" if job.state in ("queued", "pending") else "running")


def _failed(job: _Generation) -> Progress:
    """Moderation and other final failures are told as such; the rest may be ordered again."""
    code = job.failure_code or (job.failure_reason or "")
    words = quoted(job.failure_reason or job.failure_code or "the job failed there")
    if "moderat" in code.lower():
        return Progress(state="rejected", message=words)
    told = _FINAL.get(code)
    return Progress(state="failed", message=f"{told}: {words}" if told else words)


def health(settings: Settings) -> Health:
    """The balance of the older account; of the Agents API whether the key is taken, asked by a job that is
    none."""
    caller = _caller(settings)
    if settings.luma_model in LEGACY_MODELS:
        return _balance(caller.get("/credits"))
    reply = caller.get(f"/generations/{NOBODY}")
    if reply.ok or reply.status == 404:
        return Health(True, "the key is taken; the account's balance is not told")
    return Health(False, told_by(reply, paid=False).message)


def _balance(reply: Reply) -> Health:
    if not reply.ok:
        return Health(False, told_by(reply, paid=False).message)
    left = _read(_Balance, reply.json()).credit_balance
    return Health(left > 0, f"{left:,.0f} credits left", ((UNIT, int(left)),))


def told_by(reply: Reply, *, paid: bool) -> LabelError:
    """The error an answer that is no success stands for."""
    words = _words(reply)
    meant = trouble_of(refusal(reply, NAMED, paid=paid)) or Trouble.UNKNOWN
    if meant is Trouble.INVALID and "moderat" in words.lower():
        meant = Trouble.MODERATION
    if meant is Trouble.RATE and "concurren" in words.lower():
        meant = Trouble.BUSY
    return trouble(meant, NAMED, words or f"HTTP status {reply.status}")


def _words(reply: Reply) -> str:
    """Whatever they say, wherever it stands: `detail`, `message`, or an `error` with one of them."""
    try:
        data = reply.json()
    except LabelError:
        return ""
    inner = data.get("error") if isinstance(data, dict) else None
    for place in (data, inner):
        if isinstance(place, str):
            return place
        if isinstance(place, dict):
            told = place.get("detail") or place.get("message")
            if isinstance(told, str):
                return told
    return ""


def _read(kind: type[T], data: Any) -> T:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
    raise trouble(Trouble.CONTRACT, NAMED, f"an answer without a right `{where}`")


def _caller(settings: Settings) -> Caller:
    key = settings.luma_api_key.get_secret_value() if settings.luma_api_key else ""
    return Caller(
        _address(settings),
        named=NAMED,
        headers={"authorization": SecretStr(f"Bearer {key}")},
        private_hosts=settings.private_hosts,
    )


def _address(settings: Settings) -> str:
    return settings.luma_base_url or (LEGACY if settings.luma_model in LEGACY_MODELS else AGENTS)
