"""Footage brought in from libraries: searched by a plan, chosen, and fetched; no more than the film needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from noktvrn.kernel.errors import Outside
from noktvrn.kernel.seeds import dice
from noktvrn.roles.camera import Shot
from noktvrn.roles.errand import Errand
from noktvrn.roles.stock_library import StockClip, StockLibrary, StockQuery
from noktvrn.visuals.selector import FootagePlan

A_QUERY = 2
"""Clips taken of one search: more of them look alike."""
FIRST_OF = 8
"""Among how many of the best the seed chooses, so that two songs do not share their pictures."""
LONGEST_S = 45.0
"""Of longer clips most is downloaded in vain."""
PATIENCE = 3
"""Clips in a row that cannot be had before the library itself counts as failing."""


@dataclass(frozen=True, slots=True)
class Errands:
    """On whose behalf a film's footage is fetched, where to, and the seed of the choice."""

    errand: Errand
    folder: Path
    seed: int
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Brought:
    """The shots, and why clips that were chosen are not among them."""

    shots: tuple[Shot, ...]
    missed: tuple[Outside, ...] = ()


def bring(library: StockLibrary, plan: FootagePlan, clips: int, errands: Errands) -> Brought:
    """At most `clips` shots of one library; fewer where it has no more that fit.

    Raises:
        Outside: it cannot be searched, or nothing of what it found can be had.
    """
    shots: list[Shot] = []
    missed: list[Outside] = []
    failed = 0
    for clip in _chosen(library, plan, clips, errands):
        try:
            shots.append(library.fetch(clip, errands.errand, errands.folder))
            failed = 0
        except Outside as error:
            missed.append(error)
            failed += 1
            if failed >= PATIENCE and not shots:
                raise
        if len(shots) >= clips or failed >= PATIENCE:
            break
    return Brought(tuple(shots), tuple(missed))


def _chosen(library: StockLibrary, plan: FootagePlan, clips: int, errands: Errands) -> Iterator[StockClip]:
    """Clips to fetch, each once, a few of every search, best searches first."""
    taken: set[str] = set()
    for words in plan.queries:
        yield from _of_query(library, plan, words, taken, errands)
    for words in plan.last_resort:
        if len(taken) >= clips:
            return
        yield from _of_query(library, plan, words, taken, errands)


def _of_query(
    library: StockLibrary, plan: FootagePlan, words: str, taken: set[str], errands: Errands
) -> Iterator[StockClip]:
    query = StockQuery(
        words=words, orientation="portrait" if plan.tall else "landscape", language=errands.language
    )
    found = [clip for clip in library.search(query) if clip.key not in taken]
    short = [clip for clip in found if clip.duration_s <= LONGEST_S] or found
    first = short[:FIRST_OF]
    luck = {clip.key: dice(errands.seed, "clip", clip.key).random() for clip in first}
    for clip in sorted(first, key=lambda clip: luck[clip.key])[:A_QUERY]:
        taken.add(clip.key)
        yield clip
