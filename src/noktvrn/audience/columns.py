"""The columns of the neutral figures table. docs/figures.md is this table in prose; a test compares them."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum


class Kind(Enum):
    """How a cell is read."""

    TEXT = "text"
    DAY = "date"
    COUNT = "whole number"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table."""

    name: str
    kind: Kind
    about: str


COLUMNS = (
    Column("release", Kind.TEXT, "the release: its id, ISRC or UPC"),
    Column("platform", Kind.TEXT, "where it was heard, for example `spotify`"),
    Column("period_start", Kind.DAY, "first day of the period"),
    Column("period_end", Kind.DAY, "last day of the period, that day included"),
    Column("impressions", Kind.COUNT, "how often it was offered to somebody"),
    Column("streams", Kind.COUNT, "how often it was started and counted"),
    Column("listeners", Kind.COUNT, "how many different people streamed it"),
    Column("completions", Kind.COUNT, "how many streams were heard to the end"),
    Column("skips", Kind.COUNT, "how many streams were skipped"),
    Column("saves", Kind.COUNT, "how often it was saved to a library or playlist"),
    Column("likes", Kind.COUNT, "how often it was liked"),
    Column("shares", Kind.COUNT, "how often it was passed on"),
    Column("views", Kind.COUNT, "how often a film of it was watched"),
)
REQUIRED = tuple(column.name for column in COLUMNS if column.kind is not Kind.COUNT)
METRICS = tuple(column.name for column in COLUMNS if column.kind is Kind.COUNT)
_NAMES = REQUIRED + METRICS


def canonical(heading: str) -> str:
    """A heading as the table spells it: case and spaces do not matter."""
    return "_".join(heading.strip().lower().split())


def suggestion(heading: str) -> str:
    """The column that `heading` is probably a misspelling of, or an empty string."""
    return next(iter(get_close_matches(canonical(heading), _NAMES, n=1, cutoff=0.75)), "")
