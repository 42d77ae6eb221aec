"""What one song may say: one world, one mood, and one choice for each slot, spelt out and measured."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from noktvrn.words.bank import ROLES, TAIL_KINDS, Piece, World, agree, mood, piece, spell
from noktvrn.words.english import by_several
from noktvrn.words.english import filled as filled_english
from noktvrn.words.spanish.agreement import Speech, filled
from noktvrn.words.tokens import words_of
from noktvrn.words.voice import PLAIN, Voice

NOUNS = 6
"""How many pictures one song turns on."""

GUESTS = 2
"""How many of them come from the other worlds of its artist: what runs through all its songs."""

_TURNS = re.compile(r"\{[NUn]\}")
Spelling = Callable[[str, str], tuple[str, ...]]
"""A piece and its role (or kind of tail) to every way it can be said."""


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """The pieces of one song. `image` is the picture it keeps coming back to."""

    world: str
    mood: str
    image: str
    language: str
    voice: Voice
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
    speak = _spanish if place.language == "es" else _english
    image, spelling = speak(place, wish, dice, voice)
    return Palette(
        world=place.id,
        mood=feeling.id,
        image=image,
        language=place.language,
        voice=voice,
        clauses={
            role: _spelt((_known(s, role, voice) for s in sources), spelling, role, place.language)
            for role in ROLES
        },
        tails={
            kind: _spelt(
                (((text, kind) for text in s.tails[kind]) for s in sources), spelling, kind, place.language
            )
            for kind in TAIL_KINDS
        },
    )


def _known(bank: World, role: str, voice: Voice) -> Iterator[tuple[str, str]]:
    """The clauses of a role in an artist's vocabulary; calls, and what takes a tail or noun, are all's."""
    for text, takes in bank.clauses[role]:
        if role == "vow" or takes or not bank.keywords or _TURNS.search(text) or voice.knows(text):
            yield text, takes


def closest(banks: Iterable[World], text: str, *hints: str) -> World | None:
    """The bank whose keywords `text` touches most, the hints deciding between equals; None if none does."""
    ranked = [(_touch(bank, text), sum(_touch(bank, hint) for hint in hints), bank) for bank in banks]
    best = max(((first, second) for first, second, _ in ranked), default=(0, 0))
    return next((bank for first, second, bank in ranked if (first, second) == best and any(best)), None)


def _touch(bank: World, text: str) -> int:
    return sum(word in bank.keywords or word.removesuffix("s") in bank.keywords for word in words_of(text))


def _english(place: World, wish: str, dice: random.Random, voice: Voice) -> tuple[str, Spelling]:
    slots = {name: _pick(options, wish, dice) for name, options in sorted(place.slots.items())}
    nouns = [noun.partition("/") for noun in _nouns(place, wish, dice, voice)]

    def spelling(text: str, role: str) -> tuple[str, ...]:
        # What a chorus calls out is said by each of them: "hold on to me".
        said = by_several(text) if voice.plural and role != "vow" else text
        if not _TURNS.search(said):
            return spell(said, slots)
        return tuple(agree(filled_english(said, noun, plural=mark == "s")) for noun, _, mark in nouns)

    return slots["image"], spelling


def _spanish(place: World, wish: str, dice: random.Random, voice: Voice) -> tuple[str, Spelling]:
    nouns = _nouns(place, wish, dice, voice)
    speech = Speech("nosotros" if voice.plural else "yo", past=voice.past)

    def spelling(text: str, role: str) -> tuple[str, ...]:
        del role
        return tuple(filled(text, noun, speech) for noun in (nouns if _TURNS.search(text) else nouns[:1]))

    return nouns[0].partition("/")[0], spelling


def _nouns(place: World, wish: str, dice: random.Random, voice: Voice) -> tuple[str, ...]:
    """The song's nouns: the title's, the artist's own, others, and guests from the artist's other worlds."""
    wanted = set(words_of(wish))
    named = [noun for noun in place.nouns if wanted & {word for word in words_of(noun) if len(word) > 3}]
    own = [noun for noun in voice.motifs if noun in place.nouns]
    drawn = dice.sample(place.nouns, len(place.nouns))
    guests = guests_of(place, voice)
    here = tuple(dict.fromkeys([*named, *own, *drawn]))
    return here[: NOUNS - len(guests)] + guests


def guests_of(place: World, voice: Voice) -> tuple[str, ...]:
    """The pictures of an artist's other worlds that stand in a song of this one."""
    return tuple(noun for noun in voice.motifs if noun not in place.nouns)[:GUESTS]


def _pick(options: tuple[str, ...], wish: str, dice: random.Random) -> str:
    wanted = set(words_of(wish)) - {"the", "a", "of", "in", "on", "my", "and"}
    shared = [option for option in options if wanted & set(words_of(option))]
    return dice.choice(shared or list(options))


def _spelt(
    groups: Iterable[Iterable[tuple[str, str]]], spelling: Spelling, role: str, language: str
) -> tuple[Piece, ...]:
    return tuple(
        piece(said, takes, text, language)
        for group in groups
        for text, takes in group
        for said in spelling(text, role)
    )
