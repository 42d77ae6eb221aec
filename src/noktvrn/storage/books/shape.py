"""The tables of a ledger as they are in a database, and how their values are spelt outside of it.

JSON keeps its very text: whoever reads it again gets the same digest. Times are ISO 8601 in UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from noktvrn.kernel.errors import Fault
from noktvrn.storage.tables import metadata

LEFT_OUT = ("executors",)
"""Tables that tell of living processes: nothing of another machine's is true here."""

REVISION = "alembic_version"


def names() -> tuple[str, ...]:
    """The ledger's tables, in a fixed order."""
    return tuple(sorted(set(metadata.tables) - set(LEFT_OUT)))


def shape(connection: sa.Connection, wanted: tuple[str, ...]) -> dict[str, sa.Table]:
    """Those of the wanted tables that a database has, by name, as they are there."""
    there = sa.inspect(connection).get_multi_columns(filter_names=list(wanted))
    # Whether the database takes text for JSON only when told so, and times with their zone.
    info = {"typed": connection.dialect.name == "postgresql"}
    found = {
        name: sa.Table(name, sa.MetaData(), *(sa.Column(one["name"], one["type"]) for one in told), info=info)
        for (_, name), told in there.items()
    }
    return {name: found[name] for name in wanted if name in found}


def columns(table: sa.Table) -> tuple[str, ...]:
    """The names of its columns, in the order of the alphabet: databases differ in theirs."""
    return tuple(sorted(column.name for column in table.c))


def told(table: sa.Table) -> sa.Select[Any]:
    """Every row of a table, JSON as its text."""
    return sa.select(*(_shown(table.c[name]) for name in columns(table)))


def taken(table: sa.Table) -> sa.Insert:
    """Takes rows of plain values, JSON as its text, by column name."""
    return table.insert().values({column.name: _bound(column) for column in table.c})


def speller(table: sa.Table) -> Callable[[Any], list[Any]]:
    """Makes a row of `told` a list of JSON values."""
    spell = [_spell(table.c[name]) for name in columns(table)]
    return lambda row: [one(value) for one, value in zip(spell, row, strict=True)]


def reader(table: sa.Table, written: tuple[str, ...]) -> Callable[[list[Any]], dict[str, Any]]:
    """Makes a list of `speller` values for `taken`. Raises Fault where the table has other columns."""
    if written != columns(table):
        raise Fault(
            f"The table {table.name} has other columns than the one that was written out.",
            code="backup.columns",
            hint="Restore it with the noktvrn it was made with.",
        )
    read = [_read(table.c[name]) for name in written]
    return lambda row: {name: one(value) for name, one, value in zip(written, read, row, strict=True)}


def _shown(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(column, sa.Text).label(column.name) if _is_json(column) else column


def _bound(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    if not _is_json(column):
        return sa.bindparam(column.name, type_=column.type)
    text = sa.bindparam(column.name, type_=sa.Text())
    return sa.cast(text, sa.JSON) if column.table.info["typed"] else text


def _is_json(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.JSON)


def _spell(column: sa.Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, sa.DateTime):
        return _time
    if isinstance(column.type, sa.Date):
        return lambda value: value.isoformat() if value is not None else None
    if isinstance(column.type, sa.Float):
        return lambda value: float(value) if value is not None else None
    _known(column)
    return _same


def _read(column: sa.Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, sa.DateTime):
        aware = column.table.info["typed"]
        return lambda value: _moment(value, aware=aware)
    if isinstance(column.type, sa.Date):
        return lambda value: date.fromisoformat(value) if value is not None else None
    return _same


def _same(value: Any) -> Any:
    return value


def _known(column: sa.Column[Any]) -> None:
    kinds = (sa.String, sa.Integer, sa.Boolean, sa.JSON)
    if not isinstance(column.type, kinds):
        raise Fault(f"{column.table.name}.{column.name} is a {column.type}, which no backup knows.")


def _time(value: datetime | None) -> str | None:
    if value is None:
        return None
    moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")


def _moment(value: str | None, *, aware: bool) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(value)
    return moment if aware else moment.replace(tzinfo=None)
