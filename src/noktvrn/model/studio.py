"""A studio session: a song a person makes by hand in an outside studio, and how far they have come."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from noktvrn.model.asset import Asset
from noktvrn.model.noun import Noun

DriverName = Literal["manual", "browser", "bas"]
TermsKind = Literal["site", "bas"]
Plan = Literal["free", "paid"]


class StudioStep(StrEnum):
    """The steps of a session in the order of their going."""

    OPENED = "opened"
    PREFILLED = "prefilled"
    WAITING = "waiting"
    DOWNLOADED = "downloaded"
    IMPORTED = "imported"
    CLOSED = "closed"


class StudioPack(Noun):
    """What is pasted into the studio, and what the person presses there."""

    title: str = Field(min_length=1)
    style: str
    lyrics: str = ""
    exclude: str = Field(default="", description="what the song must not have: negative tags")
    instrumental: bool = False
    press: tuple[str, ...] = ()


class StudioFile(Noun):
    """A song that came out of the studio and lies in the vault."""

    asset: Asset
    duration_s: float | None = None
    brought_at: datetime


class StudioSession(Noun):
    """One order at the studio. `step` is the last one that is done; `trouble` what a person has to mend.

    The studio makes two songs for one order: `files[0]` serves the take it was ordered for, `files[1]` the
    take after it.
    """

    id: str
    artist_id: str
    run_id: str = ""
    key: str = Field(description="who ordered it, and the pack: the same wish is the same session")
    driver: DriverName
    plan: Plan = Field(description="the plan at the site on the day it was ordered; it settles the rights")
    terms_on: str = Field(description="the day the person acknowledged the site's terms")
    pack: StudioPack
    step: StudioStep | None = None
    trouble: str = ""
    files: tuple[StudioFile, ...] = ()
    wanted: int = Field(default=1, ge=1, le=2, description="how many of its songs takes have asked for")
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    opened_at: datetime
    updated_at: datetime

    @property
    def complete(self) -> bool:
        """Whether every song that was asked for is here."""
        return len(self.files) >= self.wanted

    def done(self, step: StudioStep) -> bool:
        """Whether a step is done, so that it is never done twice by itself."""
        order = tuple(StudioStep)
        return self.step is not None and order.index(step) <= order.index(self.step)


class StudioEvent(Noun):
    """One line of a session's story: a step that was done, or a trouble."""

    number: int = Field(ge=1)
    event: str
    at: datetime
    detail: dict[str, Any] = Field(default_factory=dict)


class StudioTerms(Noun):
    """A person's typed word on the terms they work under; the newest of a person and a kind holds."""

    kind: TermsKind
    actor: str
    sentence: str
    plan: Plan | None = None
    terms_url: str = ""
    at: datetime
