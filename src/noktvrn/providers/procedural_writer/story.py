"""Writes the texts of an artist in its narrator's voice: biography, past, persona, and what engines read."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from noktvrn.kernel.seeds import dice
from noktvrn.providers.procedural_writer.casting import Casting
from noktvrn.providers.procedural_writer.cues import DATA
from noktvrn.providers.procedural_writer.grammar import fill, is_plural
from noktvrn.providers.procedural_writer.naming import Name
from noktvrn.providers.procedural_writer.narrator import PAST, Narrator
from noktvrn.providers.procedural_writer.reading import Reading
from noktvrn.providers.procedural_writer.world import World, character_id, crowds, pick, stock
from noktvrn.reference import VisualStyle

NOTES = 3
PROMPTED = 0.7
"""How much likelier each slot the prompt filled makes a template."""
_PIECES = frozenset({"ai", "singing", "own_work", "clean_film", "clean_art", "film"})
_PEOPLE = frozenset({"role", "who"})
_SLOT = re.compile(r"\{(\w+)\}")
_ADJECTIVAL = frozenset({"electronic", "orchestral", "cinematic", "neoclassical", "choral"})
_ACRONYMS = frozenset({"IDM", "UK"})
_PRONOUNS = {
    "it": {"they": "it", "them": "it", "their": "its"},
    "she": {"they": "she", "them": "her", "their": "her"},
    "he": {"they": "he", "them": "him", "their": "his"},
    "they": {"they": "they", "them": "them", "their": "their"},
}
_ONE = {"s": "s", "es": "es", "is": "is", "has": "has", "does": "does", "was": "was"}
_MANY = {"s": "", "es": "", "is": "are", "has": "have", "does": "do", "was": "were"}
FIRST_PERSON = (
    {"i": "I", "am": "am", "my": "my", "me": "me", "myself": "myself"},
    {"i": "we", "am": "are", "my": "our", "me": "us", "myself": "ourselves"},
)
"""The first person of one and of several."""
_COUNTED = ("theme1", "theme2", "theme3", "instr1", "instr2", "instr3", "thing", "thing2", "who", "refusal")
_COUNTED_TOO = ("image1", "image2", "crowd1", "crowd2")
_YOUNGEST, _OLDEST = 14, 70


class Story:
    """The texts of one artist. Equal arguments give equal texts."""

    def __init__(
        self,
        seed: int,
        name: Name,
        casting: Casting,
        narrator: Narrator,
        world: World,
        *,
        themes: Sequence[str],
        instruments: Sequence[str],
        reading: Reading,
        look: VisualStyle,
    ) -> None:
        self._seed = seed
        self._narrator = narrator
        self._kinds = _kinds(name, reading)
        self.voiceless = reading.instrumental
        self._own = world.own
        self.slots = {
            **_name_slots(name, reading.pronoun),
            **_music_slots(casting, themes, instruments, seed),
            **_look_slots(look, dice(seed, "look words")),
            **_people_slots(casting, reading, seed),
            **world.slots(seed),
        }
        chance = dice(seed, "rule")
        self.slots["rule"] = _small(fill(self.slots["rule"], self.slots, chance))
        self.plurals = _plurals(self.slots, name)

    def told(self, part: str) -> str:
        """A sentence or two by the narrator: a part of its file."""
        return self._write(self._narrator.lines[part], "narrator", part)

    def described(self, part: str) -> str:
        """A text every narrator shares: a list of `descriptions.toml`."""
        return self._write(_texts()[part], "shared", part)

    def biography(self) -> str:
        """Two paragraphs in one of the narrator's orders; always says that the artist is virtual."""
        layout = dice(self._seed, "biography").choice(self._narrator.layouts)
        paragraphs = (part.split() for part in layout.split("|"))
        return "\n\n".join(" ".join(self._part(part) for part in parts) for parts in paragraphs)

    def _part(self, part: str) -> str:
        return self.told(part if part in self._narrator.lines else "theme")

    def backstory(self) -> str:
        """The invented past, with a sentence that says it is invented."""
        return " ".join(self.told(part) for part in PAST)

    def notes(self) -> tuple[str, ...]:
        """Stylist's notes, and one that says how the artist is disclosed."""
        chance = dice(self._seed, "notes")
        lines = [*chance.sample(_texts()["notes"], NOTES), chance.choice(_texts()["disclosure"])]
        return tuple(self._fill(line, chance) for line in lines)

    def _write(self, templates: Sequence[str], *label: str) -> str:
        """One of the templates: one that has room for the people of the prompt, and rather for its things."""
        chance = dice(self._seed, *label)
        asked = self._own & _PEOPLE
        due = [text for text in templates if asked.intersection(_SLOT.findall(text))] or templates
        weights = [1 + PROMPTED * len(self._own.intersection(_SLOT.findall(text))) for text in due]
        return self._fill(chance.choices(due, weights)[0], chance)

    def _fill(self, template: str, chance: random.Random) -> str:
        asked = {name.lower().removeprefix("a_") for name in _SLOT.findall(template)}
        pieces = {key: self._piece(key, chance) for key in sorted(asked.intersection(_PIECES))}
        return fill(template, {**self.slots, **pieces}, chance, self.plurals)

    def _piece(self, key: str, chance: random.Random) -> str:
        """A phrase drawn anew for each text: what the artist is called, the terms under which it works."""
        name = {"ai": self._kinds, "singing": "singing_none" if self.voiceless else "singing"}.get(key, key)
        return fill(chance.choice(_texts()["pieces"][name]), self.slots, chance, sentences=False)


