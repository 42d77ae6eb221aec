"""New artists where the roster has shrunk: whose sentence is next, and what it is made from.

The sentences are a person's own, one a line, or genres and moods nobody at work has, genres nobody plays
first. A sentence that has made an artist before is never used again: the artist's id comes from it. One that
came to nothing lately waits until the others have had their turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from noktvrn.kernel.errors import Invalid, LabelError
from noktvrn.kernel.ids import derive
from noktvrn.kernel.seeds import dice, seed_of
from noktvrn.planning.selection import WORKING
from noktvrn.settings import Settings
from noktvrn.storage.ledger import artists, batch, roster
from noktvrn.words.prompt import clean

if TYPE_CHECKING:
    from noktvrn.reference.tables import Genre

TRIED = 50
"""How many cycles back a sentence that came to nothing is remembered."""


def next_prompt(connection: sa.Connection, settings: Settings) -> str:
    """The sentence of the artist this cycle makes; empty where enough are at work, or none is left.

    Raises:
        Invalid: the person's file cannot be read.
    """
    counts = roster.counts(connection)
    if sum(counts[state] for state in WORKING) >= settings.batch_roster:
        return ""
    asked = _own(settings.batch_prompts) if settings.batch_prompts else _open_places(connection, settings)
    tried = {slot.data.get("prompt", "") for slot in batch.latest_slots(connection, limit=TRIED)}
    later = ""
    for prompt in asked:
        if _is_free(connection, prompt):
            if prompt not in tried:
                return prompt
            later = later or prompt
    return later


def _is_free(connection: sa.Connection, prompt: str) -> bool:
    """Whether something can be made of the sentence and nothing was yet."""
    try:
        text = clean(prompt).text
    except LabelError:
        return False
    return not artists.exists(connection, derive("artist", text, seed_of(text)))


def _own(path: Path) -> Iterator[str]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            f"{path} cannot be read: {error}.",
            code="batch.prompts",
            hint="NOKTVRN_BATCH_PROMPTS names a text file: a sentence a line, # begins a comment.",
        ) from None
    return (line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _open_places(connection: sa.Connection, settings: Settings) -> Iterator[str]:
    """Genres with moods of theirs that no artist at work has."""
    from noktvrn.reference import load

    at_work = artists.in_states(connection, WORKING)
    heard = Counter(artist.profile.genre for artist in at_work)
    taken = {(artist.profile.genre, mood) for artist in at_work for mood in artist.profile.moods[:1]}
    luck, genres = dice(0, "recruits"), list(load(settings).genres.values())
    luck.shuffle(genres)
    for genre in sorted(genres, key=lambda genre: heard[genre.id]):
        for mood in genre.moods:
            if (genre.id, mood) not in taken:
                yield _sentence(genre, mood)


def _sentence(genre: Genre, mood: str) -> str:
    theme = dice(0, "recruits", genre.id, mood).choice(genre.themes)
    return f"{mood.replace('_', ' ').capitalize()} {genre.name.lower()} about {theme}"
