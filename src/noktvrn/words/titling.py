"""Titles as stores want them: title case, and the rules a title must not break (store rules 9 to 24)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from noktvrn.words.bank import vocabulary
from noktvrn.words.names import collides
from noktvrn.words.tongue import WRITTEN, base

LONGEST = 255
SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "but",
        "or",
        "nor",
        "for",
        "so",
        "yet",
        "as",
        "at",
        "by",
        "from",
        "in",
        "into",
        "of",
        "off",
        "on",
        "onto",
        "over",
        "to",
        "up",
        "with",
        "till",
    ]
)
_PROMOTION = r"official|exclusive|new single|out now|hq|hd|viral|free download|free|premiere|bonus|remastered"
_PLACEHOLDER = r"untitled|track \d+|song \d+|test|tbd|tba|placeholder|lorem ipsum|title"
_SIGNS = {"So", "Sk", "Cs", "Co", "Cc", "Cf", "Cn"}

_RULES = tuple(
    (rule, re.compile(pattern, re.IGNORECASE))
    for rule, pattern in (
        ("14: no advisory in the title", r"[(\[](?:explicit|clean|dirty)[)\]]"),
        ("15: a featured artist stands in the credits", r"\b(?:feat|ft|featuring)\b"),
        ("16: no credits", r"\b(?:prod(?:uced)?\.? by|remixed by|written by)\b"),
        ("17: no version", r"\b(?:original mix|album version|radio edit|extended mix)\b"),
        ("18: no promotion", rf"\b(?:{_PROMOTION})\b"),
        ("19: no address, handle, number or price", r"https?:|www\.|\.com\b|[@#$€£]|\d{4,}[- ]?\d{3,}"),
        ("20: no placeholder", rf"^(?:{_PLACEHOLDER})$|[{{}}<>]"),
        ("21: no search bait", r"\b(?:in the style of|tribute|sounds like|ai cover|type beat)\b"),
        ("22: one title only", r" / "),
        ("24: no mark at the end", r"[.,;:!\-–—/]$"),
    )
)


def title_case(text: str, language: str = "en") -> str:
    """English title case: every word large but short articles, conjunctions and prepositions inside.

    Other languages write a title as a sentence: the first letter is large, words of the language's banks are
    small, and the rest, names among it, stands as it is.
    """
    words = text.split()
    if base(language) != "en":
        return _as_sentence(words, language)
    last = len(words) - 1
    return " ".join(
        word.lower() if word.lower() in SMALL_WORDS and 0 < place < last else word[:1].upper() + word[1:]
        for place, word in enumerate(words)
    )


def _as_sentence(words: list[str], language: str) -> str:
    everyday = vocabulary(base(language)) if base(language) in WRITTEN else frozenset[str]()
    rest = [word.lower() if word.casefold().strip(",;") in everyday else word for word in words[1:]]
    return " ".join([words[0][:1].upper() + words[0][1:], *rest]) if words else ""


def title_problems(title: str, artists: Collection[str] = ()) -> tuple[str, ...]:
    """The store rules a title breaks, each with its number; empty where it breaks none."""
    found = [rule for rule, pattern in _RULES if pattern.search(title)]
    found += [rule for rule, broken in _looks(title) if broken]
    if any(artist and artist.casefold() in title.casefold() for artist in artists) or " - " in title:
        found.append("13: no artist's name")
    if collides(title):
        found.append("21: no search bait")
    return tuple(found)


def _looks(title: str) -> tuple[tuple[str, bool], ...]:
    marks = {unicodedata.category(mark) for mark in title}
    letters = [mark for mark in title if mark.isalpha()]
    return (
        ("9: clean text", title != " ".join(unicodedata.normalize("NFC", title).split()) or not letters),
        ("10: at most 255 characters", len(title) > LONGEST),
        ("11: no symbols", bool(marks & _SIGNS)),
        ("12: no capitals throughout", len(letters) > 4 and all(mark.isupper() for mark in letters)),
        ("24: balanced brackets", any(title.count(one) != title.count(other) for one, other in ("()", "[]"))),
    )
