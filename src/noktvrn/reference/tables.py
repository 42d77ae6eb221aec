"""Rows of the reference tables. Each class is one row; the TOML files explain the columns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from noktvrn.model.noun import Noun

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=40)]
Label = Annotated[str, Field(min_length=1, max_length=120)]
Labels = Annotated[tuple[Label, ...], Field(max_length=60)]
Some = Annotated[tuple[Label, ...], Field(min_length=1, max_length=60)]
Unit = Annotated[float, Field(ge=0.0, le=1.0)]
Signed = Annotated[float, Field(ge=-1.0, le=1.0)]
Bpm = Annotated[int, Field(ge=40, le=220)]
Mode = Literal["major", "minor", "dorian", "phrygian", "lydian", "mixolydian"]

STYLES = Path(__file__).parents[1] / "sound" / "styles"
"""The embedded engine's styles, one file each: a musician who adds one may name it here at once."""

Axis = Literal["energy", "brightness", "density", "organic", "tension", "space", "groove"]


class Row(Noun):
    """What every row has."""

    id: Id


class GenreAxes(Noun):
    """Where a genre stands on the style axes; the eighth, tempo, follows from the BPM."""

    energy: Unit
    brightness: Unit
    density: Unit
    organic: Unit
    tension: Unit
    space: Unit
    groove: Unit


class Genre(Row):
    """A genre. `tempo` is (low, high) BPM; `style` the embedded engine's style that plays it."""

    name: Label
    family: Id
    aliases: Labels = ()
    tempo: tuple[Bpm, Bpm]
    moods: Annotated[tuple[Id, ...], Field(min_length=2, max_length=12)]
    modes: Annotated[tuple[Mode, ...], Field(min_length=1)]
    style: Id
    exact: bool
    note: str = Field(default="", max_length=200, description="why the nearest style was chosen")
    axes: GenreAxes
    subgenres: Some
    instrumentation: Annotated[tuple[Label, ...], Field(min_length=3, max_length=60)]
    themes: Annotated[tuple[Label, ...], Field(min_length=3, max_length=60)]
    looks: Annotated[tuple[Id, ...], Field(min_length=1, max_length=12)]
    influences: Labels = ()

    @field_validator("style")
    @classmethod
    def _style_is_known(cls, style: str) -> str:
        if not (STYLES / f"{style}.toml").is_file():
            raise ValueError(f"there is no style {style!r}")
        return style

    @model_validator(mode="after")
    def _honest(self) -> Genre:
        if self.tempo[0] > self.tempo[1]:
            raise ValueError("tempo: the low end is above the high end")
        if not self.exact and not self.note:
            raise ValueError("note: exact = false needs a note that says why this style is the nearest")
        return self


class Mood(Row):
    """A mood: the words that name it, where it lies, and what it does to a style and a persona."""

    words: Annotated[tuple[Label, ...], Field(min_length=1, max_length=200)]
    energy: Unit
    valence: Unit
    near: Annotated[tuple[Id, ...], Field(min_length=1, max_length=12)]
    shift: dict[Axis, Signed] = Field(default_factory=dict)
    traits: Some
    tone: Label
    posting: Literal["casual", "professional", "mysterious"]
    engagement: Literal["passive", "moderate", "active"]

    @field_validator("words", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """One string of words, or a list of words and phrases."""
        return tuple(value.split()) if isinstance(value, str) else value


class Tempo(Row):
    """A word for speed. `pace` is -1..1 inside a genre's own tempo range."""

    name: Label
    range: tuple[Bpm, Bpm]
    words: Some
    pace: Signed
    query: Label


class VisualStyle(Row):
    """A look that pictures and films share."""

    name: Label
    keywords: Some
    materials: Labels = ()
    light: Label
    motion: Label
    filters: Labels = ()
    moods: Annotated[tuple[Id, ...], Field(min_length=1)]


class FootageRow(Row):
    """What to ask a stock library for. `families` may be ("any",)."""

    families: Annotated[tuple[Id, ...], Field(min_length=1)]
    moods: tuple[Id, ...] = ()
    queries: Some
    palette: Label
    motion: Label
    rhythm: Label


class Effect(Row):
    """A film effect, with the part of a song's energy range (0..1) in which it may appear."""

    energy: tuple[Unit, Unit]
    on: Literal["beat", "bar", "section", "always"]
    moods: tuple[Id, ...] = ()
    amount: Unit
    description: Label


class Trend(Row):
    """What is asked for, when: `months` 1..12, `weight` 1 is no change. `source` says where it comes from."""

    months: Annotated[tuple[Annotated[int, Field(ge=1, le=12)], ...], Field(min_length=1, max_length=12)]
    families: Annotated[tuple[Id, ...], Field(min_length=1)]
    moods: tuple[Id, ...] = ()
    weight: float = Field(gt=0, le=5)
    source: Label


class Act(Noun):
    """One act of an arc. `share` of the plan's length; `energy` relative to the artist's own."""

    share: float = Field(gt=0, le=1)
    label: Label
    story: Label
    mood: Id
    energy: Signed


class Arc(Row):
    """A story told by releases in order."""

    name: Label
    moods: Annotated[tuple[Id, ...], Field(min_length=1)]
    acts: Annotated[tuple[Act, ...], Field(min_length=2, max_length=12)]

    @model_validator(mode="after")
    def _whole(self) -> Arc:
        if abs(sum(act.share for act in self.acts) - 1.0) > 0.01:
            raise ValueError("acts: the shares do not add up to 1")
        return self
