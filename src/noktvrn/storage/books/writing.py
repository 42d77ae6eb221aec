"""Writes a ledger out, reads one in, and copies one into another."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from noktvrn.kernel.errors import Fault
from noktvrn.storage.books import shape
from noktvrn.storage.books.tally import AT_ONCE, Counter, Tally, differences, line_of, stream, tallies
from noktvrn.storage.ledger import events


def write(connection: sa.Connection, folder: Path) -> dict[str, Tally]:
    """Writes every table into `folder`, one compressed file of JSON lines each, and tallies it. The
    transaction must see one moment. Raises OSError where the disk takes no more."""
    folder.mkdir(parents=True, exist_ok=True)
    return {
        name: _write(connection, table, file_of(folder, name))
        for name, table in shape.shape(connection, shape.names()).items()
    }


def read(connection: sa.Connection, folder: Path, wanted: Mapping[str, Tally]) -> None:
    """Reads tables that were written out into empty ones, in the caller's transaction, and compares.

    Raises:
        Fault: a file is damaged, or the ledger does not hold the same rows afterwards.
    """
    tables = shape.shape(connection, tuple(wanted))
    for name, tally in wanted.items():
        if name not in tables:
            raise Fault(f"This ledger has no table {name}.", code="backup.no_table")
        rows = _lines(file_of(folder, name))
        _take(connection, tables[name], tally.columns, rows)
    _check(wanted, tallies(connection, tuple(wanted)))
    if "events" in wanted:  # older ledgers have none; another server's transactions mean nothing here
        events.settle(connection)


def copy(source: sa.Connection, target: sa.Connection) -> dict[str, Tally]:
    """Copies every row of one ledger into an empty one of the same revision, in the transactions of the
    caller, and compares. Raises Fault as `read` does."""
    before = shape.shape(source, shape.names())
    there = shape.shape(target, shape.names())
    for name, table in before.items():
        spell = shape.speller(table)
        _take(target, there[name], shape.columns(table), (spell(row) for row in stream(source, table)))
    wanted = tallies(source, shape.names())
    _check(wanted, tallies(target, shape.names()))
    events.settle(target)
    return wanted


def check_written(folder: Path, wanted: Mapping[str, Tally]) -> None:
    """Reads what was written once more, and compares. Raises Fault where it differs."""
    found = {}
    for name, tally in wanted.items():
        counter = Counter()
        for row in _lines(file_of(folder, name)):
            counter.add(line_of(row))
        found[name] = counter.tally(tally.columns)
    _check(wanted, found)


def is_empty(connection: sa.Connection) -> bool:
    """Whether no table of a ledger here has a row."""
    tables = shape.shape(connection, shape.names()).values()
    one = sa.select(sa.literal(1)).limit(1)
    return all(connection.execute(one.select_from(table)).first() is None for table in tables)


def file_of(folder: Path, table: str) -> Path:
    """Where a table is written."""
    return folder / f"{table}.jsonl.gz"


def _write(connection: sa.Connection, table: sa.Table, path: Path) -> Tally:
    counter, spell = Counter(), shape.speller(table)
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=5) as file:
        for row in stream(connection, table):
            line = line_of(spell(row))
            counter.add(line)
            file.write(line + "\n")
    return counter.tally(shape.columns(table))


def _lines(path: Path) -> Iterator[list[Any]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, EOFError, ValueError) as error:
        raise Fault(
            f"{path.name} of the backup cannot be read: {error}.",
            code="backup.damaged",
            hint="Restore from another backup.",
        ) from error


def _take(
    connection: sa.Connection, table: sa.Table, columns: tuple[str, ...], rows: Iterable[list[Any]]
) -> None:
    taken, read_ = shape.taken(table), shape.reader(table, columns)
    waiting = iter(rows)
    while some := [read_(row) for row in itertools.islice(waiting, AT_ONCE)]:
        connection.execute(taken, some)


def _check(wanted: Mapping[str, Tally], found: Mapping[str, Tally]) -> None:
    said = differences(dict(wanted), dict(found))
    if said:
        raise Fault(
            f"The ledger is not what it was copied from: {said[0]}.",
            code="backup.differs",
            hint="Nothing was kept of it. Try again, or with another backup.",
        )
