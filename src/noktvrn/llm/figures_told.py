"""Whether a short text says no more than the facts it was given: sentences, names, days and numbers.

Names and titles are set aside first, then days; what is left may hold only numbers of the facts, in digits.
A number in words, a share or a multiple is no number of the facts, whatever it comes to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from noktvrn.words.mentions import without_names

MOST_SENTENCES = 3
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_NUMBER = re.compile(r"\d[\w.,'’]*", re.ASCII)
_APART = re.compile(r"\d \d")
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$|[\"”’)])")
_IN_WORDS = re.compile(
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|\w+teen|hundreds?|thousands?|\w+illions?|dozens?|couple|once|twice|thrice"
    r"|doubl(?:e|es|ed|ing)|tripl(?:e|es|ed|ing)|quadrupl\w+|\w+fold|half|halves|halved|thirds?|quarters?"
    r"|per ?cent|percentage)",
    re.IGNORECASE,
)
_WORD = re.compile(r"per cent\b|[^\W\d_]+", re.IGNORECASE)
_SIGNS = frozenset("%‰×")


def problems_with(text: str, facts: Mapping[str, Any], *, names: Iterable[str] = ()) -> tuple[str, ...]:
    """What the text says that the facts do not, as sentences for whoever wrote it; empty where all is well.

    `names` are the proper names of the facts, which may hold anything.
    """
    return tuple(_problems(_without(text, names), facts, tuple(names)))


def _problems(bare: str, facts: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    if len(_SENTENCE_END.findall(bare.strip().rstrip(".!?…"))) >= MOST_SENTENCES:
        yield f"text: it has more than {MOST_SENTENCES} sentences"
    known = [_without(one, names) for one in _texts(facts)]
    said = " ".join(known).casefold()
    if any(name.casefold() not in said for name in without_names(bare)[1]):
        yield "text: it names somebody who is not in the data"
    days = {day for one in known for day in _DAY.findall(one)}
    if strange := sorted(set(_DAY.findall(bare)) - days):
        yield f"text: no day of the data: {', '.join(strange)}"
    rest = _DAY.sub("_", bare)
    allowed = {form for one in known for number in _numbers(_DAY.sub("_", one)) for form in _forms(number)}
    if invented := sorted(_numbers(rest) - allowed):
        yield f"text: no number of the data: {', '.join(invented)}"
    if spelt := sorted({word for word in _WORD.findall(rest) if _IN_WORDS.fullmatch(word)}):
        yield f"text: write numbers of the data in digits and no others: {', '.join(spelt)}"
    if _APART.search(rest) or any(mark in _SIGNS or _odd(mark) for mark in rest):
        yield "text: write numbers in the digits 0 to 9, without shares or money"


def _without(text: str, names: Iterable[str]) -> str:
    """The text with its names, longest first, taken out where they stand as whole words."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "_", text)
    return text


def _texts(fact: Any) -> Iterator[str]:
    if isinstance(fact, Mapping):
        for value in fact.values():
            yield from _texts(value)
    elif isinstance(fact, list | tuple):
        for value in fact:
            yield from _texts(value)
    else:
        yield str(fact)


def _numbers(text: str) -> set[str]:
    """Numbers as they are spelt, with whatever hangs on them: `12k` is not 12."""
    return {found.rstrip(".,'’") for found in _NUMBER.findall(text)}


def _forms(number: str) -> tuple[str, ...]:
    """A number of the facts as it may be spelt: as it stands, and with commas between thousands."""
    return (number, f"{int(number):,}") if number.isdecimal() and number.isascii() else (number,)


def _odd(mark: str) -> bool:
    """Money, or a number that is no digit of ours: another script's, a fraction, a raised or a Roman one."""
    foreign = not mark.isascii() and unicodedata.numeric(mark, None) is not None
    return foreign or unicodedata.category(mark) == "Sc"
