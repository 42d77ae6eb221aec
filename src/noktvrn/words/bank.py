"""The word banks: pieces of line by world and mood, read from `data/worlds` and `data/moods`.

A piece is a clause or a tail. A clause stands alone and names the kinds of tail it takes; a tail never
does. Kinds: `p` place, `t` point in time, `o` a time gone by, `d` span of time, `w` a when-clause
in the present, `s` a simile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, product
from typing import Any

from noktvrn.words.data import names_in, read_toml
from noktvrn.words.rhyme import rhyme_key
from noktvrn.words.syllables import count_word
from noktvrn.words.tokens import words_of

TAIL_KINDS = "ptodws"
ROLES = ("scene", "self", "you", "turn", "vow")
VARIANTS = 8

_CHOICE = re.compile(r"\[([^\]]*)\]")
_ARTICLE = re.compile(r"\b([Aa])(?= (?:[aeiou](?!ne\b|nce\b|ni[ftv]|se)|hour|honest))")


@dataclass(frozen=True, slots=True)
class Piece:
    """A clause or a tail with its slots filled: what it says, how long it is, how it ends.

    `source` is the entry before its slots were filled, `content` the words that carry meaning.
    """

    text: str
    source: str
    takes: str
    syllables: int
    end: str
    key: str
    content: frozenset[str]


@dataclass(frozen=True, slots=True)
class World:
    """A place a song can happen in."""

    id: str
    keywords: frozenset[str]
    slots: Mapping[str, tuple[str, ...]]
    clauses: Mapping[str, tuple[tuple[str, str], ...]]
    tails: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, tuple[str, ...]]


@cache
def world(name: str) -> World:
    """The world called `name` (a file of `data/worlds`)."""
    return _read(name, read_toml(f"worlds/{name}.toml"))


@cache
def mood(name: str) -> World:
    """A mood's own clauses and tails (a file of `data/moods`), true in every world."""
    return _read(name, read_toml(f"moods/{name}.toml"))


@cache
def worlds() -> tuple[World, ...]:
    """All worlds, sorted by name."""
    return tuple(world(name) for name in names_in("worlds"))


@cache
def moods() -> tuple[World, ...]:
    """All moods, sorted by name."""
    return tuple(mood(name) for name in names_in("moods"))


@cache
def vocabulary() -> frozenset[str]:
    """Every word of the banks as `words_of` spells it: plain words of the language, no names of people."""
    texts: list[str] = []
    for bank in (*worlds(), *moods()):
        texts.extend(text for clauses in bank.clauses.values() for text, _ in clauses)
        for group in (bank.tails, bank.titles, bank.slots):
            texts.extend(text for entries in group.values() for text in entries)
    return frozenset(words_of(" ".join(texts)))


def spell(text: str, slots: Mapping[str, str]) -> tuple[str, ...]:
    """Every way to say a piece: `{slot}` filled, each `[one|other]` chosen, `a` and `an` agreed."""
    return _choices(re.sub(r"\{(\w+)\}", lambda slot: slots[slot[1]], text))


@lru_cache(maxsize=16384)
def _choices(text: str) -> tuple[str, ...]:
    choices = [part.split("|") for part in _CHOICE.findall(text)]
    frame = _CHOICE.split(text)[::2]
    woven = (
        "".join(part + pick for part, pick in zip(frame, [*picks, ""], strict=True))
        for picks in islice(product(*choices), VARIANTS)
    )
    return tuple(agree(" ".join(words.split())) for words in woven)


def agree(text: str) -> str:
    """`a` becomes `an` before a vowel sound."""
    return _ARTICLE.sub(r"\1n", text)


@lru_cache(maxsize=32768)
def piece(text: str, takes: str, source: str) -> Piece:
    """A piece measured."""
    words = words_of(text)
    last = words[-1]
    syllables = sum(count_word(word) for word in words)
    content = frozenset(word for word in words if len(word) > 3)
    return Piece(text, source, takes, syllables, last, rhyme_key(last), content)


def _read(name: str, data: Mapping[str, Any]) -> World:
    return World(
        id=name,
        keywords=frozenset(words_of(" ".join(data["keywords"]))),
        slots={slot: tuple(words) for slot, words in data.get("slots", {}).items()},
        clauses={role: _clauses(data.get(role, {})) for role in ROLES},
        tails={kind: tuple(data.get("tails", {}).get(kind, ())) for kind in TAIL_KINDS},
        titles={kind: tuple(words) for kind, words in data.get("titles", {}).items()},
    )


def _clauses(groups: Mapping[str, list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((text, takes.strip("_")) for takes, texts in groups.items() for text in texts)
