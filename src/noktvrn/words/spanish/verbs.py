"""Spanish verbs in the three tenses a song needs: regular rules, and a table of what they miss."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Literal

from noktvrn.words.data import read_toml

Tense = Literal["present", "imperfect", "past"]
Person = Literal["yo", "tú", "él", "nosotros", "ellos"]

PERSONS: tuple[Person, ...] = ("yo", "tú", "él", "nosotros", "ellos")
STATES = frozenset(
    [
        *["ser", "estar", "tener", "saber", "querer", "poder", "haber", "vivir", "creer", "parecer"],
        *["conocer", "faltar", "doler", "llevar"],
    ]
)
"""Verbs that last: a tale in the past puts them in the imperfect."""

_ENDINGS: dict[tuple[Tense, str], tuple[str, ...]] = {
    ("present", "ar"): ("o", "as", "a", "amos", "an"),
    ("present", "er"): ("o", "es", "e", "emos", "en"),
    ("present", "ir"): ("o", "es", "e", "imos", "en"),
    ("imperfect", "ar"): ("aba", "abas", "aba", "ábamos", "aban"),
    ("imperfect", "er"): ("ía", "ías", "ía", "íamos", "ían"),
    ("imperfect", "ir"): ("ía", "ías", "ía", "íamos", "ían"),
    ("past", "ar"): ("é", "aste", "ó", "amos", "aron"),
    ("past", "er"): ("í", "iste", "ió", "imos", "ieron"),
    ("past", "ir"): ("í", "iste", "ió", "imos", "ieron"),
}
_STRONG = ("e", "iste", "o", "imos", "ieron")
_CHANGES = {"ie": ("e", "ie"), "ue": ("o", "ue"), "i": ("e", "i")}
_HARD = (("c", "qu"), ("g", "gu"), ("z", "c"))
"""Letters that are spelt another way before an e (`tocar`, `toqué`)."""


@lru_cache(maxsize=4096)
def conjugated(infinitive: str, person: Person, tense: Tense) -> str:
    """One form of a verb: `conjugated("volver", "yo", "present")` is `vuelvo`."""
    at = PERSONS.index(person)
    row = _table().get(tense, {}).get(infinitive)
    if row is not None:
        return str(row[at])
    stem, ending = infinitive[:-2], infinitive[-2:].replace("í", "i")
    if tense == "present":
        return _present(infinitive, stem, ending, at)
    if tense == "past":
        return _past(infinitive, stem, ending, at)
    return stem + _ENDINGS["imperfect", ending][at]


def _present(infinitive: str, stem: str, ending: str, at: int) -> str:
    first = _table()["first"].get(infinitive)
    if at == 0 and first is not None:
        return str(first)
    root = stem if at == 3 else _changed(infinitive, stem)
    if infinitive.endswith(("seguir", "distinguir")) and at == 0:
        root = root[:-1]
    return root + _ENDINGS["present", ending][at]


def _past(infinitive: str, stem: str, ending: str, at: int) -> str:
    strong = _table()["strong"].get(infinitive)
    if strong is not None:
        return str(strong) + _STRONG[at]
    if at == 0 and ending == "ar":
        stem = next((stem[:-1] + soft for hard, soft in _HARD if stem.endswith(hard)), stem)
    if at in (2, 4) and ending == "ir":
        stem = _closed(infinitive, stem)
    return stem + _ENDINGS["past", ending][at]


def _changed(infinitive: str, stem: str) -> str:
    """The stem under the stress: the last vowel of its kind opens."""
    kind = next((kind for kind, verbs in _table()["change"].items() if infinitive in verbs), "")
    if not kind:
        return stem
    plain, opened = _CHANGES[kind]
    head, _, tail = stem.rpartition(plain)
    return head + opened + tail


def _closed(infinitive: str, stem: str) -> str:
    """`sintió`, `durmió`: verbs in -ir whose stem changes close it in the third person of the past."""
    if _changed(infinitive, stem) == stem:
        return stem
    plain, closed = ("o", "u") if "o" in stem[-3:] and "e" not in stem[-3:] else ("e", "i")
    head, _, tail = stem.rpartition(plain)
    return head + closed + tail


@cache
def _table() -> dict[str, Any]:
    return read_toml("es/verbs.toml")
