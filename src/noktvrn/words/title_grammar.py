"""Titles from a world's words: ten ways to name a song, never the same way twice in a row.

`phrases` are whole titles somebody wrote; the other ways only combine words that make an image together.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from noktvrn.words.bank import World, agree
from noktvrn.words.spanish.agreement import filled
from noktvrn.words.titling import title_case
from noktvrn.words.tokens import words_of

PATTERNS: tuple[tuple[str, ...], ...] = (
    ("{phrases}",),
    ("{acts}",),
    ("{phrases}",),
    ("{adjectives} {plurals}",),
    ("{phrases}", "{acts}"),
    ("under {places}", "beyond {places}", "back to {places}", "leaving {places}", "letters from {places}"),
    ("the {adjectives} {nouns}", "{nouns}"),
    ("{plurals} and {mass}", "all my {plurals}", "no more {plurals}"),
    ("{phrases}",),
    ("song for the {nouns}", "what the {nouns} knows"),
)


SPANISH_PATTERNS: tuple[tuple[str, ...], ...] = (
    ("{phrases}",),
    ("{acts}",),
    ("{N} {adjectives}", "{n} {adjectives}"),
    ("{phrases}",),
    (
        "bajo {places}",
        "de vuelta a {places}",
        "cartas desde {places}",
        "lejos de {places}",
        "rumbo a {places}",
    ),
    ("{n} de {mass}", "sin {n}"),
    ("{phrases}", "{acts}"),
    ("canción para {N}", "lo que {V:saber} {N}", "{M:la vida} y {N}"),
)


def titles(
    place: World,
    feeling: World,
    dice: random.Random,
    allowed: Sequence[str] = (),
    guests: Sequence[str] = (),
) -> Iterator[str]:
    """Titles without end, all ways of naming in turn; two in a row share no word that carries meaning.

    `guests` are nouns of other worlds, as `World.nouns` spells them.
    """
    banks = {kind: words + feeling.titles.get(kind, ()) for kind, words in place.titles.items()}
    for kind, own in (("nouns", _single(guests)), ("plurals", _several(guests))):
        banks[kind] = banks.get(kind, ()) + own
    patterns = _allowed(SPANISH_PATTERNS if place.language == "es" else PATTERNS, allowed)
    before: set[str] = set()
    while True:
        for ways in dice.sample(patterns, len(patterns)):
            title = _fill(dice.choice(ways), banks, dice)
            if place.language == "es":
                title = filled(title, dice.choice((*place.nouns, *guests)))
            words = {word for word in words_of(title) if len(word) > 3}
            if words & before or _stammers(title):
                continue
            before = words
            yield title_case(title, place.language)


def _single(nouns: Sequence[str]) -> tuple[str, ...]:
    return tuple(noun for noun in nouns if not noun.endswith("/s"))


def _several(nouns: Sequence[str]) -> tuple[str, ...]:
    return tuple(noun.removesuffix("/s") for noun in nouns if noun.endswith("/s"))


def _allowed(patterns: tuple[tuple[str, ...], ...], parts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The patterns whose every way uses one of `parts`; all where none is named."""
    kept = tuple(ways for ways in patterns if all(any(part in way for part in parts) for way in ways))
    return kept or patterns


def _fill(way: str, banks: Mapping[str, tuple[str, ...]], dice: random.Random) -> str:
    for kind in banks:
        while f"{{{kind}}}" in way:
            way = way.replace(f"{{{kind}}}", dice.choice(banks[kind]), 1)
    return agree(way)


def _stammers(title: str) -> bool:
    words = [word[:4] for word in words_of(title) if len(word) > 3]
    return len(words) != len(set(words))
