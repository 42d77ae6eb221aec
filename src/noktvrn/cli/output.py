"""How results are shown: a table for people, `--json` for one document, `--jsonl` for one per line."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

FINDINGS = 1
"""Exit code of a command that finished, with findings."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command puts its data."""

    as_json: bool
    as_lines: bool

    @property
    def for_people(self) -> bool:
        """Whether a person reads it."""
        return not (self.as_json or self.as_lines)

    def one(self, data: Mapping[str, Any], people: Callable[[], None]) -> None:
        """One thing."""
        if self.for_people:
            people()
        else:
            click.echo(_json(data, indent=None if self.as_lines else 2))

    def many(self, rows: Sequence[Mapping[str, Any]], people: Callable[[], None]) -> None:
        """A list of things."""
        if self.as_lines:
            for row in rows:
                click.echo(_json(row))
        elif self.as_json:
            click.echo(_json(list(rows), indent=2))
        else:
            people()


def with_output(command: F) -> F:
    """Adds `--json` and `--jsonl` and hands the command an `out`."""

    @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
    @click.option("--jsonl", "as_lines", is_flag=True, help="One JSON object per line on stdout.")
    @functools.wraps(command)
    def wrapped(*args: Any, as_json: bool, as_lines: bool, **kwargs: Any) -> Any:
        return command(*args, out=Output(as_json, as_lines), **kwargs)

    return wrapped  # type: ignore[return-value]


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A plain table, as wide as its cells."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(headings), *cells]) for i in range(len(headings))]
    for line in [[heading.upper() for heading in headings], *cells]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def pairs(rows: Iterable[tuple[str, object]]) -> None:
    """Name and value, one pair a line."""
    known = [(name, str(value)) for name, value in rows]
    width = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        click.echo(f"  {name.ljust(width)}  {value}")


def note(text: str) -> None:
    """A line for the person, on stderr."""
    click.echo(text, err=True)


def _json(data: object, indent: int | None = None) -> str:
    return json.dumps(data, indent=indent, ensure_ascii=False, default=str)
