"""The audit trail: append-only, hash-chained per artist, and sealed into one chain for the whole label.

A row is written in the transaction of the act it records. The per-artist chains need no shared lock, so
many workers may write; the single sealer strings finished rows into the label's own chain afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.noun import canonical_digest
from noktvrn.storage.tables import audit, audit_seals

GENESIS = "0" * 64
LABEL = "label"
"""Stands in for an artist's id in the chain of acts that concern the label itself."""

_SEAL_LOCK = 0x6E6F6B74  # one sealer at a time on a shared server


def record(
    connection: sa.Connection,
    act: str,
    *,
    artist_id: str,
    subject: str,
    actor: str,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Appends one row to the artist's chain, in the caller's transaction."""
    _lock(connection, artist_id)
    last = connection.execute(
        sa.select(audit.c.number, audit.c.hash)
        .where(audit.c.artist_id == artist_id)
        .order_by(audit.c.number.desc())
        .limit(1)
    ).first()
    row = {
        "artist_id": artist_id,
        "number": (last.number if last else 0) + 1,
        "act": act,
        "subject": subject,
        "actor": actor,
        "detail": dict(detail or {}),
        "at": at,
        "previous": last.hash if last else GENESIS,
    }
    connection.execute(audit.insert().values(**row, hash=_digest(row), sealed=False))


def seal(connection: sa.Connection) -> int:
    """Strings every unsealed row into the label's chain; returns how many. Call it by one sealer."""
    _lock(connection, "sealer")
    last = connection.execute(
        sa.select(audit_seals.c.number, audit_seals.c.hash).order_by(audit_seals.c.number.desc()).limit(1)
    ).first()
    number, previous = (last.number, last.hash) if last else (0, GENESIS)
    rows = connection.execute(
        sa.select(audit.c.artist_id, audit.c.number, audit.c.hash)
        .where(audit.c.sealed.is_(False))
        .order_by(audit.c.at, audit.c.artist_id, audit.c.number)
    ).all()
    for row in rows:
        number += 1
        digest = canonical_digest([number, row.artist_id, row.number, row.hash, previous])
        connection.execute(
            audit_seals.insert().values(
                number=number,
                artist_id=row.artist_id,
                audit_number=row.number,
                previous=previous,
                hash=digest,
            )
        )
        connection.execute(
            audit.update()
            .where(audit.c.artist_id == row.artist_id, audit.c.number == row.number)
            .values(sealed=True)
        )
        previous = digest
    return len(rows)


def verify(connection: sa.Connection) -> Report:
    """Recomputes every chain. A changed, removed or reordered row is an error with its place."""
    findings: list[Finding] = []
    hashes: dict[tuple[str, int], str] = {}
    checked = 0
    expected: dict[str, tuple[int, str]] = {}
    for row in connection.execute(sa.select(audit).order_by(audit.c.artist_id, audit.c.number)).mappings():
        checked += 1
        number, previous = expected.get(row["artist_id"], (0, GENESIS))
        hashes[row["artist_id"], row["number"]] = row["hash"]
        if row["number"] != number + 1 or row["previous"] != previous or row["hash"] != _digest(row):
            findings.append(_broken(f"{row['artist_id']} row {row['number']}"))
        expected[row["artist_id"]] = (row["number"], row["hash"])
    findings += _verify_seals(connection, hashes)
    return Report(subject="audit", checked=checked, findings=tuple(findings))


def _verify_seals(connection: sa.Connection, hashes: Mapping[tuple[str, int], str]) -> list[Finding]:
    findings = []
    number, previous = 0, GENESIS
    for row in connection.execute(sa.select(audit_seals).order_by(audit_seals.c.number)).mappings():
        act = hashes.get((row["artist_id"], row["audit_number"]), "gone")
        digest = canonical_digest([row["number"], row["artist_id"], row["audit_number"], act, previous])
        if row["number"] != number + 1 or row["previous"] != previous or row["hash"] != digest:
            findings.append(_broken(f"label seal {row['number']}"))
        number, previous = row["number"], row["hash"]
    return findings


def _broken(place: str) -> Finding:
    return Finding(
        rule="audit.chain",
        severity=Severity.ERROR,
        message=f"The audit trail was changed at {place}.",
        hint="Compare with a backup; rows of the trail are never edited.",
    )


def _digest(row: Mapping[str, Any] | sa.RowMapping) -> str:
    return canonical_digest(
        [
            row["artist_id"],
            row["number"],
            row["act"],
            row["subject"],
            row["actor"],
            row["detail"],
            row["at"].isoformat(),
            row["previous"],
        ]
    )


def _lock(connection: sa.Connection, name: str) -> None:
    # SQLite already holds its one write lock; a server needs a lock per chain until commit.
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SEAL_LOCK, sa.func.hashtext(name))))
