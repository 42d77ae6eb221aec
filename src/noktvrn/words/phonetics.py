"""From letters to sounds: ARPAbet phones of an English word by spelling rules of our own."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from noktvrn.words.data import read_lines

VOWELS = frozenset(["AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"])
WEAK_PREFIXES = re.compile(
    r"^(a[bcdfglmnprst](?=[aeioulr])|be|de|re|un|dis|mis|in|im|en|em|ex|con|com|for|per|pro|sur|to)"
)
WEAK_ENDINGS = re.compile(
    r"(er|ers|or|ing|y|ly|ey|le|les|el|en|on|ow|et|ic|ish|age|ous|al|ed|est|ness|ment|ful|less)$"
)

VOICELESS = frozenset({"P", "T", "K", "F", "TH", "S", "SH", "CH"})
_UNVOICED = {"D": "T", "Z": "S"}

Rule = tuple[re.Pattern[str], tuple[str, ...]]


@lru_cache(maxsize=16384)
def phones(word: str) -> tuple[str, ...]:
    """ARPAbet phones without stress marks; letters no rule reads (other scripts) are silent."""
    sounds: list[str] = []
    place = 0
    while place < len(word):
        step, heard = _read(word, place)
        sounds.extend(heard)
        place += step
    return _settle(sounds)


def _settle(sounds: list[str]) -> tuple[str, ...]:
    """A last D or Z takes the voice of the sound before it (`walked` ends in T, `lamps` in S)."""
    if len(sounds) > 1 and sounds[-1] in _UNVOICED and sounds[-2] in VOICELESS:
        sounds[-1] = _UNVOICED[sounds[-1]]
    return tuple(sounds)


def rime(word: str) -> tuple[str, ...]:
    """The phones from the stressed vowel on, the stress guessed from prefix and ending."""
    sounds = phones(word)
    vowels = [place for place, sound in enumerate(sounds) if sound in VOWELS]
    if not vowels:
        return sounds
    return sounds[vowels[_stressed(word, len(vowels))] :]


def _stressed(word: str, vowels: int) -> int:
    if vowels == 1:
        return 0
    if re.search(r"(tion|sion|ic|ics|ious|ial|ity|ian)$", word):
        return max(0, vowels - (3 if word.endswith("ity") else 2))
    if WEAK_PREFIXES.match(word) and not (vowels == 2 and WEAK_ENDINGS.search(word)):
        return 1
    return 0


def _read(word: str, place: int) -> tuple[int, tuple[str, ...]]:
    for pattern, heard in _rules():
        found = pattern.match(word, place)
        if found and found.end() > place:
            return found.end() - place, heard
    return 1, ()


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(_rule(line) for line in read_lines("letter_sounds.txt"))


def _rule(line: str) -> Rule:
    pattern, *heard = line.split()
    return re.compile(pattern), tuple(sound for sound in heard if sound != "-")
