"""What one song may say: one world, one mood, and one choice for each slot, spelt out and measured."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from noktvrn.words.bank import ROLES, TAIL_KINDS, Piece, World, mood, piece, spell
from noktvrn.words.tokens import words_of


@dataclass(frozen=True, slots=True)
class Palette:
    """The pieces of one song. `image` is the picture it keeps coming back to."""

    world: str
    mood: str
    image: str
    clauses: Mapping[str, tuple[Piece, ...]]
    tails: Mapping[str, tuple[Piece, ...]]


def mix(place: World, feeling: World, wish: str, dice: random.Random, *, common: bool = True) -> Palette:
    """The palette of a world in a mood; slots that share a word with `wish` (a title) win.

    `common` adds the short clauses and tails that fit any song and fill a metre.
    """
    slots = {name: _pick(options, wish, dice) for name, options in sorted(place.slots.items())}
    sources = (place, feeling, mood("common")) if common else (place, feeling)
    return Palette(
        world=place.id,
        mood=feeling.id,
        image=slots["image"],
        clauses={role: _spelt(((s.clauses[role]) for s in sources), slots) for role in ROLES},
        tails={
            kind: _spelt((((text, kind) for text in s.tails[kind]) for s in sources), slots)
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


def _pick(options: tuple[str, ...], wish: str, dice: random.Random) -> str:
    wanted = set(words_of(wish)) - {"the", "a", "of", "in", "on", "my", "and"}
    shared = [option for option in options if wanted & set(words_of(option))]
    return dice.choice(shared or list(options))


def _spelt(groups: Iterable[Iterable[tuple[str, str]]], slots: Mapping[str, str]) -> tuple[Piece, ...]:
    return tuple(
        piece(said, takes, text) for group in groups for text, takes in group for said in spell(text, slots)
    )
