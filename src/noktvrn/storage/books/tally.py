"""How many rows, and which: a figure that two ledgers share only when they hold the same rows.

The order of rows does not count, because databases sort text differently: the figure is the sum of the rows'
SHA-256, modulo 2^256.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from pydantic import Field

from noktvrn.model.asset import Sha256
from noktvrn.model.noun import Noun
from noktvrn.storage.books import shape

AT_ONCE = 500
"""Rows on their way at once."""
_ALL = 1 << 256


class Tally(Noun):
    """Columns and rows of one table, and the sum of the rows' hashes."""

    columns: tuple[str, ...]
    rows: int = Field(ge=0)
    total: Sha256


class Counter:
    """Counts lines."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, line: str) -> None:
        """One row."""
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")) % _ALL

    def tally(self, columns: tuple[str, ...]) -> Tally:
        """What was counted."""
        return Tally(columns=columns, rows=self.rows, total=f"{self._sum:064x}")


def line_of(row: list[Any]) -> str:
    """A row as one line of JSON."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def tallies(connection: sa.Connection, wanted: tuple[str, ...]) -> dict[str, Tally]:
    """Counts every row of the wanted tables that are there. The transaction must see one moment."""
    return {name: _tally(connection, table) for name, table in shape.shape(connection, wanted).items()}


def _tally(connection: sa.Connection, table: sa.Table) -> Tally:
    counter, spell = Counter(), shape.speller(table)
    for row in stream(connection, table):
        counter.add(line_of(spell(row)))
    return counter.tally(shape.columns(table))


def stream(connection: sa.Connection, table: sa.Table) -> sa.CursorResult[Any]:
    """The rows of a table, never many in memory."""
    return connection.execute(shape.told(table), execution_options={"yield_per": AT_ONCE})


def differences(wanted: dict[str, Tally], found: dict[str, Tally]) -> tuple[str, ...]:
    """How two ledgers differ, a sentence each; none when they are the same."""
    said = []
    for name in sorted(wanted):
        before, now = wanted[name], found.get(name)
        if now is None:
            said.append(f"the table {name} is missing")
        elif now.rows != before.rows:
            said.append(f"{name} has {now.rows} rows and not {before.rows}")
        elif now != before:
            said.append(f"rows of {name} differ")
    return tuple(said)
