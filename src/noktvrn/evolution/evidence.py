"""What the figures say about an artist's style, before anything is decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from noktvrn.kernel.ids import ArtistId
from noktvrn.model.noun import Noun


class Contrast(Noun):
    """How much more often listeners did something with the releases that have more of an axis.

    `points` are percentage points, platforms compared with themselves only.
    """

    metric: Literal["completions", "saves", "skips"]
    points: float


class AxisEvidence(Noun):
    """The slope of appeal along one style axis, in logits per whole axis: posterior mean and sd."""

    axis: str
    slope: float
    sd: float = Field(gt=0)
    contrast: Contrast | None = None

    @property
    def certainty(self) -> float:
        """The slope in posterior standard deviations, without its sign."""
        return abs(self.slope) / self.sd


class WordEvidence(Noun):
    """How much better (logits) the releases with one theme or mood of the artist did than its others."""

    kind: Literal["theme", "mood"]
    word: str
    releases: int
    effect: float
    sd: float = Field(gt=0)


class Evidence(Noun):
    """All that was learned for one artist at one version, and from how much."""

    artist_id: ArtistId
    artist_version: int
    releases: int = Field(ge=0, description="own releases with usable rates and a known style")
    streams: int = Field(ge=0, description="streams behind these rates")
    left_out: int = Field(default=0, ge=0, description="rows left out as suspicious")
    newest_first_report: date | None = Field(
        default=None, description="when the first reported period of the newest release ended"
    )
    read_at: datetime | None = Field(default=None, description="the moment ages were counted from")
    axes: tuple[AxisEvidence, ...] = ()
    words: tuple[WordEvidence, ...] = ()
