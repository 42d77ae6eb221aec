"""What a rule removed from the vault, so that whoever misses a file is told what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from noktvrn.storage.tables import vault_removals


@dataclass(frozen=True, slots=True)
class Removal:
    """A file that was removed. `subject` is the run it was made for, `story` what people are told."""

    artist_id: str
    sha256: str
    rule: str
    subject: str
    size: int
    story: str
    removed_at: datetime


def put(connection: sa.Connection, removals: Sequence[Removal]) -> None:
    """Enters removals; the last one of a file holds."""
    for one in removals:
        key = (vault_removals.c.artist_id == one.artist_id, vault_removals.c.sha256 == one.sha256)
        connection.execute(vault_removals.delete().where(*key))
    if removals:
        connection.execute(vault_removals.insert(), [asdict(one) for one in removals])


def story(connection: sa.Connection, artist_id: str, sha256: str) -> str:
    """What became of a file, as a sentence; empty where nobody removed it."""
    told = connection.execute(
        sa.select(vault_removals.c.story).where(
            vault_removals.c.artist_id == artist_id, vault_removals.c.sha256 == sha256
        )
    ).scalar()
    return str(told or "")


def hashes(connection: sa.Connection) -> set[str]:
    """The hash of every file that was removed."""
    return set(connection.execute(sa.select(vault_removals.c.sha256)).scalars())
