"""The service's dialect: an order into its request, its answers into the house's words. Nothing else.

It never retries, sleeps, downloads or writes a row: the desk does. Replace addresses, fields and states by
the service's own; whatever it answers is read by models with limits, and what does not fit is CONTRACT.
"""

from __future__ import annotations

from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.address import asset_hosts
from noktvrn.outbound.calls import Caller, Reply, refusal
from noktvrn.outbound.jobs.nouns import Charge, JobOrder, Progress, Remote, Submitted
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.providers._kit import Health
from noktvrn.settings import Settings

NAME = "_template"
NAMED = "Template"
ADDRESS = "https://api.template.example"
KEY, BASE = "template_api_key", "template_base_url"
"""Fields of Settings; add them there and to .env.example."""

_STATES: dict[str, Literal["queued", "ready", "failed", "rejected"]] = {
    "waiting": "queued",
    "done": "ready",
    "failed": "failed",
    "blocked": "rejected",
}


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")


A = TypeVar("A", bound=_Answer)


class _Taken(_Answer):
    id: str = Field(min_length=1, max_length=100)


class _Job(_Answer):
    state: str = Field(max_length=40)
    url: str = Field(default="", max_length=4000)
    why: str = Field(default="", max_length=2000)
    cost_micros: int | None = Field(default=None, ge=0, lt=2**53)


class _Account(_Answer):
    credits: int = Field(ge=0, lt=2**53)


class TemplateService:
    """Takes orders whose request is the body of `POST /v1/pictures`, then is asked until they are done."""

    def __init__(self, settings: Settings) -> None:
        self.caps = Caps(
            first_look_s=5.0,
            longest_look_s=15.0,
            deadline_s=600.0,
            at_once=2,
            private_hosts=asset_hosts(_address(settings), settings.private_hosts),
        )
        self._caller = _caller(settings)

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Sends the order, once."""
        reply = self._caller.post("/v1/pictures", json=order.request)
        return Submitted(ref=_read(_Taken, reply, paid=True).id)

    def look(self, ref: str) -> Progress:
        """How the job stands. A state nobody has heard of yet counts as running."""
        job = _read(_Job, self._caller.get(f"/v1/pictures/{ref}"), paid=False)
        state = _STATES.get(job.state, "running")
        done = state == "ready"
        return Progress(
            state=state,
            files=(Remote(clip=ref, url=job.url, kind="picture"),) if done else (),
            charged=(Charge(amount=job.cost_micros),) if done and job.cost_micros is not None else None,
            message=job.why[:300],
        )

    def find(self, order: JobOrder) -> str | None:
        """Nobody can tell which job an order became."""
        return None

    def cancel(self, ref: str) -> bool:
        """It cannot be called off."""
        return False


def health(settings: Settings) -> Health:
    """What is left on the account."""
    left = _read(_Account, _caller(settings).get("/v1/account"), paid=False).credits
    return Health(left > 0, f"{left} credits are left", left=((f"{NAME} credits", left),))


def _read(kind: type[A], reply: Reply, *, paid: bool) -> A:
    """The answer as `kind`. Raises the trouble it tells of, by its status unless its dialect says more."""
    if not reply.ok:
        raise _refused(reply, paid=paid)
    try:
        return kind.model_validate(reply.json())
    except ValidationError:
        raise trouble(Trouble.CONTRACT, NAMED, f"no {kind.__name__.strip('_').lower()} in it") from None


def _refused(reply: Reply, *, paid: bool) -> LabelError:
    """What an answer without success means. A service that hides its errors in a 200 is read here too."""
    if reply.status == 451:
        return trouble(Trouble.MODERATION, NAMED)
    return refusal(reply, NAMED, paid=paid)


def _address(settings: Settings) -> str:
    base: str | None = getattr(settings, BASE, None)
    return base or ADDRESS


def _caller(settings: Settings) -> Caller:
    key: SecretStr | None = getattr(settings, KEY, None)
    return Caller(
        _address(settings),
        named=NAMED,
        headers={"authorization": SecretStr(f"Bearer {key.get_secret_value() if key else ''}")},
        private_hosts=settings.private_hosts,
    )
