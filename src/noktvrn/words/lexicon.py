"""What a text may not say, and what needs an advisory: word lists read with their disguises off.

Whole words only: `Scunthorpe` and `assassin` hold nothing. Slurs and hate, and sexual words near words
for minors, are refused; strong words make a text explicit; mild ones are only told.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from noktvrn.words.data import read_toml
from noktvrn.words.skeleton import bare, unleet

NEAR = 10
_TOKEN = re.compile(r"[\w@$!*']+")
_LETTERS = re.compile(r"(?<!\w)(?:\w[ .\-_*]){2,20}\w(?!\w)")
_AGE = re.compile(r"\b(\d{1,2})[ -]?(?:years?|yrs?|yo)\b")
_ENDINGS = ("", "s", "es", "ed", "ing", "in", "er", "ers", "y", "z")


@dataclass(frozen=True, slots=True)
class Advisory:
    """What was found, by class. `slur` counts instead of quoting."""

    mild: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    slur: int = 0
    hate: bool = False
    minors: bool = False

    @property
    def explicit(self) -> bool:
        """Whether stores want the mark."""
        return bool(self.strong or self.slur or self.hate or self.minors)

    @property
    def refusal(self) -> str:
        """Why nothing may be made of it; empty where something may."""
        if self.minors:
            return "sexual content with minors"
        return "hate" if self.slur or self.hate else ""


def advisory(text: str) -> Advisory:
    """The advisory of a text of any length, in one pass over its words."""
    words = list(_folded(text))
    plain = f" {' '.join(words)} "
    return Advisory(
        mild=_hits(words, _forms("mild")),
        strong=_hits(words, _forms("strong")),
        slur=sum(fingerprint(form) in _slurs() for word in words for form in _singulars(word)),
        hate=_is_hate(plain),
        minors=_is_abuse(words, bare(text)),
    )


def fingerprint(word: str) -> str:
    """The hash under which a slur stands in the data."""
    return hashlib.blake2b(word.encode(), digest_size=8).hexdigest()


def _folded(text: str) -> Iterator[str]:
    joined = _LETTERS.sub(lambda run: re.sub(r"[ .\-_*]", "", run[0]), bare(text))
    for token in _TOKEN.findall(joined):
        word = unleet(token.rstrip("!").replace("'", "")).strip("_@$")
        if word:
            yield re.sub(r"(.)\1{2,}", r"\1\1", word)


def _hits(words: list[str], forms: frozenset[str]) -> tuple[str, ...]:
    found = {word for word in words if word in forms or re.sub(r"(.)\1+", r"\1", word) in forms}
    found |= {word for word in words if "*" in word and _masked(word, forms)}
    return tuple(sorted(found.difference(_listed("innocent"))))


def _masked(word: str, forms: frozenset[str]) -> bool:
    """`f**k`: a word with stars in it that a listed word of the same length fills."""
    if not re.search(r"[a-z]\*+", word) or word.strip("*").count("*") == 0 or len(word) > 16:
        return False
    return any(
        len(form) == len(word) and all(mark in ("*", letter) for mark, letter in zip(word, form, strict=True))
        for form in forms
    )


@cache
def _listed(name: str) -> tuple[str, ...]:
    return tuple(read_toml("lexicon.toml")[name])


@cache
def _forms(name: str) -> frozenset[str]:
    return frozenset(form for stem in _listed(name) for form in _inflections(stem))


def _inflections(stem: str) -> Iterator[str]:
    for ending in _ENDINGS:
        yield stem + ending
        if ending and ending not in {"s", "z"} and len(stem) > 2:
            yield stem + stem[-1] + ending
            yield stem.removesuffix("e") + ending


@cache
def _slurs() -> frozenset[str]:
    return frozenset(_listed("slurs"))


def _singulars(word: str) -> tuple[str, ...]:
    return (word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("z"))


def _is_hate(plain: str) -> bool:
    if any(f" {slogan} " in plain for slogan in _listed("slogans")):
        return True
    attack, insult = _hate_patterns()
    return bool(attack.search(plain) or insult.search(plain))


@cache
def _hate_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    groups = "|".join(_listed("groups"))
    attacks = "|".join(_listed("attacks"))
    return (
        re.compile(rf" (?:{attacks}) (?:all )?(?:of )?(?:the |those |these )?(?:{groups}) "),
        re.compile(rf" (?:{groups}) are (?:all )?(?:just )?(?:{'|'.join(_listed('insults'))}) "),
    )


def _is_abuse(words: list[str], text: str) -> bool:
    plain = " ".join(words)
    if any(word in _forms("alone") for word in words):
        return True
    sexual = [place for place, word in enumerate(words) if word in _forms("sexual")]
    if not sexual:
        return False
    young = [place for place, word in enumerate(words) if word in _forms("minor")]
    pairs = set(_listed("minor_pairs"))
    young += [place for place in range(len(words) - 1) if f"{words[place]} {words[place + 1]}" in pairs]
    if any(abs(one - other) <= NEAR for one in sexual for other in young):
        return True
    return bool(plain) and any(int(age[1]) < 18 for age in _AGE.finditer(text))
