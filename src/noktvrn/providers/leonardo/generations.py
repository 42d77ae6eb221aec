"""Leonardo.Ai as the desk asks it: create, look, find again.

Creation goes to v1 or v2, looks always go to v1. A job whose answer was lost is found among the account's
last ones by its words and its seed. Errors are `{"error", "path", "code"}` of any status, so their words
decide; v2 says some of them as a list inside an HTTP 200.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.address import asset_hosts
from noktvrn.outbound.calls import Caller, Reply, refusal
from noktvrn.outbound.jobs.nouns import Charge, JobOrder, Progress, Remote, Submitted
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.outbound.troubles import Trouble, quoted, trouble, trouble_of
from noktvrn.providers._kit import Health
from noktvrn.providers.registry import price
from noktvrn.settings import Settings

NAME = "leonardo"
NAMED = "Leonardo.Ai"
ADDRESS = "https://cloud.leonardo.ai/api/rest"
CREDITS = "leonardo credits"
LATEST = 20
_ANY = re.IGNORECASE
_WORDS = (
    (re.compile(r"authorization hook|authentication hook|invalid api key", _ANY), Trouble.AUTH),
    (re.compile(r"moderation|inappropriate|terms of service|nsfw", _ANY), Trouble.MODERATION),
    (re.compile(r"(not enough|insufficient|no) .{0,20}(token|credit|balance|fund)", _ANY), Trouble.CREDITS),
    (re.compile(r"too many (concurrent|pending)|queue is full|concurrency", _ANY), Trouble.BUSY),
    (re.compile(r"too many requests|rate limit", _ANY), Trouble.RATE),
    (re.compile(r"invalid|unexpected variable|expect(ed|ing) a|not supported", _ANY), Trouble.INVALID),
)
"""What their words mean, whatever the status; the first that fits."""
CLEAR = (Trouble.AUTH, Trouble.MODERATION, Trouble.CREDITS)
"""What is believed of a server's failure too: nothing was made."""


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Cost(_Told):
    amount: Decimal = Field(ge=0, lt=10_000)
    unit: str = Field(max_length=20)


class _Made(_Told):
    """A created job: v1 tells its cost in credits, v2 mostly in dollars."""

    generation_id: str = Field(alias="generationId", pattern=r"^[A-Za-z0-9-]{1,64}$")
    credits: int | None = Field(default=None, alias="apiCreditCost", ge=0, lt=10**6)
    cost: _Cost | None = None


class _Created(_Told):
    """An answer to a creation."""

    first: _Made | None = Field(default=None, alias="sdGenerationJob")
    second: _Made | None = Field(default=None, alias="generate")


class _Image(_Told):
    id: str = Field(max_length=80)
    url: str = Field(max_length=4000)
    nsfw: bool = False


class _Row(_Told):
    """A job as v1 tells of it."""

    id: str = Field(default="", max_length=80)
    status: str = Field(default="", max_length=40)
    prompt: str = ""
    seed: int | None = None
    generated_images: tuple[_Image, ...] = Field(default=(), max_length=16)


class _Looked(_Told):
    """An answer to a look; None: there is no such job."""

    row: _Row | None = Field(alias="generations_by_pk")


class _Listed(_Told):
    """The account's last jobs."""

    generations: tuple[_Row, ...] = Field(default=(), max_length=200)


class _User(_Told):
    id: str = Field(pattern=r"^[A-Za-z0-9-]{1,64}$")


class _Account(_Told):
    user: _User
    paid: float | None = Field(default=None, alias="apiPaidTokens", ge=0, lt=2**53)
    by_plan: float | None = Field(default=None, alias="apiSubscriptionTokens", ge=0, lt=2**53)


class _Me(_Told):
    """Whose key it is."""

    user_details: tuple[_Account, ...] = Field(min_length=1, max_length=4)


class _Price(_Told):
    cost: int = Field(ge=0, lt=10**6)


class _Priced(_Told):
    """An answer of the price calculator."""

    price: _Price = Field(alias="calculateProductionApiServiceCost")


T = TypeVar("T", bound=_Told)


