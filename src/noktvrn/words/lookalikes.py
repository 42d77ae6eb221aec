"""The ways a disguised name can be read: signs, digits and other scripts as the letters they pose as."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from noktvrn.words.data import read_lines
from noktvrn.words.skeleton import latin_letter, skeleton, without_marks

_DRAWN = tuple(
    pair.rsplit(" ", 1)
    for pair in (
        r"\/\/ w",
        r"|\/| m",
        r"/\/\ m",
        r"|\| n",
        r"/\/ n",
        r"|-| h",
        r"|_| u",
        r"\_/ u",
        r"\/ v",
        r"/\ a",
        "|< k",
        "|) d",
        "|> p",
        "|3 b",
        "(_) u",
        "() o",
        "[] o",
        "_| j",
        "|_ l",
    )
)
"""Letters drawn from several signs, longest first."""

_POSING = re.compile(r"(?<=[^\W_])[+*|(<!](?=[^\W_])|^[+|<(](?=[^\W_])|(?<=[^\W_])[+|!]$")
_POSES = str.maketrans("+|(<!", "tlcci")
_MORE_LEET = str.maketrans("26890", "zbbgo")


@lru_cache(maxsize=4096)
def readings(name: str) -> tuple[str, ...]:
    """Every skeleton `name` may be read as, the plainest first and none of them twice.

    Names in plain letters have one reading; digits, drawn letters and other scripts add theirs.
    """
    plain = skeleton(name)
    found = [plain]
    unmasked = _unmasked(name)
    found.append(skeleton(unmasked))
    if all(len(word) == 1 for word in plain.split()):
        found.append(skeleton(unmasked.replace(" ", "")))
    if any(mark.isdigit() for mark in plain):
        found.append(" ".join(_more_leet(word) for word in plain.split()))
    if not name.isascii():
        found.append(skeleton(_said(name)))
    return tuple(dict.fromkeys(look for look in found if look))


def _unmasked(name: str) -> str:
    text = "".join(map(_read, without_marks(name.replace("’", "'").replace("ʼ", "'"))))
    for drawn, letter in _DRAWN:
        text = text.replace(drawn, letter)
    return _POSING.sub(lambda sign: sign[0].translate(_POSES).replace("*", ""), text)


@lru_cache(maxsize=8192)
def _read(mark: str) -> str:
    if mark.isascii():
        return mark
    table = _lookalikes()
    folded = _fold(mark)
    return table.get(mark) or table.get(folded) or latin_letter(mark) or folded


def _said(name: str) -> str:
    """The name with Cyrillic and Greek letters as they sound."""
    table = _transliteration()
    return "".join(table.get(mark, mark) for mark in without_marks(name.casefold()))


def _more_leet(word: str) -> str:
    """Digits that stand for letters less often; a number stays a number."""
    return word.translate(_MORE_LEET) if any(mark.isalpha() for mark in word) else word


def _fold(mark: str) -> str:
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", mark).casefold())


@cache
def _lookalikes() -> dict[str, str]:
    rows = [line.split() for line in read_lines("lookalikes.txt")]
    said = {mark: letter for letter, *marks in rows for mark in marks}
    return {_fold(mark): letter for mark, letter in said.items()} | said


@cache
def _transliteration() -> dict[str, str]:
    rows = (line.split() for line in read_lines("transliteration.txt"))
    return {letter: "" if said == "-" else said for letter, said in rows}
