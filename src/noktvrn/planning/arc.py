"""The narrative arc: five chapters over the window, each with a theme and a mood of its own.

A chapter's words come from the artist's profile and from nowhere else, so a plan never leaves the identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from noktvrn.kernel.seeds import dice
from noktvrn.model.artist import Profile

Chapter = Literal["introduction", "rise", "turn", "peak", "afterglow"]

CHAPTERS: tuple[Chapter, ...] = get_args(Chapter)

# Where each chapter ends, as a share of the window. The turn is short, the peak is long.
ENDS = (0.20, 0.45, 0.60, 0.85, 1.0)

# Which of the artist's moods a chapter stands in, by place in the profile's list (most typical first).
# The turn takes the least typical one, the peak comes home.
_HOME = {"introduction": 0, "rise": 1, "turn": -1, "peak": 0, "afterglow": 2}

PURPOSE: dict[Chapter, str] = {
    "introduction": "says who is speaking",
    "rise": "goes further with each piece",
    "turn": "shows the other side",
    "peak": "is what the plan leads up to",
    "afterglow": "lets it ring out",
}


@dataclass(frozen=True, slots=True)
class Colour:
    """What a piece is about and how it feels."""

    theme: str
    mood: str


class Arc:
    """The five chapters of one plan for one profile."""

    def __init__(self, profile: Profile, seed: int) -> None:
        self._moods = profile.moods
        first, *rest = profile.themes
        dice(seed, "arc", "themes").shuffle(rest)
        self._themes = (first, *rest)

    def colour(self, chapter: Chapter, turn: int) -> Colour:
        """Theme and mood of the `turn`-th (from 0) release of a chapter."""
        home = _HOME[chapter]
        theme = self._themes[(home + turn) % len(self._themes)]
        mood = self._moods[(home + turn // 2) % len(self._moods)]
        return Colour(theme, mood)

    def summary(self) -> str:
        """The arc in one sentence."""
        steps = [f"{chapter} on {self.colour(chapter, 0).theme}" for chapter in CHAPTERS]
        return f"{', '.join(steps[:-1])} and {steps[-1]}".capitalize() + "."


def chapter_at(day: int, days: int) -> Chapter:
    """The chapter that day number `day` (from 0) of a window of `days` days belongs to."""
    share = day / days
    return next(chapter for chapter, end in zip(CHAPTERS, ENDS, strict=True) if share < end)
