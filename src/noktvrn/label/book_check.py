"""Looks a label's books over: the database, the audit trail, rows that name each other, and the vault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

import sqlalchemy as sa

from noktvrn.kernel.errors import LabelError
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.release import Release
from noktvrn.production.studio import Studio
from noktvrn.storage import audit, migrate
from noktvrn.storage.ledger import releases as release_rows
from noktvrn.storage.ledger import removals
from noktvrn.storage.references import named
from noktvrn.storage.tables import artists, briefs, releases, reviews, run_stages, runs, verdicts
from noktvrn.storage.vault import Held

MOST = 20
"""Findings of one kind that are listed; of more the number is told."""


def check(studio: Studio, *, with_files: bool = True) -> Report:
    """Checks everything; `with_files` also reads every file of the vault and compares its hash."""
    findings: list[Finding] = []
    checked = 0
    current, newest = migrate.state(studio.database)
    if current != newest:
        findings.append(_found("books.revision", f"revision {current}, not {newest}", "`noktvrn db migrate`"))
    with studio.database.read() as connection:
        findings += _integrity(connection)
        trail = audit.verify(connection)
        findings += trail.findings
        findings += [one for kind in _RELATIONS for one in _orphans(connection, *kind)]
        wanted = named(connection)
        gone = removals.hashes(connection)
        sealed = release_rows.every(connection)
    held = {one.sha256: one for one in studio.vault.every()}
    missing = sorted(wanted - held.keys() - gone)
    findings += _few(
        "vault.missing", [f"{sha256[:12]} of the ledger is not in the vault" for sha256 in missing]
    )
    findings += _packages(studio, sealed, held.keys())
    if with_files:
        damaged = sorted(_damaged(studio, held[sha256]) for sha256 in held)
        findings += _few("vault.damaged", [told for told in damaged if told])
        checked += len(held)
    checked += trail.checked + len(wanted) + len(_RELATIONS) + 2
    return Report(subject="books", checked=checked, findings=tuple(findings))


def _integrity(connection: sa.Connection) -> Iterator[Finding]:
    """SQLite's own check; a server's pages are its own affair, and every row was read by the others."""
    if connection.dialect.name == "sqlite":
        for (told,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
            if told != "ok":
                yield _found("books.integrity", str(told), "Restore a backup: `noktvrn db restore`.")


_RELATIONS = (
    ("brief", runs, briefs, ("artist_id", "brief_id")),
    ("artist", runs, artists, ("artist_id",)),
    ("run", run_stages, runs, ("artist_id", "run_id")),
    ("run", reviews, runs, ("artist_id", "run_id")),
    ("run", verdicts, runs, ("artist_id", "run_id")),
    ("run", releases, runs, ("artist_id", "run_id")),
)
"""What rows name, where it stands, and by which columns."""


def _orphans(
    connection: sa.Connection, what: str, table: sa.Table, parent: sa.Table, key: tuple[str, ...]
) -> Iterator[Finding]:
    """Rows whose parent is not there. The ledger declares no foreign keys: it is meant to be sharded."""
    there = sa.exists().where(*(parent.c[name] == table.c[name] for name in key))
    rows = connection.execute(sa.select(*(table.c[name] for name in key)).where(~there).limit(MOST + 1)).all()
    for row in rows[:MOST]:
        yield _found(
            "books.orphan",
            f"A row of {table.name} names the {what} {row[-1]}, which is not there",
            "Restore a backup: `noktvrn db restore`.",
        )


def _packages(studio: Studio, sealed: Iterable[Release], held: Set[str]) -> Iterator[Finding]:
    """Sealed packages that are neither on this machine nor whole in the vault."""
    for release in sealed:
        missing = [path for path, sha256 in release.files if sha256 not in held]
        if missing and not (studio.packages / release.draft.id).is_dir():
            yield _found(
                "books.package",
                f"The package of {release.draft.id} is not here, and {missing[0]} is not in the vault",
                "Restore it from a backup, or from where it was delivered.",
            )


def _damaged(studio: Studio, held: Held) -> str:
    """What is wrong with a file, as a sentence; empty where nothing is."""
    try:
        studio.vault.verify(held)
    except FileNotFoundError:
        return ""
    except LabelError as error:
        if error.code != "vault.damaged":
            raise
        return error.message.rstrip(".")
    return ""


def _few(rule: str, told: list[str]) -> Iterator[Finding]:
    hint = "Restore the vault from a backup: `noktvrn db restore` tells how."
    for one in told[:MOST]:
        yield _found(rule, one, hint)
    if len(told) > MOST:
        yield _found(rule, f"and {len(told) - MOST} more", hint)


def _found(rule: str, message: str, hint: str) -> Finding:
    return Finding(rule=rule, severity=Severity.ERROR, message=f"{message}.", hint=hint)
