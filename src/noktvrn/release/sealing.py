"""What a package is sealed from, beside its files: the approved draft, its codes and its dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from noktvrn.kernel.clock import aware
from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.ids import VerdictId
from noktvrn.model.release import Identifiers, ReleaseDraft
from noktvrn.release.identifiers import is_dpid

DEMO_SENDER = "PADPIDA0000000001T"
DEMO_RECIPIENT = "PADPIDA0000000002T"


@dataclass(frozen=True, slots=True)
class Parties:
    """Sender and recipient of DDEX messages. DDEX issues a DPID with its free implementation licence.

    Raises:
        Invalid: an id has not the form of a DPID.
    """

    sender_dpid: str = DEMO_SENDER
    recipient_dpid: str = DEMO_RECIPIENT
    recipient_name: str = "Any store"

    def __post_init__(self) -> None:
        for dpid in (self.sender_dpid, self.recipient_dpid):
            if not is_dpid(dpid):
                raise Invalid(
                    f"{dpid!r} is no DDEX party id.",
                    code="ddex.bad_dpid",
                    hint="A DPID looks like PADPIDA2007040502I; DDEX issues it with its free licence.",
                )

    @property
    def demo(self) -> bool:
        """Whether no real DPID is set; every message is then a test message."""
        return self.sender_dpid == DEMO_SENDER


@dataclass(frozen=True, slots=True)
class Sealing:
    """A draft on its way into a package."""

    draft: ReleaseDraft
    identifiers: Identifiers
    release_on: date
    original_on: date
    verdict_id: VerdictId
    sealed_at: datetime
    parties: Parties = Parties()

    def __post_init__(self) -> None:
        aware(self.sealed_at)

    @property
    def live(self) -> bool:
        """Whether real codes and a real sender make this a message for a real store."""
        return not self.identifiers.test_range and not self.parties.demo


@dataclass(frozen=True, slots=True)
class AudioFile:
    """The delivery master as the message describes it. `duration_s` in seconds, rate in Hz."""

    path: str
    sha256: str
    size: int
    duration_s: float
    sample_rate: int
    channels: int
    bits: int


@dataclass(frozen=True, slots=True)
class ImageFile:
    """The cover as the message describes it, in pixels."""

    path: str
    sha256: str
    size: int
    width: int
    height: int
    codec: str
