"""The file as a sheet: bytes in, a heading and numbered lines out.

Every physical line is read on its own, so a stray quote can spoil its own line and no other, and the
line number in a message is the one an editor shows. Line breaks inside a cell are therefore refused.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from noktvrn.audience.cells import bad_cell
from noktvrn.audience.columns import METRICS, REQUIRED, canonical
from noktvrn.kernel.errors import Invalid

LARGEST_FILE = 20 * 1024 * 1024
MOST_ROWS = 200_000
LONGEST_LINE = 4096
DELIMITERS = (",", ";", "\t")
SEE_FORMAT = "docs/figures.md describes the format and has an example."

_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A decoded table. `heading` is canonical; `lines` are the lines below it with their numbers (from 2)."""

    delimiter: str
    heading: tuple[str, ...]
    heading_line: int
    lines: tuple[tuple[int, str], ...]


def open_sheet(source: BinaryIO, name: str) -> Sheet:
    """The sheet in a binary stream.

    Raises:
        Invalid: not text in UTF-8, empty, over a limit, or its heading lacks a needed column.
    """
    lines = [(number, line) for number, line in _numbered(_decode(source, name)) if not _is_blank(line)]
    if not lines:
        raise Invalid(f"{name} is empty.", code="figures.empty", hint=SEE_FORMAT)
    if len(lines) - 1 > MOST_ROWS:
        raise Invalid(
            f"{name} has {len(lines) - 1} rows; {MOST_ROWS} is the most.",
            code="figures.too_many_rows",
            hint="Split the file, for example by month.",
        )
    (number, first), *rest = lines
    delimiter, heading = _read_heading(first, name)
    return Sheet(delimiter, heading, number, tuple(rest))


def split_line(line: str, delimiter: str) -> list[str]:
    """The cells of one line.

    Raises:
        Invalid: it is too long, or its quotes do not close.
    """
    if len(line.encode()) > LONGEST_LINE:
        raise bad_cell(
            f"The line is longer than {LONGEST_LINE} bytes.", "A row holds ids, days and counts only."
        )
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        raise bad_cell("The quotes of this line do not close.", "Keep each row on one line.") from None


def _decode(source: BinaryIO, name: str) -> str:
    data = source.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise Invalid(
            f"{name} is larger than {LARGEST_FILE // 1024**2} MB.",
            code="figures.too_large",
            hint="Split the file, for example by month.",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _not_text(name, f"line {line}") from None
    if "\0" in text:
        raise _not_text(name, f"line {text.count(chr(10), 0, text.index(chr(0))) + 1}")
    return text


def _not_text(name: str, place: str) -> Invalid:
    return Invalid(
        f"{name} is not text in UTF-8 ({place}).",
        code="figures.not_text",
        hint="Save it as CSV UTF-8; a spreadsheet file (.xlsx, .ods) has to be exported first.",
    )


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    return enumerate(_BREAK.split(text), start=1)


def _is_blank(line: str) -> bool:
    return not line.strip(" \t,;")


def _read_heading(line: str, name: str) -> tuple[str, tuple[str, ...]]:
    """The delimiter under which the heading makes most sense, and the headings."""
    try:
        readings = [(mark, tuple(map(canonical, split_line(line, mark)))) for mark in DELIMITERS]
    except Invalid as bad:
        raise Invalid(
            f"{name} has no heading: {bad.message}", code="figures.no_heading", hint=bad.hint
        ) from None
    delimiter, heading = max(readings, key=lambda reading: _sense(reading[1]))
    _check_heading(heading, name)
    return delimiter, heading


def _sense(heading: Sequence[str]) -> int:
    return len({*REQUIRED, *METRICS} & set(heading))


def _check_heading(heading: tuple[str, ...], name: str) -> None:
    missing = [column for column in REQUIRED if column not in heading]
    if missing:
        raise Invalid(
            f"{name} has no column {', '.join(missing)}.", code="figures.missing_column", hint=SEE_FORMAT
        )
    twice = sorted({column for column in heading if column and heading.count(column) > 1})
    if twice:
        raise Invalid(
            f"{name} has the column {', '.join(twice)} twice.",
            code="figures.double_column",
            hint="Keep one of them.",
        )
    if not set(METRICS) & set(heading):
        raise Invalid(
            f"{name} has no column with a count.",
            code="figures.no_counts",
            hint=f"Give at least one of {', '.join(METRICS)}.",
        )
