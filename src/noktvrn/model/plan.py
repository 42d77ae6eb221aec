"""A calendar: what an artist will publish when, each entry a brief."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from noktvrn.kernel.ids import ArtistId, PlanId
from noktvrn.model.brief import Brief
from noktvrn.model.noun import Noun


class PlanItem(Noun):
    """One day of the calendar. Store releases carry a lead time; posts and teasers do not."""

    on: date
    produce_by: date
    chapter: Literal["introduction", "rise", "turn", "peak", "afterglow"]
    brief: Brief


class ContentPlan(Noun):
    """A narrative arc over `days` days."""

    id: PlanId
    artist_id: ArtistId
    artist_version: int
    starts_on: date
    days: int = Field(ge=1, le=366)
    seed: int
    arc: str
    items: tuple[PlanItem, ...]
    created_at: datetime
