"""Reads one table file into checked rows; a broken file gives one error with its line, field and a hint."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from noktvrn.kernel.errors import Invalid
from noktvrn.reference.tables import Row

R = TypeVar("R", bound=Row)

MAX_BYTES = 1_000_000
MAX_ROWS = 2_000


def read_rows(path: Path, heading: str, kind: type[R]) -> tuple[R, ...]:
    """The rows `[[heading]]` of the TOML file at `path`, in file order.

    Raises:
        Invalid: no such file, too large, not TOML, no rows, a broken row, or an id used twice.
    """
    text = _text(path)
    raw = _rows(path, text, heading)
    rows = tuple(_row(path, text, heading, kind, place, data) for place, data in enumerate(raw))
    _check_unique(path, text, heading, rows)
    return rows


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _broken(path, f"is larger than {MAX_BYTES} bytes", "Keep a table under one megabyte.")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _broken(path, "is not UTF-8 text", "Save the table as UTF-8.") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _broken(path, f"cannot be read: {reason}", "Check the path and its rights.") from error


def _rows(path: Path, text: str, heading: str) -> list[dict[str, Any]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, f"is not TOML: {error}", "Mend the line named and try again.") from error
    rows = data.get(heading)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise _broken(path, f"has no [[{heading}]] rows", f"Each row begins with [[{heading}]].")
    if unknown := sorted(set(data) - {heading}):
        raise _broken(
            path, f"has a key {unknown[0]!r} outside the rows", f"Only [[{heading}]] rows belong here."
        )
    if len(rows) > MAX_ROWS:
        raise _broken(path, f"has {len(rows)} rows, more than {MAX_ROWS}", "Split or shorten the table.")
    return rows


def _row(path: Path, text: str, heading: str, kind: type[R], place: int, data: dict[str, Any]) -> R:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        line = _line_of(text, heading, place, field)
        name = ".".join(str(part) for part in first["loc"]) or heading
        reason = first["msg"].removeprefix("Value error, ")
        raise _broken(
            path,
            f"line {line}, field {name!r} of row {data.get('id', place + 1)!r}: {reason}",
            f"Compare the row with the built-in {heading} table.",
        ) from error


def _check_unique(path: Path, text: str, heading: str, rows: tuple[R, ...]) -> None:
    seen: set[str] = set()
    for place, row in enumerate(rows):
        if row.id in seen:
            line = _line_of(text, heading, place, "id")
            raise _broken(
                path, f"line {line}, field 'id': {row.id!r} is used twice", "Ids name one row each."
            )
        seen.add(row.id)


def _line_of(text: str, heading: str, place: int, field: str) -> int:
    """The line (from 1) of `field` in row `place`; the row's heading where the field is missing."""
    start = re.compile(rf"\s*\[\[\s*{re.escape(heading)}\s*\]\]")
    lines = text.splitlines()
    heads = [number for number, line in enumerate(lines, 1) if start.match(line)]
    if place >= len(heads):
        return 1
    end = heads[place + 1] if place + 1 < len(heads) else len(lines) + 1
    key = re.compile(rf"""\s*["']?{re.escape(field)}["']?\s*=""")
    inside = (number for number in range(heads[place], end) if key.match(lines[number - 1]))
    return next(inside, heads[place])


def _broken(path: Path, what: str, hint: str) -> Invalid:
    return Invalid(f"{path} {what}.", code="reference.broken", hint=hint)
