"""All tables together, checked against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from noktvrn.kernel.errors import Invalid, NotFound
from noktvrn.reference.tables import (
    Arc,
    Effect,
    FootageRow,
    Genre,
    Mood,
    Row,
    Tempo,
    Trend,
    VisualStyle,
)
from noktvrn.reference.toml_rows import read_rows
from noktvrn.settings import Settings

R = TypeVar("R", bound=Row)

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Reference:
    """Every table by id, in file order. Read-only."""

    genres: Mapping[str, Genre]
    moods: Mapping[str, Mood]
    tempi: Mapping[str, Tempo]
    visual_styles: Mapping[str, VisualStyle]
    footage: Mapping[str, FootageRow]
    effects: Mapping[str, Effect]
    trends: Mapping[str, Trend]
    arcs: Mapping[str, Arc]

    @property
    def families(self) -> tuple[str, ...]:
        """The genre families, in the order of the table."""
        return tuple(dict.fromkeys(genre.family for genre in self.genres.values()))

    def genre(self, genre_id: str) -> Genre:
        """The genre of this id.

        Raises:
            NotFound: the table has no such row, perhaps because it was replaced.
        """
        if genre_id not in self.genres:
            raise NotFound(
                f"No genre {genre_id!r} in the genre table.",
                code="genre.not_found",
                hint="Add the row to the table named by GENRES_DB_PATH, or unset that variable.",
            )
        return self.genres[genre_id]

    def tempo_word(self, bpm: float) -> Tempo:
        """The row of tempi.toml whose range holds `bpm` (the nearest one where none does)."""
        return min(
            self.tempi.values(), key=lambda tempo: max(tempo.range[0] - bpm, bpm - tempo.range[1], 0.0)
        )


def load(settings: Settings) -> Reference:
    """The tables: the built-in ones, each replaced by the file its `*_DB_PATH` setting names.

    Raises:
        Invalid: a file is broken; the message names file, line and field, the hint says what to do.
    """
    return _load(
        settings.genres_db_path or HERE / "genres.toml",
        settings.moods_db_path or HERE / "moods.toml",
        settings.tempi_db_path or HERE / "tempi.toml",
        settings.visual_styles_db_path or HERE / "visual_styles.toml",
        settings.footage_db_path or HERE / "footage.toml",
        settings.effects_db_path or HERE / "effects.toml",
        settings.trends_db_path or HERE / "trends.toml",
    )


@lru_cache(maxsize=8)
def _load(
    genres: Path, moods: Path, tempi: Path, looks: Path, footage: Path, effects: Path, trends: Path
) -> Reference:
    reference = Reference(
        genres=_table(genres, "genre", Genre),
        moods=_table(moods, "mood", Mood),
        tempi=_table(tempi, "tempo", Tempo),
        visual_styles=_table(looks, "visual_style", VisualStyle),
        footage=_table(footage, "footage", FootageRow),
        effects=_table(effects, "effect", Effect),
        trends=_table(trends, "trend", Trend),
        arcs=_table(HERE / "arcs.toml", "arc", Arc),
    )
    _check_links(reference, {"genre": genres, "mood": moods, "visual style": looks})
    return reference


def _table(path: Path, heading: str, kind: type[R]) -> Mapping[str, R]:
    return MappingProxyType({row.id: row for row in read_rows(path, heading, kind)})


def _check_links(reference: Reference, files: Mapping[str, Path]) -> None:
    """Moods and looks that a genre or a mood names must exist, or the writer would choose nothing."""
    for noun, field, row_id, targets, table in _links(reference):
        if missing := [target for target in targets if target not in table]:
            raise Invalid(
                f"{files[noun]} row {row_id!r}, field {field!r} names {missing[0]!r}, which no table has.",
                code="reference.broken",
                hint="Correct the name, or add the missing row to the table it belongs to.",
            )


def _links(reference: Reference) -> Iterator[tuple[str, str, str, Iterable[str], Mapping[str, Row]]]:
    for genre in reference.genres.values():
        yield "genre", "moods", genre.id, genre.moods, reference.moods
        yield "genre", "looks", genre.id, genre.looks, reference.visual_styles
    for mood in reference.moods.values():
        yield "mood", "near", mood.id, mood.near, reference.moods
    for look in reference.visual_styles.values():
        yield "visual style", "moods", look.id, look.moods, reference.moods
