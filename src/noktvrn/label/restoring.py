"""Restores a backup into an empty home, and proves that it is the same label.

Files come first and the ledger last, in one transaction that compares every row: what fails before leaves a
home that may be restored into once more.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import Conflict, Fault
from noktvrn.label import ledgers
from noktvrn.label.backup import HOME, LEDGER, VAULT, latest, place_of
from noktvrn.label.house import BEGUN, ensure_home
from noktvrn.settings import Settings
from noktvrn.storage import audit, migrate
from noktvrn.storage.books import manifest as papers
from noktvrn.storage.books import writing
from noktvrn.storage.books.manifest import Listed, Manifest
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import switch, ticket_files
from noktvrn.storage.vault import Vault, open_vault


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: from where, and how many runs are held until the label is started."""

    folder: Path
    manifest: Manifest
    held: int


def restore(settings: Settings, source: Path, clock: Clock, *, by: str) -> Restored:
    """Restores a backup, or the newest one in a folder of them. The label is stopped afterwards: what it sent
    and paid for after the backup is not in its books; a person has to know that before it goes on.

    Raises:
        NotFound: there is no backup. Conflict: the home or the database is not empty.
        Fault: the backup is damaged, or what was restored is not the same.
    """
    folder = latest(source)
    manifest = papers.read(folder)
    _refuse_full(settings.home)
    ensure_home(settings.home)
    (settings.home / BEGUN).touch()
    with _opened(settings) as database:
        ledgers.refuse_filled(database)
        vault = open_vault(settings)
        for one in papers.read_files(folder):
            _bring(vault, folder.parent / VAULT, one, with_files=manifest.with_files)
        if (folder / HOME).is_dir():
            shutil.copytree(folder / HOME, settings.home, dirs_exist_ok=True)
        ledgers.make(database, manifest.revision)
        held = _fill(database, settings, folder, manifest, clock.now(), by)
    (settings.home / BEGUN).unlink()
    return Restored(folder, manifest, held)


def _refuse_full(home: Path) -> None:
    if home.is_dir() and any(home.iterdir()) and not (home / BEGUN).exists():
        raise Conflict(
            f"The home {home} is not empty.",
            code="home.not_empty",
            hint="Set NOKTVRN_HOME to an empty folder; nothing is ever overwritten.",
        )


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    database = Database(settings)
    try:
        yield database
    finally:
        database.close()


def _bring(vault: Vault, copies: Path, one: Listed, *, with_files: bool) -> None:
    source = place_of(copies, one.artist_id, one.sha256)
    if with_files and source.is_file():
        vault.keep(source, one.artist_id, one.sha256)
    elif vault.find(one.artist_id, one.sha256) is None:
        raise Fault(
            f"A file of {one.artist_id} is neither in the backup nor in the vault ({one.sha256[:12]}).",
            code="backup.file_missing",
            hint="Restore from another backup, or name the vault that has it.",
        )


def _fill(
    database: Database, settings: Settings, folder: Path, manifest: Manifest, now: datetime, by: str
) -> int:
    """Fills the empty ledger and stops the label, in one transaction; a ledger of an older revision is
    brought to the newest in between. So nobody ever finds a restored label that is not stopped."""
    with database.begin() as connection:
        _read(connection, folder, manifest)
        if manifest.revision != migrate.newest():
            migrate.upgrade_within(connection)
        return _settle(connection, settings, manifest, now, by)


def _read(connection: sa.Connection, folder: Path, manifest: Manifest) -> None:
    writing.read(connection, folder / LEDGER, manifest.tables)
    if not audit.verify(connection).passed or papers.chain_ends(connection) != manifest.chains:
        raise Fault(
            "The audit trail of the backup does not hold.",
            code="backup.audit",
            hint="Restore from another backup.",
        )


def _settle(connection: sa.Connection, settings: Settings, manifest: Manifest, now: datetime, by: str) -> int:
    """What holds from now on: the label is stopped, its runs are held, and its papers lie in this home."""
    held = ledgers.hold_runs(connection, by=by, at=now)
    reason = f"restored from a backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC"
    switch.stop(connection, by=by, reason=reason, at=now)
    ticket_files.rehome(connection, manifest.home, str(settings.home))
    audit.record(
        connection,
        "label.restored",
        artist_id=audit.LABEL,
        subject=audit.LABEL,
        actor=by,
        at=now,
        detail={"made_at": manifest.made_at.isoformat(), "files": manifest.files, "held": held},
    )
    return held
