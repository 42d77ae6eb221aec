"""A person's consent to the use of their voice. Without one no voice of a person enters a mix."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from noktvrn.kernel.ids import ArtistId, ConsentId
from noktvrn.model.asset import Asset
from noktvrn.model.noun import Noun

VoiceUse = Literal["recording", "speech", "clone"]
"""A recorded performance as it is; spoken parts; a model made of the voice."""

VoiceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]


class VoiceConsent(Noun):
    """Who lets which artist use which voice for what, since when, until when, and where it is written."""

    id: ConsentId
    artist_id: ArtistId
    voice: VoiceName = Field(description="what the house calls the voice; providers name it so")
    person: str = Field(min_length=3, max_length=120, description="first and last name of whose voice it is")
    uses: tuple[VoiceUse, ...] = Field(min_length=1)
    given_on: date
    expires_on: date | None = Field(default=None, description="the last day it holds; None: until revoked")
    evidence: Asset = Field(description="the signed paper or recording, in the vault by its hash")
    recorded_by: str
    recorded_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str = ""
    reason: str = Field(default="", max_length=300, description="why it was revoked")

    def covers(self, use: VoiceUse, on: date) -> bool:
        """Whether it allows this use on this day."""
        begun = self.given_on <= on and (self.expires_on is None or on <= self.expires_on)
        return begun and self.revoked_at is None and use in self.uses
