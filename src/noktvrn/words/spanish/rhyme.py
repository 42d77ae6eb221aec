"""Spanish rhyme by spelling: consonant (all sounds from the stressed vowel on) and assonant (vowels only)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from noktvrn.words.spanish.syllables import ACUTE, STRONG, TENSE, nucleus, stressed, syllables
from noktvrn.words.tokens import end_word

_SOUNDS = (
    (r"qu(?=[ei])", "k"),
    (r"gu(?=[ei])", "G"),
    (r"g(?=[ei])", "j"),
    (r"c(?=[ei])", "s"),
    (r"z", "s"),
    (r"c(?!h)", "k"),
    (r"g", "G"),
    (r"v", "b"),
    (r"ll", "y"),
    (r"(?<!c)h", ""),
)
"""Letters by sound, as most of the world's Spanish says them (seseo, yeísmo)."""

_CLOSED = {"i": "e", "u": "o"}
"""A closed vowel after the stress counts as its open neighbour (`débil` with `vence`)."""


def rhymes(one: str, other: str) -> bool:
    """Whether two lines (or words) rhyme, by consonance or assonance; a word never rhymes with itself."""
    first, second = end_word(one), end_word(other)
    return bool(first and second and first != second and assonance(first) == assonance(second))


@lru_cache(maxsize=16384)
def assonance(word: str) -> str:
    """The vowels from the stress on, as ears count them: `a`, `a-o`. An esdrújula's middle one is mute."""
    parts = _from_stress(word)
    if not parts:
        return word
    heard = [_open(parts[0])] + [_open(parts[-1])] * (len(parts) > 1)
    if len(heard) > 1:
        heard[1] = _CLOSED.get(heard[1], heard[1])
    return "-".join(heard)


@lru_cache(maxsize=16384)
def consonance(word: str) -> str:
    """All sounds from the stressed vowel on."""
    parts = _from_stress(word)
    if not parts:
        return word
    core = nucleus(parts[0])
    at = parts[0].find(core)
    spelt = parts[0][at + peak(core) :] + "".join(parts[1:])
    plain = bare(spelt)
    for letters, sound in _SOUNDS:
        plain = re.sub(letters, sound, plain)
    return plain


def _from_stress(word: str) -> tuple[str, ...]:
    parts = syllables(word)
    return parts[-stressed(word) :] if parts else ()


def _open(part: str) -> str:
    """The vowel that carries a syllable."""
    core = nucleus(part).replace("y", "i")
    return bare(core[peak(core)]) if core else ""


def peak(core: str) -> int:
    """Where the vowel that is heard most stands in a group: with an accent, strong, or the last weak one."""
    for kind in (ACUTE, STRONG, TENSE):
        found = [at for at, mark in enumerate(core) if mark in kind]
        if found:
            return found[0]
    return max(0, len(core) - 1)


def bare(text: str) -> str:
    return "".join(
        mark if mark == "ñ" else unicodedata.normalize("NFD", mark)[0]
        for mark in unicodedata.normalize("NFC", text)
    )
