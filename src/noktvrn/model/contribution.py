"""What a person put into a production: which words, files and titles, when, and by which door."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from noktvrn.model.noun import Noun

ContributionKind = Literal["lyric_line", "title", "recording", "cover"]
Door = Literal["brief", "import"]


class Contribution(Noun):
    """One thing a person made. Whatever is not listed, the house or a service made."""

    kind: ContributionKind
    text: str = Field(description="the line or title, letter by letter; the hash of a file")
    places: tuple[str, ...] = Field(default=(), description="where a line is sung: `verse 2, line 3`")
    by: str = Field(default="", description="whose work it is; empty: whoever gave the brief")
    door: Door
    at: datetime
