"""Who tells an artist's story: ten voices, each with its own sentences, order of telling and manners.

An artist keeps its narrator through biography, backstory, persona and captions.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from noktvrn.providers.procedural_writer.cues import DATA

PARTS = ("open", "origin", "sound", "theme", "habit", "close")
PAST = ("setting", "event", "turn", "mark")
_SUITS, _SUITS_LATER = 3.0, 1.0


@dataclass(frozen=True, slots=True)
class Narrator:
    """One voice. `lines` holds the templates of each part, `layouts` the orders of a biography."""

    id: str
    moods: frozenset[str]
    tones: tuple[str, ...]
    layouts: tuple[str, ...]
    lines: Mapping[str, tuple[str, ...]]


def choose(moods: Sequence[str], chance: random.Random) -> Narrator:
    """A narrator for an artist's moods, strongest first; any may come up, those that suit more often."""
    cast = narrators()
    return chance.choices(cast, [_weight(narrator, moods) for narrator in cast])[0]


def _weight(narrator: Narrator, moods: Sequence[str]) -> float:
    later = sum(mood in narrator.moods for mood in moods[1:])
    return 1.0 + _SUITS * (moods[0] in narrator.moods) + _SUITS_LATER * later


def heard_in(tone: str) -> Narrator | None:
    """The narrator whose manner a persona's tone names; None for an artist told by somebody else."""
    return next((one for one in narrators() if any(manner in tone for manner in one.tones)), None)


@cache
def narrators() -> tuple[Narrator, ...]:
    """Every narrator of `data/narrators`, by name."""
    return tuple(_read(path.stem) for path in sorted((DATA / "narrators").glob("*.toml")))


def _read(name: str) -> Narrator:
    raw = tomllib.loads((DATA / "narrators" / f"{name}.toml").read_text("utf-8"))
    return Narrator(
        id=name,
        moods=frozenset(raw["moods"]),
        tones=tuple(raw["tones"]),
        layouts=tuple(raw["layouts"]),
        lines={key: tuple(rows) for key, rows in raw.items() if key not in {"moods", "tones", "layouts"}},
    )
