"""Titles from a world's words: a dozen ways to name a song, never the same way twice in a row."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from noktvrn.words.bank import World, agree
from noktvrn.words.titling import title_case
from noktvrn.words.tokens import words_of

PATTERNS: tuple[tuple[str, ...], ...] = (
    ("{adjectives} {mass}", "{adjectives} {plurals}"),
    ("{acts}",),
    ("the {adjectives} {nouns}",),
    ("where the {nouns} {verbs}", "what the {nouns} knows", "until the {nouns} {verbs}"),
    ("under {places}", "beyond {places}", "back to {places}", "leaving {places}"),
    ("{plurals} from {places}", "{mass} on {places}"),
    ("{mass} and {mass}", "{plurals} and {mass}"),
    ("{nouns}",),
    ("all my {plurals}", "no more {plurals}", "only {plurals}"),
    ("letter to the {nouns}", "song for the {nouns}", "ask the {nouns}"),
    ("{nouns} in the {mass}", "another {nouns}"),
)


def titles(place: World, feeling: World, dice: random.Random) -> Iterator[str]:
    """Titles without end, all ways of naming in turn; two in a row share no word that carries meaning."""
    banks = {kind: words + feeling.titles.get(kind, ()) for kind, words in place.titles.items()}
    before: set[str] = set()
    while True:
        for ways in dice.sample(PATTERNS, len(PATTERNS)):
            title = _fill(dice.choice(ways), banks, dice)
            words = {word for word in words_of(title) if len(word) > 3}
            if words & before or _stammers(title):
                continue
            before = words
            yield title_case(title)


def _fill(way: str, banks: Mapping[str, tuple[str, ...]], dice: random.Random) -> str:
    for kind in banks:
        while f"{{{kind}}}" in way:
            way = way.replace(f"{{{kind}}}", dice.choice(banks[kind]), 1)
    return agree(way)


def _stammers(title: str) -> bool:
    words = [word[:4] for word in words_of(title) if len(word) > 3]
    return len(words) != len(set(words))
