"""Coins stage names: several name grammars over sound palettes and word stores, by mood and genre family."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from noktvrn.kernel.seeds import dice
from noktvrn.providers.procedural_writer.cues import DATA

TRIES = 60
_AWKWARD = re.compile(
    r"[aeiouy]{3}|[^aeiouy\W]{4}|(.)\1\1|^[^aeiouy]{3}|uu|ii|yy|[aeiou]y[^aeiou]|(..)\2", re.IGNORECASE
)
_VOWELS = re.compile(r"[aeiouy]+")
_LOUD_FAMILIES = frozenset({"techno", "bass", "hip_hop", "metal"})


@dataclass(frozen=True, slots=True)
class Character:
    """A sound palette for coined names and a store of words for pairs."""

    id: str
    moods: frozenset[str]
    onsets: tuple[str, ...]
    vowels: tuple[str, ...]
    codas: tuple[str, ...]
    endings: tuple[str, ...]
    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A stage name. `plural` for bands ("The Quiet Engines"), so that verbs agree."""

    text: str
    plural: bool = False


def coin(seed: int, *, family: str, moods: Sequence[str], avoid: Collection[str] = ()) -> Name:
    """A stage name for a family and moods (strongest first), not in `avoid` (compared without case).

    The same arguments give the same name. When every try is taken, a numeral tells the last one apart.
    """
    taken = {name.casefold() for name in avoid}
    for attempt in range(TRIES):
        chance = dice(seed, "name", attempt)
        name = _draw(chance, family, moods)
        if name.text.casefold() not in taken and 3 <= len(name.text) <= 32:
            return name
    return Name(f"{name.text} {_numeral(taken, name.text)}", name.plural)


def _numeral(taken: Collection[str], name: str) -> str:
    numerals = ("II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "XI", "XII")
    return next((roman for roman in numerals if f"{name} {roman}".casefold() not in taken), "XIII")


def _draw(chance: random.Random, family: str, moods: Sequence[str]) -> Name:
    character = _character(chance, moods)
    shapes = _data()["shapes"]
    weights: dict[str, float] = shapes.get(family, shapes["any"])
    shape = chance.choices(list(weights), list(weights.values()))[0]
    name = _SHAPES[shape](chance, character)
    loud = shape == "coined" and family in _LOUD_FAMILIES and chance.random() < 0.5
    return Name(name.upper() if loud else name, plural=shape == "band")


def _character(chance: random.Random, moods: Sequence[str]) -> Character:
    """Mostly the character of the first mood, sometimes that of a later one."""
    known = [character for mood in moods for character in characters() if mood in character.moods]
    if not known:
        return chance.choice(characters())
    return chance.choices(known, [0.6**place for place in range(len(known))])[0]


def _coined(chance: random.Random, character: Character) -> str:
    """Two or three syllables that can be said aloud."""
    from noktvrn.words.names import first_names  # with its keys it is the largest import of the room

    for _ in range(TRIES):
        word = "".join(_syllable(chance, character) for _ in range(chance.choice((1, 2))))
        word = _joined(word, chance.choice(character.endings))
        if 5 <= len(word) <= 10 and not _AWKWARD.search(word) and word not in first_names():
            break
    return word.capitalize()


def _syllable(chance: random.Random, character: Character) -> str:
    return chance.choice(character.onsets) + chance.choice(character.vowels) + chance.choice(character.codas)


def _joined(word: str, ending: str) -> str:
    """`word` and `ending` without two vowels in a row at the seam."""
    return (word.rstrip("aeiouy") if word[-1] in "aeiouy" and ending[0] in "aeiouy" else word) + ending


def _pair(chance: random.Random, character: Character) -> str:
    """`Pale Harbour`, `Lantern Province`: the first word often, but not always, an adjective."""
    firsts = character.adjectives if chance.random() < 0.6 else character.nouns
    seconds = character.nouns if chance.random() < 0.7 else chance.choice(characters()).nouns
    return _apart(chance, firsts, seconds)


def _apart(chance: random.Random, firsts: Sequence[str], seconds: Sequence[str]) -> str:
    first = chance.choice(firsts)
    return f"{first} {chance.choice([word for word in seconds if word != first])}"


def _compound(chance: random.Random, character: Character) -> str:
    """Two short words in one: `Ashveil`, `Glasstide`."""
    return chance.choice(_compounds(character))


@cache
def _compounds(character: Character) -> tuple[str, ...]:
    """Every compound; long or two-beat heads would read as a typing error."""
    words = (*character.adjectives, *character.nouns)
    heads = [word for word in words if _beats(word) == 1 and len(word) <= 6]
    tails = [noun.lower() for noun in character.nouns if _beats(noun) <= 2]
    return tuple(head + tail for head in heads for tail in tails if _fits(head, tail))


def _fits(head: str, tail: str) -> bool:
    return tail != head.lower() and tail[0] != head[-1] and len(head) + len(tail) <= 10 and "-" not in tail


def _beats(word: str) -> int:
    """Spoken syllables, roughly: groups of vowels without a silent final e."""
    return len(_VOWELS.findall(word.lower().removesuffix("e"))) or 1


def _coined_noun(chance: random.Random, character: Character) -> str:
    return f"{_coined(chance, character)} {chance.choice(character.nouns)}"


def _band(chance: random.Random, character: Character) -> str:
    """`The Quiet Engines`, `The Lantern Wolves`, `The Orvane Sirens`."""
    kind = chance.random()
    if kind > 0.7:
        first, second = _coined(chance, character), chance.choice(character.nouns)
    else:
        firsts = character.adjectives if kind < 0.45 else character.nouns
        first, second = _apart(chance, firsts, character.nouns).split(" ", 1)
    return f"The {first} {_plural(second)}"


def _plural(noun: str) -> str:
    if noun.endswith("s") and not noun.endswith("ss"):
        return noun if noun == "Sirens" else noun + "es"
    if noun.endswith(("ss", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return {"Wolf": "Wolves", "Postman": "Postmen"}.get(noun, noun + "s")


def _person(chance: random.Random, character: Character) -> str:
    people = _data()["people"]
    given = _joined(chance.choice(people["first"]), chance.choice(people["last"]))
    family = chance.choice(people["surnames"]) if chance.random() < 0.75 else _coined(chance, character)
    return f"{given} {family}"


_SHAPES: dict[str, Callable[[random.Random, Character], str]] = {
    "coined": _coined,
    "pair": _pair,
    "compound": _compound,
    "coined_noun": _coined_noun,
    "band": _band,
    "person": _person,
}


@cache
def characters() -> tuple[Character, ...]:
    """Every character of `names.toml`."""
    return tuple(_build(row) for row in _data()["character"])


def _build(row: dict[str, Any]) -> Character:
    lists = {key: tuple(value) for key, value in row.items() if key not in {"id", "moods"}}
    return Character(id=row["id"], moods=frozenset(row["moods"]), **lists)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((DATA / "names.toml").read_text("utf-8"))
