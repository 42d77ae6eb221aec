"""Which files the ledger names: every row of every table is read, so that no new one can be forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from noktvrn.storage.books import shape
from noktvrn.storage.books.tally import stream

HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
NAMES_NO_FILE = ("vault_removals",)
"""Tables that name files that are gone."""

_ASSET = {"sha256", "size", "media_type", "name"}

Left = Callable[[str, dict[str, Any]], frozenset[str]]
"""The hashes a row (table, values by column, JSON as text) shall not count for."""


def named(connection: sa.Connection) -> set[str]:
    """The hash of every file a row holds as an asset of the vault."""
    found: set[str] = set()
    for name, table in shape.shape(connection, shape.names()).items():
        data = [column.name for column in table.c if isinstance(column.type, sa.JSON)]
        if name in NAMES_NO_FILE or not data:
            continue
        for row in stream(connection, table):
            for column in data:
                found.update(assets_in(getattr(row, column)))
    return found | _brought(connection)


def mentioned(connection: sa.Connection, left_out: Left) -> set[str]:
    """Every hash that stands anywhere in a row and counts there: more than the files that are named, and so
    what may never be removed."""
    found: set[str] = set()
    for name, table in shape.shape(connection, shape.names()).items():
        if name not in NAMES_NO_FILE:
            for row in stream(connection, table):
                values = row._asdict()
                found.update(set(_hashes(values)) - left_out(name, values))
    return found


def assets_in(text: str | None) -> Iterator[str]:
    """The hashes of the assets in a JSON text."""
    if text and '"sha256"' in text:
        yield from _assets(json.loads(text))


def _assets(data: Any) -> Iterator[str]:
    if isinstance(data, list):
        for one in data:
            yield from _assets(one)
    elif isinstance(data, dict):
        if data.keys() >= _ASSET and isinstance(data["sha256"], str):
            yield data["sha256"]
        for one in data.values():
            yield from _assets(one)


def _hashes(values: dict[str, Any]) -> Iterator[str]:
    for value in values.values():
        if isinstance(value, str):
            yield from HASH.findall(value)


def _brought(connection: sa.Connection) -> set[str]:
    """Files that outside jobs brought; their hash is a column of its own."""
    table = shape.shape(connection, ("ticket_files",)).get("ticket_files")
    if table is None:
        return set()
    return {told for told in connection.execute(sa.select(table.c.sha256)).scalars() if told}
