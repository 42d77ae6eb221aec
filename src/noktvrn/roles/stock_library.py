"""StockLibrary: footage somebody else has filmed, found by words and used by its licence."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

from pydantic import Field

from noktvrn.model.noun import Noun
from noktvrn.roles.camera import Shot
from noktvrn.roles.errand import Errand


class StockQuery(Noun):
    """What is looked for. At most `limit` clips are returned."""

    words: str = Field(max_length=100)
    orientation: Literal["landscape", "portrait", "square"] = "landscape"
    shortest_s: float = 3.0
    smallest: int = Field(default=720, description="pixels of the short side, at least")
    language: str = "en"
    limit: int = Field(default=20, ge=1, le=80)


class StockClip(Noun):
    """A clip that was found: enough to choose by, and to fetch it. `key` is its name in its library."""

    library: str
    key: str
    width: int
    height: int
    duration_s: float
    tags: tuple[str, ...] = ()
    author: str = ""
    page: str = ""


class StockLibrary(Protocol):
    """Plays the role."""

    name: str

    def search(self, query: StockQuery) -> tuple[StockClip, ...]:
        """Clips that fit, best first. The same query within a day asks nobody (the libraries demand it).

        Raises:
            Outside: nobody answered, or the answer is no.
        """

    def fetch(self, clip: StockClip, errand: Errand, folder: Path) -> Shot:
        """The clip as a file in `folder`, with its author, page and licence in its provenance.

        Raises:
            Outside: it cannot be had.
        """
