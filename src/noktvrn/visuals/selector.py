"""Which footage a song's film needs: what to look for in libraries, what to tell a camera, and how much.

The words come from the table of footage (rows by genre family and mood), the word for the song's speed, and
the artist's look; the same artist's next song is looked for in another order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import ceil

from noktvrn.kernel.seeds import dice
from noktvrn.model.film import FilmKind
from noktvrn.model.look import VisualIdentity
from noktvrn.model.sound import Timeline
from noktvrn.reference.tables import FootageRow

ROWS = 3
"""How many rows of the table one film mixes: more worlds than that fall apart."""
CLIP_S = 9.0
"""Seconds of film one clip is to serve."""
FEWEST, MOST = 4, 14
CAMERA_SHOTS: dict[FilmKind, int] = {"video": 4, "teaser": 2}
"""Shots ordered from a camera, which cost money each: the rest of the film is drawn."""
LONGEST_QUERY = 100
EXTREME = ("very_slow", "fast", "furious")
"""Speeds that a search is told of; of others there is no footage by that name."""
_ANY = "any"
CALM, LOUD = 0.4, 0.7


@dataclass(frozen=True, slots=True)
class Song:
    """What of a song and its artist the choice goes by. `family` and `moods` are ids of the tables, the most
    telling mood first; `pace` is the table's word for its speed and `pace_id` that row."""

    family: str
    moods: Sequence[str]
    pace: str
    pace_id: str
    timeline: Timeline
    look: VisualIdentity


@dataclass(frozen=True, slots=True)
class FootagePlan:
    """`queries` are asked in order until `clips` are found; `last_resort` when nothing else answers.
    `descriptions` are for a camera, one for each shot."""

    kind: FilmKind
    queries: tuple[str, ...]
    last_resort: tuple[str, ...]
    descriptions: tuple[str, ...]
    clips: int

    @property
    def tall(self) -> bool:
        """Whether clips for a phone's screen are wanted."""
        return self.kind == "teaser"


def plan_footage(
    table: Mapping[str, FootageRow], song: Song, *, kind: FilmKind, duration_s: float, seed: int
) -> FootagePlan:
    """What to look for, for a film of `duration_s` seconds."""
    rows = _fitting(table, song, seed)
    last_resort = [query for row in table.values() if _ANY in row.families for query in row.queries]
    return FootagePlan(
        kind=kind,
        queries=tuple(dict.fromkeys(_queries(rows, song, seed))),
        last_resort=tuple(last_resort),
        descriptions=tuple(_descriptions(rows, song, CAMERA_SHOTS[kind], seed)),
        clips=min(MOST, max(FEWEST, ceil(duration_s / CLIP_S))),
    )


def _fitting(table: Mapping[str, FootageRow], song: Song, seed: int) -> list[FootageRow]:
    """The rows that suit the song, best first; of equals the seed decides."""
    luck = {name: dice(seed, "footage row", name).random() for name in table}
    scored = [(_score(row, song), luck[row.id], row) for row in table.values() if _ANY not in row.families]
    best = sorted((found for found in scored if found[0] > 0), key=lambda found: (-found[0], found[1]))
    return [row for _, _, row in best[:ROWS]]


def _score(row: FootageRow, song: Song) -> float:
    """The family counts as much as the first mood; moods count less from one to the next."""
    moods = sum(1.0 / (1 + place) for place, mood in enumerate(song.moods) if mood in row.moods)
    return moods + (1.0 if song.family in row.families else 0.0)


def _queries(rows: Sequence[FootageRow], song: Song, seed: int) -> Iterator[str]:
    """The rows' searches in turn, each row's begun at another place for another song. Where the song's speed
    is out of the common, every other search says so."""
    turned = [_turned(row.queries, dice(seed, "queries", row.id).randrange(len(row.queries))) for row in rows]
    mixed = [query for layer in zip_longest(*turned) for query in layer if query]
    for place, query in enumerate(mixed):
        paced = place % 2 and song.pace_id in EXTREME and song.pace not in query
        yield (f"{query} {song.pace}" if paced else query)[:LONGEST_QUERY]


def _turned(words: Sequence[str], places: int) -> list[str]:
    return [*words[places:], *words[:places]]


def _descriptions(rows: Sequence[FootageRow], song: Song, count: int, seed: int) -> Iterator[str]:
    """What a camera is told: subject and motion of a row, the look, the energy of a part of the song.

    The parts are those that last longest, so that their shots are seen.
    """
    parts = sorted(song.timeline.sections, key=lambda part: (part.start_s - part.end_s, part.start_s))
    energies = [part.energy for part in parts] or [0.5]
    subjects = list(_queries(rows, song, seed)) or ["abstract light in a dark room"]
    look = ", ".join(song.look.keywords[:4])
    for number in range(count):
        row = rows[number % len(rows)] if rows else None
        told = [
            subjects[number % len(subjects)],
            look,
            f"{row.motion}, {row.palette}" if row else "",
            _energy(energies[number % len(energies)]),
            f"colours from {song.look.ramp[1]} over {song.look.ramp[2]} to {song.look.ramp[4]}",
            "cinematic, one continuous shot, no text, no lettering, no logos, no faces in close-up",
        ]
        yield ". ".join(part for part in told if part)


def _energy(energy: float) -> str:
    if energy < CALM:
        return "still and slow, little moves"
    return "fast and restless, strong light" if energy > LOUD else "steady motion"
