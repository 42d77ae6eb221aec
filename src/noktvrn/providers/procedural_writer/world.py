"""The small invented world of one artist: a place, an hour, a few things and people that keep coming back.

What the prompt names comes first; the rest is drawn from scenes that suit the artist's character.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from noktvrn.kernel.seeds import dice
from noktvrn.providers.procedural_writer.casting import Casting
from noktvrn.providers.procedural_writer.cues import DATA, Cue, lexicon
from noktvrn.providers.procedural_writer.echoes import Echo, Echoes
from noktvrn.providers.procedural_writer.naming import characters
from noktvrn.providers.procedural_writer.reading import Reading

_HEAD = re.compile(
    r"^(?:an?|the) (.+?)(?= (?:of|in|on|at|with|without|over|under|above|before|after|between|turned|used"
    r"|nobody|that|which|who|painted|hung|shaped|closed for|beside|behind|by|to|from|reached|made|bought"
    r"|signed|taken|tuned|looking|out|full|on her|selling|running|loaded|addressed|if|half)\b|$)"
)
OWN_IMAGE = 0.6
"""How often a story opens on an image of the prompt's own scene: always would make its artists alike."""
_COUNTS = ("three", "four", "five", "seven", "nine", "eleven", "twelve", "fourteen", "nineteen", "forty")
_ORDINALS = ("second", "third", "fourth", "seventh", "ninth", "eleventh", "twelfth", "thirtieth")


@dataclass(frozen=True, slots=True)
class World:
    """The nouns a story turns on; `lead` is the preposition of the place."""

    place: str
    lead: str
    hour: str
    thing: str
    thing2: str
    role: str
    who: str
    image1: str
    image2: str
    habit: str
    rule: str
    refusal: str
    own: frozenset[str] = frozenset()
    """The slots the prompt itself filled."""

    def slots(self, seed: int) -> dict[str, str]:
        """The world as slots of the text grammar."""
        chance = dice(seed, "numbers")
        names = ("place", "thing", "who")
        heads = {f"the_{name}": definite(getattr(self, name)) for name in names}
        nouns = {f"{name}_noun": heads[f"the_{name}"].removeprefix("the ") for name in names}
        own = {name: getattr(self, name) for name in self.__slots__ if name not in {"lead", "own"}}
        return {
            **own,
            **heads,
            **nouns,
            "in_place": f"{self.lead} {self.place}",
            "in_the_place": f"{self.lead} {heads['the_place']}",
            "count": chance.choice(_COUNTS),
            "count_number": str(chance.randint(3, 400)),
            "ordinal": chance.choice(_ORDINALS),
        }


def imagine(casting: Casting, reading: Reading, seed: int) -> World:
    """The world of the artist cast with `seed`."""
    chance = dice(seed, "world")
    own, character = reading.echoes, character_id(casting)
    scenes, stock = _read("scenes"), _read("world")
    place, lead = _place(own, pick(scenes["places"], character, chance), chance)
    things = _shuffled([echo.phrase for echo in own.of("thing")], chance)
    things += chance.sample([*scenes["things"].get(character, ()), *scenes["things"]["any"]], 2)
    images = _images(casting, reading.cues, chance)
    role = _role(own) or pick(stock["roles"], character, chance)
    who = _visitor(own, chance) or chance.choice(stock["visitors"]["any"])
    used = "|".join((place, role, who, *things[:2]))
    left = [phrase for phrase in _singular(own) if phrase not in used]
    return World(
        place=place,
        lead=lead,
        hour=chance.choice(own.times) if own.times else pick(scenes["hours"], character, chance),
        thing=things[0],
        thing2=things[1],
        role=role,
        who=who,
        image1=images[0],
        image2=chance.choice(left) if left else images[1],
        habit=pick(stock["habits"], character, chance),
        rule=chance.choice(stock["rules"]),
        refusal=chance.choice(reading.refusals.phrases or stock["refusals"]),
        own=_filled(reading),
    )


