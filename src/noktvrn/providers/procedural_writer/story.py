"""Writes the press texts of an artist: biography, backstory, descriptions, persona, voice and audience."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from noktvrn.kernel.seeds import dice
from noktvrn.providers.procedural_writer.casting import Casting
from noktvrn.providers.procedural_writer.cues import DATA, Cue, lexicon
from noktvrn.providers.procedural_writer.grammar import fill, is_plural
from noktvrn.providers.procedural_writer.naming import Name, characters
from noktvrn.providers.procedural_writer.reading import Reading
from noktvrn.reference import VisualStyle

_ADJECTIVAL = frozenset({"electronic", "orchestral", "cinematic", "neoclassical", "choral"})
_ACRONYMS = frozenset({"IDM", "UK", "Lo-fi"})
_SUBJECT = re.compile(r"^\{name\}(?= (?:\{is\}|\{has\}|\{does\}|\w+\{e?s\}| began| took| made))")
_OWN = re.compile(r"\{(?:a_)?((?:theme|instr|image)\d|place|hour|thing|count|low|high)\}", re.IGNORECASE)
_OWN_ENOUGH = 3
"""Slots that make a sentence one artist's own even without the name."""
_COUNTS = ("three", "four", "seven", "nine", "eleven", "twelve", "fourteen", "twenty-two", "forty")
_BIOGRAPHY = ("opening", "origin", "sound", "roots", "themes", "character", "closing")
_BACKSTORY = ("setting", "event", "turn", "present", "mark")


class Story:
    """The texts of one artist. Equal arguments give equal texts."""

    def __init__(
        self,
        seed: int,
        name: Name,
        casting: Casting,
        *,
        themes: Sequence[str],
        instruments: Sequence[str],
        reading: Reading,
        look: VisualStyle,
    ) -> None:
        self._seed = seed
        self.slots = {
            **_name_slots(name),
            **_music_slots(casting, themes, instruments, seed),
            **_scene_slots(casting, reading.cues, seed),
            **_look_slots(look),
            **_people_slots(casting, reading.voice, seed),
        }

    def line(self, chapter: str, part: str = "line") -> str:
        """One line of a chapter of `stories.toml`."""
        chance = dice(self._seed, "story", chapter, part)
        return fill(chance.choice(_texts()[chapter][part]), self.slots, chance)

    def biography(self) -> str:
        """Five or six sentences in two paragraphs; always says that the artist is virtual."""
        chance = dice(self._seed, "biography")
        parts = [part for part in _BIOGRAPHY if part != chance.choice(("roots", "character"))]
        middle = parts[1:-1]
        if chance.random() < 0.4:
            middle[1], middle[2] = middle[2], middle[1]
        first = [self.line("biography", parts[0]), *(self._referring(part) for part in middle[:2])]
        rest = [*middle[2:], parts[-1]]
        second = [self.line("biography", rest[0]), *(self._referring(part) for part in rest[1:])]
        return "\n\n".join(" ".join(paragraph) for paragraph in (first, second))

    def _referring(self, part: str) -> str:
        """A sentence of the biography that does not say the name again, unless little else is its own."""
        chance = dice(self._seed, "story", "biography", part)
        template = chance.choice(_texts()["biography"][part])
        if len(set(_OWN.findall(template))) < _OWN_ENOUGH:
            return fill(template, self.slots, chance)
        return fill(referring(template), {**self.slots, **self._reference(chance)}, chance)

    def _reference(self, chance: random.Random) -> dict[str, str]:
        """What stands for the name: a pronoun where it leads the verb, else what the artist is."""
        band = self.slots["is"] == "are"
        kind = "band" if band else chance.choice(("project", "artist", "project"))
        return {
            "name": f"the {kind}",
            "lead": "they" if band else "it",
            "names": "their" if band else "its",
        }

    def backstory(self) -> str:
        """The invented past, with a sentence that says it is invented."""
        return " ".join(self.line("backstory", part) for part in _BACKSTORY)

    def notes(self) -> tuple[str, ...]:
        """Stylist's notes, three of them; the last one is always the disclosure."""
        chance = dice(self._seed, "notes")
        lines = _texts()["notes"]["line"]
        disclosure = next(line for line in lines if "AI persona" in line)
        chosen = chance.sample([line for line in lines if line is not disclosure], 3)
        return tuple(fill(line, self.slots, chance) for line in (*chosen, disclosure))


def referring(template: str) -> str:
    """The template with `{lead}` where the name is the subject of the first verb that agrees with it."""
    return _SUBJECT.sub("{lead}", template, count=1)


def _name_slots(name: Name) -> dict[str, str]:
    possessive = f"{name.text}'" if name.text.endswith("s") else f"{name.text}'s"
    agree = (
        ("", "", "are", "have", "do", "were", "they")
        if name.plural
        else ("s", "es", "is", "has", "does", "was", "it")
    )
    return {
        "name": name.text,
        "names": possessive,
        **dict(zip(("s", "es", "is", "has", "does", "was", "they"), agree, strict=True)),
    }


