"""A record: several songs by one arc, in one order, released as one EP or album."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from noktvrn.model.noun import Noun

RecordKind = Literal["ep", "album"]
Role = Literal["opener", "lead", "path", "turn", "peak", "closer"]

SONGS: dict[RecordKind, tuple[int, int]] = {"ep": (3, 6), "album": (7, 14)}
"""The fewest and the most songs of each kind: up to six songs in under half an hour are an EP to stores, more
are an album (store rule 61)."""

USUAL_SONGS: dict[RecordKind, int] = {"ep": 4, "album": 10}
"""How many there are where nobody said."""

LONGEST_S: dict[RecordKind, int] = {"ep": 29 * 60, "album": 74 * 60}
"""How long the songs of a record last together at most: an EP stays one, an album fits its oldest carrier."""


class SongPlace(Noun):
    """What the arc of a record asks of one of its songs.

    `level_lu` is how much louder than the record as a whole it is mastered: a quiet song stays a quiet one.
    """

    role: Role
    energy: float = Field(ge=0, le=1)
    tempo_bpm: int = Field(ge=40, le=220)
    tonic: int = Field(ge=0, le=11, description="pitch class, 0 is C")
    mode: str
    opening: tuple[int, ...] = Field(description="how the tune begins: the record's motif, as moves in steps")
    cell: str = Field(default="", description="the motif's rhythm, x and - per 16th")
    images: tuple[str, ...] = Field(default=(), description="pictures the words of the record share")
    level_lu: float = Field(default=0.0, ge=-6.0, le=3.0)
    theme: str
    mood: str
    duration_s: int = Field(ge=30, le=720)
    title: str = ""


class RecordArc(Noun):
    """The songs of a record in their order, and what they share. `motif` is its own way to begin a tune."""

    kind: RecordKind
    title: str = ""
    theme: str
    images: tuple[str, ...] = ()
    motif: tuple[int, ...]
    songs: tuple[SongPlace, ...] = Field(min_length=3, max_length=14)

    @property
    def lead(self) -> int:
        """The number (from 1) of the song that stands for the record: it gets the film."""
        return next(place for place, song in enumerate(self.songs, start=1) if song.role == "lead")
