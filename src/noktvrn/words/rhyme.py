"""Who rhymes with whom: equal sounds from the last stressed vowel on, different sounds before it."""

from __future__ import annotations

from functools import cache, lru_cache

from noktvrn.words import phonetics
from noktvrn.words.data import read_lines
from noktvrn.words.tokens import end_word

VOICELESS = frozenset({"P", "T", "K", "F", "TH"})
STOPPED = frozenset({"P", "B", "T", "D", "K", "G", "F", "TH", "SH"})
GLIDES = frozenset({"R", "L", "W", "Y"})
SIBILANTS = frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})


def rhymes(one: str, other: str) -> bool:
    """Whether two lines (or words) end in a perfect rhyme.

    A word never rhymes with itself, nor with a word that sounds the same (`sea`, `see`).
    """
    first, second = end_word(one), end_word(other)
    if not first or not second or first == second:
        return False
    if rhyme_key(first) != rhyme_key(second):
        return False
    return _onset(first) != _onset(second)


@lru_cache(maxsize=16384)
def rhyme_key(word: str) -> str:
    """The rhyme class of a word: the sounds from its stressed vowel on, as one string."""
    word = word.replace("'", "") if word not in _classes() else word
    return _listed(word) or _inflected(word) or " ".join(phonetics.rime(word))


@cache
def _classes() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in read_lines("rimes.txt"):
        key, _, words = line.partition(":")
        for entry in words.split():
            if not entry.endswith(":-"):
                table.setdefault(entry, key)
    return table


def _listed(word: str) -> str:
    return _classes().get(word, "")


def _inflected(word: str) -> str:
    """The key of a plural, third person or past form whose stem is listed."""
    for ending, stem in _stems(word):
        key = _listed(stem)
        if key:
            return f"{key} {_suffix(key.split()[-1], ending)}"
    return ""


def _stems(word: str) -> list[tuple[str, str]]:
    stems: list[tuple[str, str]] = []
    if word.endswith("s") and not word.endswith("ss"):
        stems = [("s", word[:-1]), ("s", word[:-2] if word.endswith("es") else "")]
        stems.append(("s", word[:-3] + "y" if word.endswith("ies") else ""))
    if word.endswith("ed"):
        stems = [("d", word[:-1]), ("d", word[:-2]), ("d", word[:-3])]
        stems.append(("d", word[:-3] + "y" if word.endswith("ied") else ""))
    if word.endswith("ing"):
        stems = [("ing", word[:-3]), ("ing", word[:-3] + "e"), ("ing", word[:-4])]
    return [(ending, stem) for ending, stem in stems if len(stem) > 1]


def _suffix(last: str, ending: str) -> str:
    if ending == "ing":
        return "IH NG"
    if ending == "s":
        return "IH Z" if last in SIBILANTS else "S" if last in VOICELESS else "Z"
    if last in {"T", "D"}:
        return "IH D"
    return "T" if last in VOICELESS | {"S", "SH", "CH"} else "D"


def _onset(word: str) -> tuple[str, ...]:
    """The consonants that open the syllable the rhyme is in: those before it that one breath can start."""
    sounds = phonetics.phones(word)
    head = sounds[: max(0, len(sounds) - len(rhyme_key(word).split()))]
    start = max((place + 1 for place, sound in enumerate(head) if sound in phonetics.VOWELS), default=0)
    onset = head[start:]
    while len(onset) > 1 and not _opens(onset):
        onset = onset[1:]
    return onset


def _opens(cluster: tuple[str, ...]) -> bool:
    """Whether an English syllable may begin with these consonants (`tr`, `str`; not `dn`)."""
    if cluster[0] == "S" and len(cluster) > 2:
        return _opens(cluster[1:])
    if cluster[0] == "S":
        return cluster[1] in {"P", "T", "K", "M", "N", "L", "W"}
    return len(cluster) == 2 and cluster[0] in STOPPED and cluster[1] in GLIDES
