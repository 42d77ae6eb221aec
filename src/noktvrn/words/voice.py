"""How one artist writes, the same in every song: who speaks, when, and the pictures it comes back to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from noktvrn.kernel.seeds import derive_seed

HABITS: tuple[Mapping[str, int], ...] = (
    {"alone": 0, "led": 3, "joined": 2, "turned": 5, "long": 2},
    {"alone": 3, "led": 2, "joined": 0, "turned": 2, "long": 0},
    {"alone": 1, "led": 0, "joined": 1, "turned": 4, "long": 3},
    {"alone": 2, "led": 4, "joined": 2, "turned": 0, "long": 2},
)
"""Tastes in the shape of a line: whole and short, running on, linked by small words, the place first."""


@dataclass(frozen=True, slots=True)
class Voice:
    """`plural`: we, not I; `past`: told looking back (Spanish); `motifs`: nouns this artist prefers;
    `share`: percent of the bank's own sentences that are in its vocabulary, drawn by `seed`; `forms`: what a
    shape of line costs it; `leads`: whether lines are linked by `and`, `but`, `oh`."""

    plural: bool = False
    past: bool = False
    motifs: tuple[str, ...] = ()
    seed: int = 0
    share: int = 100
    forms: Mapping[str, int] = field(default_factory=dict, hash=False)
    leads: bool = True

    def knows(self, sentence: str) -> bool:
        """Whether a sentence of the bank is in this artist's vocabulary."""
        return self.share >= 100 or derive_seed(self.seed, "vocabulary", sentence) % 100 < self.share


PLAIN = Voice()
