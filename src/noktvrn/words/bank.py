"""The word banks: pieces of line by language, world and mood, read from `data/<language>`.

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

from noktvrn.words.data import names_in, read_toml
from noktvrn.words.tokens import words_of
from noktvrn.words.tongue import tongue

TAIL_KINDS = "ptodws"
ROLES = ("scene", "self", "you", "turn", "vow")
VARIANTS = 8

_CHOICE = re.compile(r"\[([^\]]*)\]")
_ARTICLE = re.compile(r"\b([Aa])(?= (?:[aeiou](?!ne\b|nce\b|ni[ftv]|se)|hour|honest))")


@dataclass(frozen=True, slots=True)
class Piece:
    """A clause or a tail with its slots filled: what it says, how long it is, how it ends.

    `source` is the entry before its slots were filled, `content` the words that carry meaning; `turn` is what
    its end adds to the length of a line it closes.
    """

    text: str
    source: str
    takes: str
    syllables: int
    turn: int
    end: str
    key: str
    content: frozenset[str]

    @property
    def closing(self) -> int:
        """Its length at the end of a line."""
        return self.syllables + self.turn


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """A place a song can happen in, or a mood true in every place. There is one of each, read once.

    `nouns` are the pictures pieces turn on (`{N}`).
    """

    id: str
    language: str
    keywords: frozenset[str]
    nouns: tuple[str, ...]
    slots: Mapping[str, tuple[str, ...]]
    clauses: Mapping[str, tuple[tuple[str, str], ...]]
    tails: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, tuple[str, ...]]


@cache
def world(name: str, language: str = "en") -> World:
    """The world called `name` (a file of `data/<language>/worlds`)."""
    return _read("worlds", name, language)


@cache
def mood(name: str, language: str = "en") -> World:
    """A mood's own clauses and tails (a file of `data/<language>/moods`), true in every world."""
    return _read("moods", name, language)


@cache
def worlds(language: str = "en") -> tuple[World, ...]:
    """All worlds of a language, sorted by name."""
    return tuple(world(name, language) for name in names_in(f"{language}/worlds"))


@cache
def moods(language: str = "en") -> tuple[World, ...]:
    """All moods of a language, sorted by name."""
    return tuple(mood(name, language) for name in names_in(f"{language}/moods"))


@cache
def vocabulary(language: str = "en") -> frozenset[str]:
    """Every word of the banks as `words_of` spells it: plain words of the language, no names of people."""
    texts: list[str] = []
    for bank in (*worlds(language), *moods(language)):
        texts.extend(text for clauses in bank.clauses.values() for text, _ in clauses)
        texts.extend(bank.nouns)
        for group in (bank.tails, bank.titles, bank.slots):
            texts.extend(text for entries in group.values() for text in entries)
    return frozenset(words_of(" ".join(texts)))


def spell(text: str, slots: Mapping[str, str]) -> tuple[str, ...]:
    """Every way to say an English piece: `{slot}` filled, each `[one|other]` chosen, `a` and `an` agreed."""
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


@lru_cache(maxsize=65536)
def piece(text: str, takes: str, source: str, language: str = "en") -> Piece:
    """A piece measured by the rules of its language."""
    rules = tongue(language)
    words = words_of(text)
    content = frozenset(word for word in words if len(word) > 3)
    return Piece(
        text=text,
        source=source,
        takes=takes,
        syllables=rules.sung(text),
        turn=rules.turn(text),
        end=words[-1],
        key=rules.key(words[-1]),
        content=content,
    )


def _read(kind: str, name: str, language: str) -> World:
    data = read_toml(f"{language}/{kind}/{name}.toml")
    return World(
        id=name,
        language=language,
        keywords=frozenset(words_of(" ".join(data["keywords"]))) | _english(kind, data.get("as", ())),
        nouns=tuple(data.get("nouns", ())) or _named(data.get("titles", {})),
        slots={slot: tuple(words) for slot, words in data.get("slots", {}).items()},
        clauses={role: _clauses(data.get(role, {})) for role in ROLES},
        tails={kind: tuple(data.get("tails", {}).get(kind, ())) for kind in TAIL_KINDS},
        titles={kind: tuple(words) for kind, words in data.get("titles", {}).items()},
    )


def _named(titles: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The nouns of English titles; a plural is marked by a trailing `/s`."""
    return (*titles.get("nouns", ()), *(f"{noun}/s" for noun in titles.get("plurals", ())))


def _english(kind: str, names: str | list[str] | tuple[str, ...]) -> frozenset[str]:
    """The keywords of the English banks a bank stands for: themes and moods of a profile are English."""
    known = [names] if isinstance(names, str) else names
    read = world if kind == "worlds" else mood
    return frozenset[str]().union(*(read(name).keywords for name in known))


def _clauses(groups: Mapping[str, list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((text, takes.strip("_")) for takes, texts in groups.items() for text in texts)
