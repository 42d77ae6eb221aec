"""How many syllables a singer gives a word: spelling rules, and a hand-made table of what they miss."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from noktvrn.words.data import read_lines
from noktvrn.words.tokens import words_of

_GROUP = re.compile(r"[aeiouy]+")
_HIATUS = re.compile(
    r"(?<![qg])ua(?=[lrt])|uou(?=s)|(?<![cstgx])i(?=a(?!ge|l?ly$))|(?<![cstgxln])i(?=o(?!u?n?s?e?$))"
    r"|(?<=[^aeiouy])io$|eo(?=[nl]$)|(?<!s)cie(?=n)|ie(?=t)|yi(?=ng)|ei(?=ng)|oi(?=ng$)|uing|eum|iu(?=m)|ism$|asm$|ythm$"
)
_INNER_E = re.compile(r"[aeiouy][^aeiouylr]?[^aeiouyl]e(?=(?:ly|less|ful|ness|ment|some|ments)$)")

_VOWELS = frozenset("aeiouy")
_MUTE = {
    "e": re.compile(r"[^aeiouylr][lr]e$"),
    "es": re.compile(r"(?:s|x|z|c|g|ch|sh)es$|[^aeiouylr][lr]es$"),
    "ed": re.compile(r"[td]ed$|[^aeiouylr]led$"),
}


def count(text: str) -> int:
    """Syllables of a line."""
    return sum(count_word(word) for word in words_of(text))


@lru_cache(maxsize=65536)
def count_word(word: str) -> int:
    """Syllables of one word as `words_of` spells it; never less than one for a word with a letter."""
    known = _exceptions().get(word)
    if known is not None:
        return known
    stem, extra = _contraction(word)
    stem = stem.replace("'", "")
    known = _exceptions().get(stem)
    return (known if known is not None else _by_rule(stem)) + extra


@cache
def _exceptions() -> dict[str, int]:
    table: dict[str, int] = {}
    for line in read_lines("syllable_exceptions.txt"):
        default, _, words = line.partition(":")
        for entry in words.split():
            word, _, own = entry.partition(":")
            table[word] = int(own or default)
    return table


def _contraction(word: str) -> tuple[str, int]:
    if word.endswith("n't"):
        return word[:-3], 1
    head, apostrophe, tail = word.rpartition("'")
    if not apostrophe or tail not in {"s", "ll", "d", "ve", "re", ""}:
        return word, 0
    if tail == "s":
        return head, int(head.endswith(("s", "x", "z", "ch", "sh", "ce", "ge", "se")))
    return head, int(tail in {"ll", "ve", "re"} and head[-1:] not in "aeiouyw" and head != "")


def _by_rule(word: str) -> int:
    spelt = re.sub(r"^y(?=[aeiou])|(?<=[aeiou])y(?=[aeiou])", "j", word)
    spelt = re.sub(r"qu(?=[aeiouy])|gu(?=[aei])", "q", spelt)
    syllables = len(_GROUP.findall(spelt)) + len(_HIATUS.findall(spelt))
    return max(1, syllables - _silent(spelt)) if word else 0


def _silent(word: str) -> int:
    """Letters e that look like a vowel and are not sung: `time`, `waves`, `burned`, `homeless`."""
    inner = 1 if _INNER_E.search(word) else 0
    mute = (end for end, audible in _MUTE.items() if word.endswith(end) and not audible.search(word))
    ending = next(mute, "")
    head = word.removesuffix(ending)
    if not ending or head[-1:] in _VOWELS:
        return inner
    return inner + any(letter in _VOWELS for letter in head)