def _kinds(name: Name, reading: Reading) -> str:
    """The list of `descriptions.toml` with what an artist may be called: no singer where nobody sings."""
    if name.plural:
        return "ai_band"
    return "ai_instrumental" if reading.instrumental else "ai"


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _plurals(slots: Mapping[str, str], name: Name) -> frozenset[str]:
    """The slots whose verbs are plural."""
    many = {key for key in (*_COUNTED, *_COUNTED_TOO) if is_plural(slots[key])}
    many |= {f"the_{key}" for key in ("thing", "who") if key in many}
    return frozenset({*many, "both", *(("name", "i") if name.plural else ())})


def _name_slots(name: Name, pronoun: str) -> dict[str, str]:
    possessive = f"{name.text}'" if name.text.endswith("s") else f"{name.text}'s"
    return {
        "name": name.text,
        "names": possessive,
        **_PRONOUNS["they" if name.plural else pronoun],
        **(_MANY if name.plural else _ONE),
        **FIRST_PERSON[name.plural],
    }


def _music_slots(
    casting: Casting, themes: Sequence[str], instruments: Sequence[str], seed: int
) -> dict[str, str]:
    chance = dice(seed, "music words")
    genre = casting.genre
    kind = genre_noun(genre.name)
    moods = [mood.id for mood in casting.moods if mood.id not in kind.split()] or [casting.moods[0].id]
    slots = {
        "genre": f"{kind} music" if kind.split()[-1] in _ADJECTIVAL else kind,
        "subgenre": chance.choice(genre.subgenres),
        "low": str(casting.tempo.low),
        "high": str(casting.tempo.high),
        "mode": chance.choice(genre.modes),
        "era": chance.choice(genre.influences) if genre.influences else f"the early years of {kind}",
    }
    for place in range(3):
        slots[f"mood{place + 1}"] = moods[place % len(moods)]
        slots[f"theme{place + 1}"] = themes[place % len(themes)]
        slots[f"instr{place + 1}"] = instruments[place % len(instruments)]
    return slots


def genre_noun(name: str) -> str:
    """A genre's name inside a sentence: lower case, acronyms kept."""
    return " ".join(word if word in _ACRONYMS else word.lower() for word in name.split())


def _look_slots(look: VisualStyle, chance: random.Random) -> dict[str, str]:
    keywords = chance.sample(list(look.keywords), len(look.keywords))
    materials = look.materials or ("paper",)
    return {
        "look": keywords[0],
        "look1": keywords[0],
        "look2": keywords[-1],
        "light": _trimmed(look.light, chance),
        "motion": _trimmed(look.motion, chance),
        "material": chance.choice(materials),
    }


def _trimmed(text: str, chance: random.Random) -> str:
    """A phrase, half the time without what hangs on it: `one hard rim light`, `slow push-in`."""
    head = re.split(r",| (?=behind|through|from|with|across|over|on|at|of)\b", text, maxsplit=1)[0]
    return chance.choice((text, head)) if len(head.split()) > 1 else text


def _people_slots(casting: Casting, reading: Reading, seed: int) -> dict[str, str]:
    chance = dice(seed, "people")
    pace = "wild" if casting.style.energy > 0.62 else "calm" if casting.style.energy < 0.35 else "middle"
    traits = _adjectives(casting, chance)
    names = crowds(casting.genre.family)
    first, second = chance.sample(list(names), 2)
    youngest = chance.randint(_YOUNGEST, 34)
    character = character_id(casting)
    register, voice = _voice(casting, reading, chance)
    return {
        "trait1": traits[0],
        "trait2": traits[1],
        "tone": casting.moods[0].tone,
        "crowd1": first,
        "crowd2": second,
        "age1": str(youngest),
        "age2": str(min(_OLDEST, youngest + chance.randint(12, 34))),
        "use": pick(stock("uses"), character, chance),
        "moment": pick(stock("moments"), character, chance),
        "register": register,
        "voice": voice,
        "manner": chance.choice(stock("voices")["manners"][pace]),
    }


def _adjectives(casting: Casting, chance: random.Random) -> tuple[str, str]:
    """Two traits that can stand behind "is"."""
    traits = list(dict.fromkeys(trait for mood in casting.moods for trait in mood.traits))
    single = [trait for trait in traits if " " not in trait]
    first, second = chance.sample(single if len(single) > 1 else ["private", "steady", *single], 2)
    return first, second


def _voice(casting: Casting, reading: Reading, chance: random.Random) -> tuple[str, str]:
    """The register and the voice: what the prompt wishes for goes first, the rest suits the style."""
    if reading.instrumental:
        return _register(casting), "none: instrumental"
    said = " ".join(reading.manner)
    register = next((one for one, words in _SAYS_REGISTER.items() if words & set(said.split())), None)
    register = register or _register(casting)
    voice = chance.choice(stock("voices")[reading.voice][register])
    own = [manner for manner in reading.manner if manner not in voice]
    return register, ", ".join([*own[:3], voice])


_SAYS_REGISTER = {
    "low": {"low", "deep", "baritone", "contralto", "gravelly", "smoky"},
    "high": {"high", "falsetto", "soprano"},
}


def _register(casting: Casting) -> str:
    if casting.style.brightness < 0.36:
        return "low"
    return "high" if casting.style.brightness > 0.64 else "middle"


def calls(posting: str, slots: dict[str, str], chance: random.Random) -> tuple[str, ...]:
    """Three invitations in the persona's manner. None asks for numbers."""
    lines = stock("calls")
    chosen = [*chance.sample(lines[posting], 2), chance.choice(lines["theme"])]
    return tuple(fill(line, slots, chance) for line in chosen)


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((DATA / "descriptions.toml").read_text("utf-8"))