def _filled(reading: Reading) -> frozenset[str]:
    own = reading.echoes
    kinds = {
        "place": own.of("place", "city"),
        "thing": own.of("thing"),
        "who": own.of("other"),
        "role": _role(own),
        "hour": own.times,
        "refusal": reading.refusals.phrases,
        "image2": _singular(own),
    }
    slots = {name for name, found in kinds.items() if found}
    return frozenset({*slots, *(f"the_{name}" for name in slots), *(f"in_{name}" for name in slots)})


def _place(own: Echoes, scene: str, chance: random.Random) -> tuple[str, str]:
    """Where it happens, with the preposition that leads there; a town the prompt names goes with it."""
    named = [echo for echo in own.of("place") if not echo.plural]
    towns = own.of("city")
    town = f" in {towns[0].noun}" if towns else ""
    if not named:
        return f"{scene}{town}", "in"
    echo = chance.choice(named[:3])
    return f"{_placed(echo)}{town}", echo.lead


def _singular(own: Echoes) -> list[str]:
    """Single things, places and people the prompt names."""
    found = own.of("thing", "place", "role", "other")
    return [_placed(echo) for echo in found if not echo.plural and " in " not in echo.bare]


def _placed(echo: Echo) -> str:
    """A place one stands by is the only one of its kind: the sea."""
    return f"the {echo.bare}" if echo.kind == "place" and echo.lead == "by" else echo.phrase


def _role(own: Echoes) -> str:
    return next((echo.phrase for echo in own.of("role") if not echo.plural), "")


def _visitor(own: Echoes, chance: random.Random) -> str:
    single = [echo for echo in own.of("role") if not echo.plural]
    others = [*own.of("other"), *(echo for echo in own.of("role") if echo.plural), *single[1:]]
    return chance.choice(others).phrase if others else ""


def matters(own: Echoes, world: World) -> tuple[str, ...]:
    """What of the prompt could be sung about: its subjects, its matter, and what found no place elsewhere."""
    used = f"{world.place} {world.thing} {world.thing2} {world.role} {world.who} {world.image2}"
    left = [_placed(echo) for echo in own.of("thing", "place", "role", "other") if echo.bare not in used]
    left = [phrase for phrase in left if not phrase.startswith(("a ", "an "))] or left[:1]
    stuff = [echo.bare for echo in own.of("stuff") if not _within(echo, own.themes)]
    return tuple(dict.fromkeys([*own.themes, *stuff, *left]))


def _within(echo: Echo, themes: Sequence[str]) -> bool:
    return any(echo.noun in theme for theme in themes)


def definite(phrase: str) -> str:
    """The second mention of a noun phrase: `a chapel used as a coal store` is `the chapel`."""
    found = _HEAD.match(phrase)
    return f"the {found.group(1)}" if found else f"the {phrase}"


def _images(casting: Casting, cues: Sequence[Cue], chance: random.Random) -> list[str]:
    """Images the prompt called up come first; others are taken from cues of a like mood."""
    moods = {mood.id for mood in casting.moods}
    own = [cue.image for cue in cues if cue.image]
    others = list(dict.fromkeys(cue.image for cue in lexicon() if cue.image not in own))
    kin = {cue.image for cue in lexicon() if len(moods & set(cue.moods)) >= 2}
    near = [image for image in others if image in kin]
    first = chance.sample(own, min(1, len(own))) if chance.random() < OWN_IMAGE else []
    return first + chance.sample(near if len(near) > 5 else others, 2)


def _shuffled(items: Sequence[str], chance: random.Random) -> list[str]:
    return chance.sample(list(items), len(items))


def pick(scenes: Mapping[str, Sequence[str]], character: str, chance: random.Random) -> str:
    """A scene that suits a character; what suits everybody comes up less often."""
    pool = scenes.get(character, ())
    return str(chance.choice([*pool, *pool, *scenes["any"]]))


def character_id(casting: Casting) -> str:
    """The character of `names.toml` the artist's first mood belongs to."""
    first = casting.moods[0].id
    return next((character.id for character in characters() if first in character.moods), "any")


def crowds(family: str) -> tuple[str, ...]:
    """Who listens to a family of genres, as plural nouns."""
    found = _read("world")["crowds"]
    return tuple(found.get(family, ())) or tuple(found["any"])


def stock(name: str) -> Any:
    """A table of `scenes.toml`."""
    return _read("scenes")[name]


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))
