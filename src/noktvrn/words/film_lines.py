"""Short lines for a film where nobody sings: one picture each, told in order, no rhyme wanted."""

from __future__ import annotations

import random

from noktvrn.words.drafts import Drafts
from noktvrn.words.palette import Palette
from noktvrn.words.stanza import Memory, Shape, write

LONGEST = 42
ROLES = ("scene", "scene", "self", "scene", "you", "turn")
LENGTHS = (6, 5, 7, 4, 6, 8)
ROUNDS = 8


def film_lines(palette: Palette, wanted: int, dice: random.Random) -> tuple[str, ...]:
    """`wanted` different lines of at most `LONGEST` characters."""
    drafts, memory = Drafts(palette, "", leads=False), Memory()
    found: dict[str, None] = {}
    for _ in range(ROUNDS):
        for line in write(_shape(wanted), drafts, memory, dice):
            if len(line) <= LONGEST:
                found.setdefault(line)
        if len(found) >= wanted:
            break
    return tuple(found)[:wanted]


def _shape(wanted: int) -> Shape:
    lengths = tuple(LENGTHS[n % len(LENGTHS)] for n in range(wanted))
    return Shape(lengths, "X" * wanted, tuple(ROLES[n % len(ROLES)] for n in range(wanted)))
