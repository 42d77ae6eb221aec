"""The cue lexicon: what places, times, people and sounds in a sentence suggest about music.

Data in `data/cues/*.toml`. A cue is general knowledge ("tunnels are nocturnal"), never made for one prompt.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

_TOKEN = re.compile(r"[^\W_]+(?:['\u2019&-][^\W_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_OPEN = re.compile(r"(?:^|[^aeiou])[aeiou][^aeiouwxy]$")
_DROPPED = re.compile(r"(?:[cvzu]|[^ns]s|[^n]g|[^aeiou]at)$")
_KEPT = frozenset(
    [
        *(
            "evening",
            "morning",
            "during",
            "nothing",
            "something",
            "everything",
            "anything",
            "spring",
            "string",
        ),
        *("wedding", "ceiling", "being", "lightning", "glass", "bass", "brass", "jazz", "blues", "news"),
        *(
            "always",
            "us",
            "this",
            "his",
            "is",
            "was",
            "has",
            "less",
            "metals",
            "series",
            "tired",
            "training",
            "polished",
            "deserted",
            "boxing",
        ),
    ]
)

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Cue:
    """What one group of words suggests. `phrases` are stemmed token tuples; weights are relative."""

    phrases: tuple[tuple[str, ...], ...]
    families: Weights
    moods: Weights
    energy: float
    theme: str
    image: str


@dataclass(frozen=True, slots=True)
class GenreWords:
    """Rules for reading genre words: which need company, what company, and what denies them.

    `instruments` are those a prompt may name outright, `voices` the words that suggest a voice, `manners`
    what words near it say of how it sings.
    """

    ambiguous: frozenset[str]
    company: frozenset[str]
    negators: frozenset[str]
    instruments: tuple[str, ...]
    voices: Mapping[str, frozenset[str]]
    manners: Mapping[str, str]


def word_set(text: str) -> frozenset[str]:
    """The words of a line as a set."""
    return frozenset(text.split())


def tokens(text: str) -> tuple[str, ...]:
    """Lower-case words without accents; hyphens part words, apostrophes stay inside."""
    return tuple(part for word in _TOKEN.findall(plain(text)) for part in word.split("-"))


def plain(text: str) -> str:
    """Lower case without accents, straight apostrophes."""
    parted = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
    return "".join(char for char in parted if not unicodedata.combining(char)).lower()


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """The plain form behind a plural, -ing or -ed, roughly; alike on both sides of a comparison.

    Silent e is kept and restored (`hoping` is `hope`, not `hop`), so that tapes are not taps.
    """
    word = word.removesuffix("'s")
    if word in _KEPT or len(word) < 4:
        return word
    word = _one(word)
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2 and word not in _KEPT:
            return word if word.endswith("eed") else _whole(word.removesuffix(ending))
    return word


def _one(word: str) -> str:
    """The singular."""
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes", "oes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _whole(root: str) -> str:
    """What stood before -ing or -ed: a doubled letter is single again, a dropped e comes back."""
    if root[-1] == root[-2]:
        return root if root[-1] in "sl" else root[:-1]
    short = len(_VOWELS.findall(root)) == 1 and bool(_OPEN.search(root))
    return root + "e" if short or _DROPPED.search(root) else root


def stems(text: str) -> tuple[str, ...]:
    """The stemmed words of a text."""
    return tuple(stem(word) for word in tokens(text))


@cache
def lexicon() -> tuple[Cue, ...]:
    """Every cue, in file order."""
    files = ("places", "times", "people", "sounds", "everyday", "languages")
    return tuple(_cue(row) for name in files for row in _read(name)["cue"])


@cache
def genre_words() -> GenreWords:
    """The rules of `naming.toml`."""
    raw = _read("naming")
    return GenreWords(
        ambiguous=frozenset(raw["ambiguous"]),
        company=frozenset(raw["company"]),
        negators=frozenset(word.replace("'", "") for word in raw["negators"]) | frozenset(raw["negators"]),
        instruments=tuple(raw["instruments"]),
        voices={kind: frozenset(words) for kind, words in raw["voices"].items()},
        manners=dict(raw["manners"]),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / "cues" / f"{name}.toml").read_text("utf-8"))


def _cue(row: dict[str, Any]) -> Cue:
    phrases = dict.fromkeys(stems(phrase) for phrase in row["say"].split(","))
    return Cue(
        phrases=tuple(phrase for phrase in phrases if phrase),
        families=_weights(row.get("families", "")),
        moods=_weights(row.get("moods", "")),
        energy=float(row.get("energy", 0.0)),
        theme=row.get("theme", ""),
        image=row.get("image", ""),
    )


def _weights(text: str) -> Weights:
    """`hip hop 1.5, jazz 0.4` as a mapping of ids to weights."""
    pairs = (part.strip().rsplit(" ", 1) for part in text.split(",") if part.strip())
    return {name.replace(" ", "_"): float(weight) for name, weight in pairs}
