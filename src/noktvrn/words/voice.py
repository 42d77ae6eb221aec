"""How one artist writes, the same in every song: who speaks, when, and the pictures it comes back to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """`plural`: we, not I; `past`: told looking back; `motifs`: nouns of the bank this artist prefers."""

    plural: bool = False
    past: bool = False
    motifs: tuple[str, ...] = ()


PLAIN = Voice()
