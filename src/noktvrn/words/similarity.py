"""How much of one text is another: word 5-grams, and near-duplicates by shared 5-grams."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from noktvrn.words.tokens import words_of

GRAM = 5


@lru_cache(maxsize=4096)
def grams(text: str, size: int = GRAM) -> frozenset[tuple[str, ...]]:
    """The runs of `size` words of a text; a shorter text is one run of what it has."""
    words = words_of(text)
    if not words:
        return frozenset()
    if len(words) < size:
        return frozenset([tuple(words)])
    return frozenset(tuple(words[place : place + size]) for place in range(len(words) - size + 1))


def containment(text: str, other: str, size: int = GRAM) -> float:
    """The share of `text`'s runs that stand in `other`, in [0, 1]; 0 for a text without words."""
    own = grams(text, size)
    return len(own & grams(other, size)) / len(own) if own else 0.0


def near_duplicate(one: str, other: str, limit: float = 0.5) -> bool:
    """Whether either text holds more than `limit` of the other."""
    return max(containment(one, other), containment(other, one)) > limit


def most_contained(text: str, catalogue: Iterable[tuple[str, str]]) -> tuple[str, float]:
    """The name and share of the catalogue text (name, text) that `text` repeats most; ("", 0) if none."""
    own = grams(text)
    best = ("", 0.0)
    for name, other in catalogue:
        share = len(own & grams(other)) / len(own) if own else 0.0
        if share > best[1]:
            best = (name, share)
    return best
