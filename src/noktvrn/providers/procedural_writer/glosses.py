"""Turns a prompt in another language into the English words this writer reads, word by word."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from noktvrn.providers.procedural_writer.cues import DATA, plain, word_set

_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_ENGLISH = word_set(
    "a i as no in the of and for with to that is my who from but at about she he it on an you are they not"
)
_SHARED = word_set("a i as no in")
_ENDINGS = ("s", "es", "e", "en", "er", "n", "m")
_UNSPACED = "ja"
_LONGEST = 2


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: the words that give it away and what its other words mean."""

    name: str
    marks: frozenset[str]
    words: dict[str, str]

    def meaning(self, word: str) -> str | None:
        """The English of a word; its endings are tried without."""
        found = self.words.get(word)
        if found is not None or len(word) < 5:
            return found
        stems = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
        return next((self.words[stem] for stem in stems if stem in self.words), None)


@dataclass(frozen=True, slots=True)
class Glossed:
    """A prompt in English words, and the language they were put from; empty for English."""

    text: str
    language: str = ""


def glossed(text: str) -> Glossed:
    """The prompt as this writer reads it. A language nobody recognises is left as it is."""
    if any("\u3040" <= mark <= "\u30ff" or "\u4e00" <= mark <= "\u9fff" for mark in text):
        return _unspaced(text)
    words = [plain(word) for word in _WORD.findall(text)]
    tongue = _spoken(words)
    return Glossed(_put(text, tongue), tongue.name) if tongue else Glossed(text)


def _spoken(words: list[str]) -> Tongue | None:
    """The language most words belong to, if that is more than English has."""
    known = [tongue for key, tongue in tongues().items() if key != _UNSPACED]
    best = max(known, key=lambda tongue: _belonging(tongue, words))
    score = _belonging(best, words)
    content = any(len(word) > 3 and word not in _ENGLISH and _foreign(best, word) for word in words)
    return best if content and score >= 2 and score > 1.5 * sum(word in _ENGLISH for word in words) else None


def _belonging(tongue: Tongue, words: list[str]) -> int:
    return sum((word in tongue.marks) + _foreign(tongue, word) for word in words if word not in _SHARED)


def _foreign(tongue: Tongue, word: str) -> bool:
    """Whether a word means something else in English than it says."""
    meaning = tongue.words.get(word)
    return meaning is not None and meaning != word


def _put(text: str, tongue: Tongue) -> str:
    """Every word that is known in English, punctuation and unknown words kept; pairs of words first."""
    pieces: list[str] = []
    end = 0
    found = list(_WORD.finditer(text))
    place = 0
    while place < len(found):
        size, meaning = _longest(found, place, text, tongue)
        pieces += [text[end : found[place].start()], meaning]
        end = found[place + size - 1].end()
        place += size
    return "".join([*pieces, text[end:]])


def _longest(found: list[re.Match[str]], place: int, text: str, tongue: Tongue) -> tuple[int, str]:
    for size in range(min(_LONGEST, len(found) - place), 0, -1):
        words = text[found[place].start() : found[place + size - 1].end()]
        meaning = tongue.meaning(plain(words))
        if meaning is not None:
            return size, meaning
    return 1, found[place].group()


def _unspaced(text: str) -> Glossed:
    """Japanese (or Chinese) is read by the words it contains, longest first, commas kept."""
    tongue = tongues()[_UNSPACED]
    words = sorted(tongue.words, key=len, reverse=True)
    parts = re.findall("|".join(map(re.escape, words)) + "|[、。,.!?]|[A-Za-z0-9 ]+", text)
    return Glossed(" ".join(tongue.words.get(part, part) for part in parts), tongue.name)


@cache
def tongues() -> dict[str, Tongue]:
    """Every language of `glosses.toml` by its tag."""
    raw = tomllib.loads((DATA / "glosses.toml").read_text("utf-8"))
    return {tag: _tongue(row, str if tag == _UNSPACED else plain) for tag, row in raw.items()}


def _tongue(row: dict[str, str], spelt: Callable[[str], str]) -> Tongue:
    pairs = (pair.split("=") for pair in row["words"].split(","))
    return Tongue(
        name=row["name"],
        marks=frozenset(map(plain, row.get("marks", "").split())),
        words={spelt(word.strip()): meaning.strip() for word, meaning in pairs},
    )
