"""Whether a name is too near to a known act, to another artist of the label, or one text to another.

Names are held against many at once by `words.namesakes`; the pairwise likenesses here serve the search for
names in a sentence, and titles.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from noktvrn.words.data import read_lines
from noktvrn.words.skeleton import phonetic_key, ratio, skeleton

if TYPE_CHECKING:
    from noktvrn.words.namesakes import Namesakes

NEAR = 0.9
SOUND_NEAR = 0.6
SHORTEST_GUESS = 6
SHORTEST_KEY = 4


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name of the list. `everyday`: 0 a name and nothing else, 1 also a word, 2 a very common word."""

    name: str
    skeleton: str
    everyday: int


@cache
def known_names() -> tuple[KnownName, ...]:
    """The list of `data/known_names.txt`."""
    return tuple(
        KnownName(line.lstrip("~"), skeleton(line.lstrip("~")), len(line) - len(line.lstrip("~")))
        for line in dict.fromkeys(read_lines("known_names.txt"))
    )


@cache
def not_names() -> frozenset[str]:
    """Everyday words that only look like a name."""
    return frozenset(word for line in read_lines("not_names.txt") for word in line.split())


@cache
def first_names() -> frozenset[str]:
    """Common given names, case folded."""
    return frozenset(word.casefold() for line in read_lines("first_names.txt") for word in line.split())


def collides(name: str) -> str | None:
    """The known name that `name` is too near to; None where it is free."""
    found = None if skeleton(name) in not_names() else known_acts().nearest(name)
    return found.name if found else None


@cache
def known_acts() -> Namesakes:
    """Every known name, indexed."""
    from noktvrn.words.namesakes import Namesakes  # arrays, which most who read a sentence never need

    names = known_names()
    return Namesakes(
        (known.name for known in names), alone=(known.name for known in names if not known.everyday)
    )


@lru_cache(maxsize=16)
def roster_of(names: tuple[str, ...]) -> Namesakes:
    """The names of a roster, indexed."""
    from noktvrn.words.namesakes import Namesakes

    return Namesakes(names)


def near(name: str, others: Collection[str]) -> str | None:
    """The one of `others` that `name` or title is too near to by look, spelling or sound; None where free."""
    look = skeleton(name)
    if not look or look in not_names():
        return None
    seen = ((other, skeleton(other)) for other in others)
    return next((other for other, known in seen if known and too_near(look, known)), None)


def too_near(look: str, other: str) -> bool:
    """Whether two skeletons would be taken for the same act."""
    if look == other or look.replace(" ", "") == other.replace(" ", ""):
        return True
    if _without_article(look) == _without_article(other):
        return True
    if min(len(look), len(other)) < SHORTEST_GUESS:
        return False
    return spelt_like(look, other) or sounds_like(look, other)


def spelt_like(look: str, other: str) -> bool:
    """Whether two skeletons are at least `NEAR` alike by letters."""
    shorter, both = min(len(look), len(other)), len(look) + len(other)
    return 2 * shorter >= NEAR * both and ratio(look, other) >= NEAR


def sounds_like(look: str, other: str) -> bool:
    """Whether two skeletons are said alike: same sounds, enough consonants, and not spelt too far apart."""
    if look.count(" ") != other.count(" ") or abs(len(look) - len(other)) > 3:
        return False
    key = phonetic_key(look)
    return (
        len(key.replace(" ", "").replace("_", "")) >= SHORTEST_KEY
        and key == phonetic_key(other)
        and ratio(look, other) >= SOUND_NEAR
    )


def _without_article(look: str) -> str:
    return look.removeprefix("the ")
