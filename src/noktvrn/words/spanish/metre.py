"""How long a Spanish line is: as it is sung, and as verse counts it."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from noktvrn.words.spanish.syllables import VOWELS, stressed, syllables
from noktvrn.words.tokens import words_of

_ENDS_OPEN = re.compile(r"[aeiouáéíóúüy]$")
_STARTS_OPEN = re.compile(r"h?[aeiouáéíóúü]|y$")
_GLIDE_START = re.compile(r"h[iu][aeoáéó]|u[eé]")
"""`hielo`, `hueso`: the glide is a consonant, nothing merges with it."""

_PAUSE = re.compile(r"[^\w\s'’]$")


@lru_cache(maxsize=65536)
def sung(line: str) -> int:
    """Syllables a singer gives the line: vowels that meet between two words are one (synalepha)."""
    tokens = [token for token in line.split() if syllables(token)]
    whole = sum(len(syllables(token)) for token in tokens)
    return whole - sum(merges(one, other) for one, other in pairwise(tokens))


def count(line: str) -> int:
    """Syllables of the line as verse: one more where it ends on its stress, one less on an esdrújula."""
    return sung(line) + turn(line)


def turn(line: str) -> int:
    """What the end of a line adds to its count: 1 after an aguda, -1 after an esdrújula, else 0."""
    words = words_of(line)
    return {1: 1, 3: -1, 4: -1}.get(stressed(words[-1]), 0) if words else 0


def merges(one: str, other: str) -> bool:
    """Whether the end of a written word and the start of the next are sung as one syllable.

    Not over a mark of a pause, and not before a glide. A word that is one open syllable between two others
    (`y`, `o`, `a`) merges once only: with what stands before it.
    """
    first, second = one.lower(), other.lower().lstrip("¿¡\"'«(")
    if _PAUSE.search(first) or not _ENDS_OPEN.search(first) or not _STARTS_OPEN.match(second):
        return False
    if first in _SINGLE or _GLIDE_START.match(second):
        return False
    return not (second[0] == "y" and len(second) > 1 and second[1] in VOWELS)


_SINGLE = frozenset({"y", "o", "u", "e", "a", "oh", "ah", "ay"})