def _music_slots(
    casting: Casting, themes: Sequence[str], instruments: Sequence[str], seed: int
) -> dict[str, str]:
    chance = dice(seed, "music words")
    genre = casting.genre
    kind = genre_noun(genre.name)
    moods = [mood.id for mood in casting.moods if mood.id not in kind.split()] or [casting.moods[0].id]
    slots = {
        "kind": kind,
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
        slots[f"instr{place + 1}"] = instruments[place]
        slots[f"s_instr{place + 1}"] = "" if is_plural(instruments[place]) else "s"
    slots["s_instr"] = slots["s_instr1"]
    return slots


def genre_noun(name: str) -> str:
    """A genre's name inside a sentence: lower case, acronyms kept."""
    return " ".join(word if word in _ACRONYMS else word.lower() for word in name.split())


def _scene_slots(casting: Casting, cues: Sequence[Cue], seed: int) -> dict[str, str]:
    """Images the prompt called up come first; others are taken from cues of a like mood."""
    chance = dice(seed, "scene")
    scenes = _scenes()
    moods = {mood.id for mood in casting.moods}
    own = [cue.image for cue in cues if cue.image]
    others = [cue.image for cue in lexicon() if cue.image not in own]
    kin = [cue.image for cue in lexicon() if cue.image in others and len(moods & set(cue.moods)) >= 2]
    images = chance.sample(own, min(2, len(own))) + chance.sample(kin if len(kin) > 1 else others, 2)
    character = _character_id(casting)
    return {
        "image1": images[0],
        "image2": images[1],
        "place": _pick(scenes["places"], character, chance),
        "hour": _pick(scenes["hours"], character, chance),
        "thing": _pick(scenes["things"], character, chance),
        "count": chance.choice(_COUNTS),
    }


def _pick(scenes: Mapping[str, Sequence[str]], character: str, chance: random.Random) -> str:
    """A scene that suits a character; what suits everybody comes up less often."""
    pool = scenes.get(character, ())
    return str(chance.choice([*pool, *pool, *scenes["any"]]))


def _character_id(casting: Casting) -> str:
    first = casting.moods[0].id
    return next((character.id for character in characters() if first in character.moods), "any")


def _look_slots(look: VisualStyle) -> dict[str, str]:
    return {
        "look": look.keywords[0],
        "light": look.light,
        "motion": look.motion,
        "keywords": ", ".join(look.keywords),
        "materials": ", ".join(look.materials) or "paper",
        "filters": ", ".join(look.filters) or "none",
    }


def _people_slots(casting: Casting, voice: str, seed: int) -> dict[str, str]:
    chance = dice(seed, "people")
    scenes = _scenes()
    pace = "wild" if casting.style.energy > 0.62 else "calm" if casting.style.energy < 0.35 else "middle"
    crowd = chance.choice(scenes["crowds"].get(casting.genre.family, scenes["crowds"]["any"]))
    traits = list(dict.fromkeys(trait for mood in casting.moods for trait in mood.traits))
    chance.shuffle(traits)
    register, character = _register(casting), _character_id(casting)
    tone = casting.moods[0].tone
    return {
        "trait1": _adjective_first(traits)[0],
        "trait2": _adjective_first(traits)[1],
        "tone": tone,
        "tone_sentence": f"The tone is {tone}",
        "crowd": crowd,
        "crowd_lower": crowd[0].lower() + crowd[1:],
        "use": _pick(scenes["uses"], character, chance),
        "moment": _pick(scenes["moments"], character, chance),
        "register": register,
        "voice": chance.choice(scenes["voices"][voice][register]),
        "manner": chance.choice(scenes["voices"]["manners"][pace]),
        "half": chance.choice(_texts()["voice"]["half"]),
    }


def _adjective_first(traits: Sequence[str]) -> tuple[str, str]:
    """Two traits that can stand behind "is"; the shortest ones are plain adjectives."""
    short = sorted(traits, key=lambda trait: trait.count(" "))
    return short[0], short[1] if len(short) > 1 else short[0]


def _register(casting: Casting) -> str:
    if casting.style.brightness < 0.36:
        return "low"
    return "high" if casting.style.brightness > 0.64 else "middle"


def calls(posting: str, slots: dict[str, str], chance: random.Random) -> tuple[str, ...]:
    """Three invitations in the persona's manner. None asks for numbers."""
    stock = _scenes()["calls"]
    chosen = [*chance.sample(stock[posting], 2), chance.choice(stock["theme"])]
    return tuple(fill(line, slots, chance) for line in chosen)


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((DATA / "stories.toml").read_text("utf-8"))


@cache
def _scenes() -> dict[str, Any]:
    return tomllib.loads((DATA / "scenes.toml").read_text("utf-8"))
