"""The files of a job: where they lie outside until they were fetched, and by which hash since.

An address may be signed: it is kept only until it was used, and no function but `waiting` hands it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.storage.tables import ticket_files

Kind = Literal["audio", "picture", "film"]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file. `url` is empty where it was fetched, or came with the answer and lies at `path`; `sha256` is
    empty until it lies in the vault. `duration_s` is the service's word before that, and measured after."""

    clip: str
    kind: Kind
    number: int = 0
    url: str = ""
    path: str = ""
    title: str = ""
    duration_s: float | None = None
    sha256: str = ""
    media_type: str = ""
    size: int = 0

    @property
    def kept(self) -> bool:
        """Whether it lies in the vault."""
        return bool(self.sha256)


_DATA = ("kind", "path", "title", "duration_s", "media_type", "size")


def put(connection: sa.Connection, ticket_id: str, files: Sequence[FileRow]) -> None:
    """Writes down files that were told of. A clip that is kept already stays as it is; one told of again has
    the newer address."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    told = connection.scalar(
        sa.select(sa.func.coalesce(sa.func.max(ticket_files.c.number), 0)).where(
            ticket_files.c.ticket_id == ticket_id
        )
    )
    for number, one in enumerate(files, start=int(told or 0) + 1):
        row = {"url": one.url or None, "data": _data(one)}
        statement = insert(ticket_files).values(ticket_id=ticket_id, clip=one.clip, number=number, **row)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["ticket_id", "clip"], set_=row, where=ticket_files.c.sha256.is_(None)
            )
        )


def keep(connection: sa.Connection, ticket_id: str, file: FileRow) -> None:
    """This file lies in the vault now; its address is forgotten."""
    mine = ticket_files.c.ticket_id == ticket_id, ticket_files.c.clip == file.clip
    kept = {"url": None, "sha256": file.sha256, "data": _data(file)}
    connection.execute(ticket_files.update().where(*mine).values(**kept))


def forget(connection: sa.Connection, ticket_id: str) -> None:
    """Takes every address of a ticket out of the books."""
    connection.execute(ticket_files.update().where(ticket_files.c.ticket_id == ticket_id).values(url=None))


def clear(connection: sa.Connection, ticket_id: str) -> None:
    """Strikes what is not kept off the list."""
    mine = ticket_files.c.ticket_id == ticket_id, ticket_files.c.sha256.is_(None)
    connection.execute(ticket_files.delete().where(*mine))


def rehome(connection: sa.Connection, before: str, now: str) -> None:
    """Files that came with an answer and wait in the spool lie below another home now."""
    rows = connection.execute(
        sa.select(ticket_files.c.ticket_id, ticket_files.c.clip, ticket_files.c.data).where(
            ticket_files.c.sha256.is_(None)
        )
    ).all()
    for row in rows:
        path = str(row.data.get("path", ""))
        if path.startswith(f"{before}/"):
            mine = ticket_files.c.ticket_id == row.ticket_id, ticket_files.c.clip == row.clip
            data = {**row.data, "path": now + path.removeprefix(before)}
            connection.execute(ticket_files.update().where(*mine).values(data=data))


def waiting(connection: sa.Connection, ticket_id: str) -> list[FileRow]:
    """Files that are not in the vault yet, with their addresses."""
    return [one for one in _all(connection, ticket_id) if not one.kept]


def kept(connection: sa.Connection, ticket_id: str) -> list[FileRow]:
    """Files that lie in the vault, in the service's order."""
    return [one for one in _all(connection, ticket_id) if one.kept]


def _all(connection: sa.Connection, ticket_id: str) -> list[FileRow]:
    query = sa.select(ticket_files).where(ticket_files.c.ticket_id == ticket_id)
    return [_row(row) for row in connection.execute(query.order_by(ticket_files.c.number))]


def _data(file: FileRow) -> dict[str, Any]:
    return {name: getattr(file, name) for name in _DATA}


def _row(row: Any) -> FileRow:
    return FileRow(clip=row.clip, number=row.number, url=row.url or "", sha256=row.sha256 or "", **row.data)