class PaintService:
    """Takes orders whose request is the body of v1 (`modelId`) or of v2 (`model`)."""

    def __init__(self, settings: Settings) -> None:
        base = settings.leonardo_base_url or ADDRESS
        self.caps = Caps(
            finds=True,
            first_look_s=6.0,
            longest_look_s=15.0,
            deadline_s=600.0,
            at_once=10,
            requests=90,
            per_s=60.0,
            private_hosts=asset_hosts(base, settings.private_hosts),
        )
        self._caller = _caller(settings)

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Creates the job."""
        version = "v1" if "modelId" in order.request else "v2"
        reply = self._caller.post(f"/{version}/generations", order.request)
        if not reply.ok:
            raise told_by(reply, paid=True)
        data = reply.json()
        if isinstance(data, list):
            raise _listed_error(data)
        created = _read(_Created, data)
        made = created.first or created.second
        if made is None:
            raise trouble(Trouble.CONTRACT, NAMED, "a created job without its id")
        return Submitted(ref=made.generation_id, charged=_charged(made))

    def look(self, ref: str) -> Progress:
        """How the job stands; one without a row is lost."""
        reply = self._caller.get(f"/v1/generations/{ref}")
        if reply.status == 404:
            return Progress(state="lost", message="it does not know the job")
        if not reply.ok:
            raise told_by(reply, paid=False)
        row = _read(_Looked, reply.json()).row
        if row is None:
            return Progress(state="lost", message="it does not know the job")
        return _standing(row)

    def find(self, order: JobOrder) -> str | None:
        """The job among the account's last ones that has the order's words and seed."""
        told = order.request.get("parameters", order.request)
        user = _me(self._caller).user.id
        reply = self._caller.get(f"/v1/generations/user/{user}", {"offset": 0, "limit": LATEST})
        if not reply.ok:
            raise told_by(reply, paid=False)
        rows = _read(_Listed, reply.json()).generations
        found = (row for row in rows if row.prompt == told["prompt"] and row.seed == told["seed"])
        return next((row.id for row in found if row.id), None)

    def cancel(self, ref: str) -> bool:
        """It cannot be called off."""
        return False

    def cost_of(self, body: dict[str, Any]) -> int:
        """What a v1 order would cost, in credits, by their calculator. Free."""
        figures = {"imageWidth": body["width"], "imageHeight": body["height"], "numImages": 1}
        asked = {"service": "IMAGE_GENERATION", "serviceParams": {"IMAGE_GENERATION": figures}}
        reply = self._caller.post("/v1/pricing-calculator", asked, deadline_s=10.0)
        if not reply.ok:
            raise told_by(reply, paid=False)
        return _read(_Priced, reply.json()).price.cost


def _standing(row: _Row) -> Progress:
    """How a job stands. Raises trouble CONTRACT where a picture that is done is not told of."""
    if row.status == "FAILED":
        return Progress(state="failed", message="the job failed there")
    if row.status != "COMPLETE":
        return Progress(state="queued" if row.status == "PENDING" else "running")
    if not row.generated_images:  # it is paid for, and may be told a moment later
        raise trouble(Trouble.CONTRACT, NAMED, "the job is done, but names no picture")
    if all(image.nsfw for image in row.generated_images):
        return Progress(state="rejected", message="it calls the picture unfit")
    files = (
        Remote(clip=image.id, url=image.url, kind="picture")
        for image in row.generated_images
        if not image.nsfw
    )
    return Progress(state="ready", files=tuple(files))


def _charged(made: _Made) -> tuple[Charge, ...] | None:
    """The service's own word on the cost, in credits or in dollars; None: it does not say."""
    if made.cost is not None and made.cost.unit.upper() in ("DOLLARS", "USD"):
        return (Charge(amount=int(made.cost.amount * 1_000_000)),)
    if made.credits is None:
        return None
    money = made.credits * price(NAME)["credit_micros"]
    return Charge(unit=CREDITS, amount=made.credits), Charge(amount=money)


def health(settings: Settings) -> Health:
    """What is left on the account."""
    try:
        account = _me(_caller(settings))
    except LabelError as error:
        return Health(False, error.message)
    left = (account.paid or 0) + (account.by_plan or 0)
    return Health(left > 0, f"{left:,.0f} credits left", ((CREDITS, int(left)),))


def _me(caller: Caller) -> _Account:
    reply = caller.get("/v1/me")
    if not reply.ok:
        raise told_by(reply, paid=False)
    return _read(_Me, reply.json()).user_details[0]


def told_by(reply: Reply, *, paid: bool) -> LabelError:
    """The error an answer that is no success stands for."""
    words = _words(reply)
    usual = trouble_of(refusal(reply, NAMED, paid=paid)) or Trouble.UNKNOWN
    meant = _meant(words)
    if usual is Trouble.UNKNOWN and meant not in CLEAR:
        meant = None  # "invalid response from upstream" is a gateway's: the order may have been taken
    return trouble(meant or usual, NAMED, words or f"HTTP status {reply.status}")


def _meant(words: str) -> Trouble | None:
    return next((kind for pattern, kind in _WORDS if pattern.search(words)), None)


def _words(reply: Reply) -> str:
    try:
        data = reply.json()
    except LabelError:
        return ""
    told = data.get("error") if isinstance(data, dict) else None
    return told if isinstance(told, str) else ""


def _listed_error(data: list[Any]) -> LabelError:
    """An error of v2 inside an HTTP 200: nothing was made."""
    first = data[0] if data and isinstance(data[0], dict) else {}
    words = first.get("message")
    told = quoted(words) if isinstance(words, str) else "it lists faults without words"
    return trouble(_meant(told) or Trouble.INVALID, NAMED, told)


def _read(kind: type[T], data: Any) -> T:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
    raise trouble(Trouble.CONTRACT, NAMED, f"an answer without a right `{where}`")


def _caller(settings: Settings) -> Caller:
    key = settings.leonardo_api_key.get_secret_value() if settings.leonardo_api_key else ""
    return Caller(
        settings.leonardo_base_url or ADDRESS,
        named=NAMED,
        headers={"authorization": SecretStr(f"Bearer {key}")},
        private_hosts=settings.private_hosts,
    )
