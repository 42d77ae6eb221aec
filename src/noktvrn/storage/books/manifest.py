"""What a backup says of itself: written last, so that a folder without it is no backup."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from pydantic import Field, ValidationError

from noktvrn.kernel.errors import Fault, NotFound
from noktvrn.model.asset import Sha256
from noktvrn.model.noun import Noun
from noktvrn.storage.books.tally import Tally
from noktvrn.storage.packages import sync
from noktvrn.storage.tables import audit, audit_seals

FORMAT: Literal[1] = 1
NAME = "manifest.json"
FILES = "files.jsonl.gz"


class ChainEnd(Noun):
    """Where an audit chain ends."""

    number: int = Field(ge=0)
    hash: Sha256


class Manifest(Noun):
    """One backup. `chains` are the ends of the artists' audit chains, `seals` the end of the label's."""

    format: Literal[1] = FORMAT
    made_at: datetime
    version: str
    revision: str
    database: str
    home: str
    tables: dict[str, Tally]
    chains: dict[str, ChainEnd]
    seals: ChainEnd | None
    files: int = Field(ge=0)
    bytes: int = Field(ge=0)
    with_files: bool
    folders: tuple[str, ...] = ()


class Listed(Noun):
    """A file of the vault."""

    artist_id: str
    sha256: Sha256
    size: int = Field(ge=0)


def write(folder: Path, manifest: Manifest) -> None:
    """Writes it into a backup's folder; it is on disk when this returns."""
    path = folder / NAME
    path.write_text(manifest.model_dump_json(indent=1), "utf-8")
    sync(path)
    sync(folder)


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Raises NotFound where there is none, Fault where it cannot be read."""
    path = folder / NAME
    if not path.is_file():
        raise NotFound(
            f"{folder} is no backup: it has no {NAME}.",
            code="backup.none",
            hint="`noktvrn db backup --to FOLDER` makes one; name FOLDER, or one of the folders in it.",
        )
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        raise Fault(
            f"{path} cannot be read: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}.",
            code="backup.damaged",
            hint="Restore from another backup, or with a newer noktvrn.",
        ) from None


def write_files(folder: Path, files: Iterable[Listed]) -> None:
    """Writes the list of the vault's files."""
    with gzip.open(folder / FILES, "wt", encoding="utf-8") as lines:
        for one in files:
            lines.write(json.dumps([one.artist_id, one.sha256, one.size]) + "\n")


def read_files(folder: Path) -> Iterator[Listed]:
    """The list of the vault's files. Raises Fault where it cannot be read."""
    try:
        with gzip.open(folder / FILES, "rt", encoding="utf-8") as lines:
            for line in lines:
                artist_id, sha256, size = json.loads(line)
                yield Listed(artist_id=artist_id, sha256=sha256, size=size)
    except (OSError, EOFError, ValueError) as error:
        raise Fault(f"{folder / FILES} cannot be read: {error}.", code="backup.damaged") from error


def chain_ends(connection: sa.Connection) -> dict[str, ChainEnd]:
    """Where every artist's audit chain ends."""
    last = (
        sa.select(audit.c.artist_id, sa.func.max(audit.c.number).label("number"))
        .group_by(audit.c.artist_id)
        .subquery()
    )
    rows = connection.execute(
        sa.select(audit.c.artist_id, audit.c.number, audit.c.hash).join(
            last, sa.and_(audit.c.artist_id == last.c.artist_id, audit.c.number == last.c.number)
        )
    )
    return {row.artist_id: ChainEnd(number=row.number, hash=row.hash) for row in rows}


def seals_end(connection: sa.Connection) -> ChainEnd | None:
    """Where the label's own chain ends; None: nothing was sealed yet."""
    row = connection.execute(
        sa.select(audit_seals.c.number, audit_seals.c.hash).order_by(audit_seals.c.number.desc()).limit(1)
    ).first()
    return ChainEnd(number=row.number, hash=row.hash) if row is not None else None
