"""Progression: why an artist became what it is now."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from noktvrn.kernel.ids import ArtistId
from noktvrn.model.noun import Noun


class AxisMove(Noun):
    """One style axis, before and after, and the reason in words a person can check."""

    axis: str
    before: float
    after: float
    reason: str


class Progression(Noun):
    """One look at the figures: what was read, what was changed, and why or why not."""

    artist_id: ArtistId
    from_version: int
    to_version: int
    decision: Literal["moved", "held"]
    moves: tuple[AxisMove, ...] = ()
    why: tuple[str, ...]
    evidence_streams: int = 0
    evidence_releases: int = 0
    distance_from_anchor: float = 0.0
    at: datetime
