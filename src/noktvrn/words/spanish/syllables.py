"""A Spanish word in syllables, and which of them is stressed."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

STRONG = frozenset("aeoáéó")
WEAK = frozenset("iuü")
TENSE = frozenset("íú")
"""Weak vowels with an accent: they part from a strong neighbour (`día`, `baúl`)."""

ACUTE = frozenset("áéíóú")
VOWELS = STRONG | WEAK | TENSE
_CLUSTER = re.compile(r"(?:[bcdfgkpt]r|[bcfgkp]l|ch|ll|rr|qu|gu)$")
_VOICELESS_U = re.compile(r"q(u)(?=[eiéí])|g(u)(?=[eiéí])")


@lru_cache(maxsize=32768)
def syllables(word: str) -> tuple[str, ...]:
    """The syllables of a word; together they are the word, signs and capitals kept. Empty without a letter.

    A word without a vowel (`brr`) is one syllable.
    """
    low = word.lower()
    if not any(mark.isalpha() for mark in low):
        return ()
    nuclei = _nuclei(low)
    if not nuclei:
        return (word,)
    cuts = [_seam(low, one[1], other[0]) for one, other in pairwise(nuclei)]
    return tuple(word[first:last] for first, last in pairwise([0, *cuts, len(word)]))


@lru_cache(maxsize=32768)
def stressed(word: str) -> int:
    """Which syllable carries the stress, from the end: 1 aguda, 2 llana, 3 esdrújula, 4 before that."""
    parts = syllables(word.lower())
    for place, part in enumerate(reversed(parts), start=1):
        if ACUTE & set(part):
            return place
    letters = re.sub(r"[^a-zñü]", "", word.lower())
    return min(len(parts), 2 if letters[-1:] in {*"aeiouns"} else 1)


def nucleus(part: str) -> str:
    """The vowels of one syllable, as they are sung."""
    low = part.lower()
    spans = _nuclei(low)
    return low[spans[0][0] : spans[0][1]] if spans else ""


def _nuclei(low: str) -> list[tuple[int, int]]:
    """Where each syllable's vowels lie in a word in small letters."""
    mute = {place for found in _VOICELESS_U.finditer(low) for place in range(*_group(found))}
    found: list[tuple[int, int]] = []
    for place, mark in enumerate(low):
        if place in mute or not _sung(low, place):
            continue
        if found and found[-1][1] == place and not _parted(low[place - 1], mark):
            found[-1] = (found[-1][0], place + 1)
        else:
            found.append((place, place + 1))
    return found


def _group(found: re.Match[str]) -> tuple[int, int]:
    return found.span(1) if found.group(1) else found.span(2)


def _sung(low: str, place: int) -> bool:
    """Whether a letter is a vowel; a y is one where no vowel follows (`rey`, `y`)."""
    if low[place] == "y":
        after = low[place + 1 : place + 2]
        return after not in VOWELS if after else True
    return low[place] in VOWELS


def _parted(before: str, mark: str) -> bool:
    """Whether two vowels beside each other are two syllables."""
    if mark == "y":
        return before in TENSE
    if before in STRONG | TENSE and mark in STRONG | TENSE:
        return True
    return before == mark and before in WEAK


def _seam(low: str, end: int, start: int) -> int:
    """Where the consonants between two vowels are cut: before the last, or a group one breath starts."""
    between = low[end:start]
    sign = max((at for at, mark in enumerate(between) if not mark.isalpha()), default=-1)
    if sign >= 0:
        return end + sign + 1
    if len(between) < 2:
        return end
    joined = _CLUSTER.search(between)
    return end + joined.start() if joined else start - 1
