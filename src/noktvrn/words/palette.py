"""What one song may say: one world, one mood, and one choice for each slot, spelt out and measured."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from noktvrn.words.bank import ROLES, TAIL_KINDS, Piece, World, mood, piece, spell
from noktvrn.words.spanish.agreement import Speech, filled
from noktvrn.words.tokens import words_of
from noktvrn.words.voice import PLAIN, Voice

NOUNS = 6
"""How many pictures of its world one song turns on."""

Spelling = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Palette:
    """The pieces of one song. `image` is the picture it keeps coming back to."""

    world: str
    mood: str
    image: str
    language: str
    clauses: Mapping[str, tuple[Piece, ...]]
    tails: Mapping[str, tuple[Piece, ...]]

    def sources(self, lines: Iterable[str]) -> frozenset[str]:
        """The entries of the bank whose clauses stand in any of these lines."""
        said = "\n".join(lines).casefold()
        clauses = (piece for pieces in self.clauses.values() for piece in pieces)
        return frozenset(piece.source for piece in clauses if said and piece.text.casefold() in said)


def mix(
    place: World,
    feeling: World,
    wish: str,
    dice: random.Random,
    *,
    common: bool = True,
    voice: Voice = PLAIN,
) -> Palette:
    """The palette of a world in a mood; slots that share a word with `wish` (a title) win.

    `common` adds the short clauses and tails that fit any song and fill a metre. `voice` is who writes.
    """
    sources = (place, feeling, mood("common", place.language)) if common else (place, feeling)
    image, spelling = _spanish(place, wish, dice, voice) if place.nouns else _english(place, wish, dice)
    return Palette(
        world=place.id,
        mood=feeling.id,
        image=image,
        language=place.language,
        clauses={
            role: _spelt((s.clauses[role] for s in sources), spelling, place.language) for role in ROLES
        },
        tails={
            kind: _spelt(
                (((text, kind) for text in s.tails[kind]) for s in sources), spelling, place.language
            )
            for kind in TAIL_KINDS
        },
    )


def closest(banks: Iterable[World], text: str, *hints: str) -> World | None:
    """The bank whose keywords `text` touches most, the hints deciding between equals; None if none does."""
    ranked = [(_touch(bank, text), sum(_touch(bank, hint) for hint in hints), bank) for bank in banks]
    best = max(((first, second) for first, second, _ in ranked), default=(0, 0))
    return next((bank for first, second, bank in ranked if (first, second) == best and any(best)), None)


def _touch(bank: World, text: str) -> int:
    return sum(word in bank.keywords or word.removesuffix("s") in bank.keywords for word in words_of(text))


def _english(place: World, wish: str, dice: random.Random) -> tuple[str, Spelling]:
    slots = {name: _pick(options, wish, dice) for name, options in sorted(place.slots.items())}
    return slots["image"], lambda text: spell(text, slots)


def _spanish(place: World, wish: str, dice: random.Random, voice: Voice) -> tuple[str, Spelling]:
    """The song's nouns, the title's first; a piece that turns on one is said of each."""
    wanted = set(words_of(wish))
    named = [noun for noun in place.nouns if wanted & {word for word in words_of(noun) if len(word) > 3}]
    others = [noun for noun in place.nouns if noun not in named]
    own = [noun for noun in voice.motifs if noun in others]
    drawn = dice.sample(others, len(others))
    nouns = tuple(dict.fromkeys([*named, *own, *drawn]))[:NOUNS]
    speech = Speech("nosotros" if voice.plural else "yo", past=voice.past)

    def spelling(text: str) -> tuple[str, ...]:
        turning = "{N}" in text or "{U}" in text or "{n}" in text
        return tuple(filled(text, noun, speech) for noun in (nouns if turning else nouns[:1]))

    return nouns[0].partition("/")[0], spelling


def _pick(options: tuple[str, ...], wish: str, dice: random.Random) -> str:
    wanted = set(words_of(wish)) - {"the", "a", "of", "in", "on", "my", "and"}
    shared = [option for option in options if wanted & set(words_of(option))]
    return dice.choice(shared or list(options))


def _spelt(
    groups: Iterable[Iterable[tuple[str, str]]], spelling: Spelling, language: str
) -> tuple[Piece, ...]:
    return tuple(
        piece(said, takes, text, language)
        for group in groups
        for text, takes in group
        for said in spelling(text)
    )
