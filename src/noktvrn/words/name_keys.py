"""What two names share that pass for each other: keys that see through spacing, plurals and sound."""

from __future__ import annotations

import re
from functools import lru_cache

SHORTEST_SOUND = 2

ARTICLES = frozenset(["the", "a", "an"])
_AFFIXES = frozenset(
    [
        *("official", "officially", "original", "real", "music", "musik", "band", "vevo", "ai", "topic"),
        *("tribute", "records", "dj", "mc", "jr", "ii"),
    ]
)
"""Words that are added to a name to pass for its owner."""
_ENDINGS = re.compile(r"(?<=\w{4})(?:official|vevo|music)$")
_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
_TEENS = ("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = {word: number for number, word in enumerate((*_UNITS, *_TEENS))} | {
    word: 10 * number for number, word in enumerate(_TENS, 2)
}
_VOWELS = re.compile("[aeiouy]")
_RUNS = re.compile(r"(.)\1+")
_SHAPES = (("vv", "w"), ("rn", "m"), ("nn", "m"), ("cl", "d"), ("i", "l"), ("1", "l"), ("0", "o"))
"""What merges in a small or hurried type."""
_SOUNDS = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        *((r"\bkn", "n"), (r"\bwr", "r"), (r"\bx", "s"), (r"\bps", "s"), ("dj|dzh|dg(?=[eiy])", "j")),
        *(("tch", "c"), ("sch|sh|zh", "s"), ("tz|ts", "s"), ("ph", "f"), ("[ai]gh?t", "t"), ("ght", "t")),
        *(("ck", "k"), ("qu|q", "k"), ("x", "ks"), ("c(?=[eiy])", "s"), ("c", "k")),
        *(("g(?=[ei])", "j"), ("z", "s"), ("th", "t"), ("[wv]", "v"), ("mb\\b", "m"), ("h", "")),
        (r"(?<=[aeiouy])r(?![aeiouy])", ""),
    )
)


def joined(look: str) -> str:
    """A skeleton without its article and its spaces."""
    words = look.split()
    return "".join(words[1:] if len(words) > 1 and words[0] in ARTICLES else words)


def keys(look: str) -> frozenset[str]:
    """What two looks share when an eye takes them for one: without articles, spaces, plurals, doubled
    letters and such additions as `official`; numbers in digits, merging letters as one."""
    words = _numbered([word for word in look.split() if word != "and"])
    bare = [word for word in words if word not in ARTICLES] or words
    plain = [word for word in bare if word not in _AFFIXES] or bare
    groups = (words, bare, plain, [_singular(word) for word in plain], [_ENDINGS.sub("", "".join(plain))])
    return frozenset(_folded("".join(group)) for group in groups)


def order(look: str) -> str:
    """A key that is the same whatever order the words stand in."""
    return " ".join(sorted(_folded(_singular(word)) for word in look.split() if word not in ARTICLES))


@lru_cache(maxsize=16384)
def sound_codes(look: str) -> tuple[str, ...]:
    """The consonants of a look as they are heard, words run together; a first vowel is `a`. Two codes where
    `ch` may be hard or soft; none where there are too few consonants to tell."""
    words = " ".join(word for word in look.split() if word not in ARTICLES)
    codes = (_heard(words.replace("ch", said)) for said in ("k", "sh"))
    return tuple(dict.fromkeys(code for code in codes if len(code) >= SHORTEST_SOUND))


def _heard(words: str) -> str:
    for pattern, said in _SOUNDS:
        words = pattern.sub(said, words)
    text = words.replace(" ", "")
    return _RUNS.sub(r"\1", ("a" if text[:1] in "aeiouy" else "") + _VOWELS.sub("", text))


def _numbered(words: list[str]) -> list[str]:
    found: list[str] = []
    tens = False
    for word in words:
        number = _NUMBERS.get(word)
        if number is not None and tens and 0 < number < 10:
            found[-1] = str(int(found[-1]) + number)
        else:
            found.append(word if number is None else str(number))
        tens = number is not None and number >= 20
    return found


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@lru_cache(maxsize=16384)
def _folded(text: str) -> str:
    for drawn, letter in _SHAPES:
        text = text.replace(drawn, letter)
    return _RUNS.sub(r"\1", text)
