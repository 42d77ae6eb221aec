"""What an outside job is: the order, what the service said to it, how it stands, and what arrived."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from noktvrn.model.noun import Noun, canonical_digest
from noktvrn.roles.errand import Errand

Kind = Literal["audio", "picture", "film"]


class Charge(Noun):
    """An amount of one unit: `USD` in millionths, else a service's own credits or downloads, in whole ones
    (`suno credits`)."""

    unit: str = Field(default="USD", max_length=40)
    amount: int = Field(ge=0, lt=2**53)


class Quote(Noun):
    """The most a job can cost, and how long it usually takes."""

    charges: tuple[Charge, ...] = ()
    usual_s: float = Field(default=30.0, ge=0)

    @property
    def micros(self) -> int:
        """What it costs in money, in millionths of a US dollar."""
        return sum(charge.amount for charge in self.charges if charge.unit == "USD")


class JobOrder(Noun):
    """What is ordered. `request` is what the service is sent, without any secret: it is kept in the ledger,
    and the same errand with other words is another order.

    `outputs` files are expected at least; a job may bring more (two songs for one request).
    """

    provider: str = Field(max_length=40)
    purpose: str = Field(max_length=40, description="what for: `compose`, `paint`, `shoot`, `speak`, `stock`")
    errand: Errand
    request: dict[str, Any]
    kind: Kind
    outputs: int = Field(default=1, ge=1)
    quote: Quote = Quote()
    free: bool = Field(default=False, description="the person's own server: it may be asked again")

    @property
    def request_hash(self) -> str:
        """SHA-256 (hex) of the words."""
        return canonical_digest(self.request)

    @property
    def key(self) -> str:
        """The idempotency key: who, for whom, which attempt, and the words."""
        return canonical_digest([self.provider, self.purpose, self.errand.key, self.request_hash])


class Remote(Noun):
    """A result that lies at the service. `url` may be signed: it is kept in the ledger only until it was
    fetched, and shown nowhere."""

    clip: str = Field(description="the service's name of this very result")
    url: str
    kind: Kind
    duration_s: float | None = None
    title: str = ""


class Inline(Noun):
    """A result that came with the answer and lies in the spool already."""

    clip: str
    path: Path
    kind: Kind
    duration_s: float | None = None


class Submitted(Noun):
    """What the service said to an order: its name for the job, or the results at once.

    `charged` is the service's own word on the cost; None: it did not say, the quote counts.
    """

    ref: str = ""
    files: tuple[Inline, ...] = ()
    charged: tuple[Charge, ...] | None = None


class Progress(Noun):
    """How a job stands. `failed` and `rejected` are final and carry `message`, the service's words, cut
    short; `lost` is a job the service no longer knows; an unknown status is `running`."""

    state: Literal["queued", "running", "partial", "ready", "failed", "rejected", "lost", "needs_human"]
    share: float | None = Field(default=None, ge=0, le=1)
    files: tuple[Remote, ...] = ()
    charged: tuple[Charge, ...] | None = None
    message: str = Field(default="", max_length=300)


FOUND = "found-"
"""What the names of files begin with that a person found: the service does not know them by these."""


class Arrived(Noun):
    """A file that was fetched, checked and lies in the vault."""

    clip: str
    sha256: str
    media_type: str
    size: int
    path: Path
    duration_s: float | None = None
    title: str = ""


class Delivery(Noun):
    """What an order brought, in the service's order."""

    ticket_id: str
    files: tuple[Arrived, ...] = Field(min_length=1)
    ref: str = ""
    charged: tuple[Charge, ...] = ()
    cost_known: bool = True
