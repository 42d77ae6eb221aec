"""Backups: the ledger of one moment, every file of the vault by its hash, and the papers of the home.

`<to>/vault` is shared by all backups in a folder, so that the next one only copies what is new;
`<to>/<time>` is one backup. Work goes on meanwhile: the ledger is read in one transaction that sees one
moment, and a file is in the vault before any row names it.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from noktvrn import __version__
from noktvrn.kernel.errors import Conflict
from noktvrn.production.shelf import keep_package
from noktvrn.production.studio import Studio
from noktvrn.storage import migrate
from noktvrn.storage.books import manifest as papers
from noktvrn.storage.books import writing
from noktvrn.storage.books.manifest import Listed, Manifest
from noktvrn.storage.books.tally import Tally
from noktvrn.storage.ledger import releases
from noktvrn.storage.packages import sync
from noktvrn.storage.vault import Held

LEDGER, VAULT, HOME = "ledger", "vault", "home"
FOLDERS = ("spool", "studio", "prompts")
"""What else of a home cannot be made again: files of jobs under way, papers of studio sessions, prompts."""
SECRET = ("studio/profile", "studio/seat")
"""A browser's log-in stays on its machine."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup."""

    folder: Path
    manifest: Manifest


def backup(studio: Studio, to: Path, *, with_files: bool = True) -> Backup:
    """Makes a backup in a new folder below `to`. Without files it only lists them, for a vault that is kept
    safe elsewhere.

    Raises:
        OSError: `to` cannot be written, or is full. Nothing that looks like a backup is left then.
        Fault: a file of the vault is damaged.
        Conflict: somebody makes one in the same second.
    """
    now = studio.clock.now()
    folder = to / now.strftime("%Y%m%dT%H%M%SZ")
    part = folder.with_name(folder.name + ".part")
    if folder.exists() or part.exists():
        raise Conflict(f"There is a backup {folder} already.", code="backup.exists", hint="Try again.")
    part.mkdir(parents=True, mode=0o700)
    try:
        made = _make(studio, to / VAULT, part, with_files=with_files)
        part.rename(folder)
        sync(to)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Backup(folder, made)


def latest(folder: Path) -> Path:
    """A backup, or the newest one in a folder of them."""
    inside = sorted(path.parent for path in folder.glob(f"*/{papers.NAME}"))
    return inside[-1] if inside and not (folder / papers.NAME).is_file() else folder


def _make(studio: Studio, copies: Path, part: Path, *, with_files: bool) -> Manifest:
    _keep_packages(studio)
    revision, _ = migrate.state(studio.database)
    with studio.database.read() as connection:
        told = writing.write(connection, part / LEDGER)
        chains, seals = papers.chain_ends(connection), papers.seals_end(connection)
    writing.check_written(part / LEDGER, told)
    listed = list(_copied(studio, copies, with_files=with_files))
    papers.write_files(part, listed)
    made = _manifest(studio, revision or "", told, listed).model_copy(
        update={
            "chains": chains,
            "seals": seals,
            "with_files": with_files,
            "folders": tuple(_take_folders(studio.settings.home, part / HOME)),
        }
    )
    papers.write(part, made)
    return made


def _manifest(studio: Studio, revision: str, told: dict[str, Tally], listed: list[Listed]) -> Manifest:
    return Manifest(
        made_at=studio.clock.now(),
        version=__version__,
        revision=revision,
        database=studio.database.url.get_backend_name(),
        home=str(studio.settings.home),
        tables=told,
        chains={},
        seals=None,
        files=len(listed),
        bytes=sum(one.size for one in listed),
        with_files=True,
    )


def _keep_packages(studio: Studio) -> None:
    """Packages that were sealed before the vault had their files are put there now."""
    with studio.database.read() as connection:
        sealed = releases.every(connection)
    for release in sealed:
        folder = studio.packages / release.draft.id
        missing = any(
            studio.vault.find(release.draft.artist_id, sha256) is None for _, sha256 in release.files
        )
        if missing and folder.is_dir():
            keep_package(studio.vault, release, folder)


def _copied(studio: Studio, copies: Path, *, with_files: bool) -> Iterator[Listed]:
    for held in studio.vault.every():
        if not with_files or _copy(studio, copies, held):
            yield Listed(artist_id=held.artist_id, sha256=held.sha256, size=held.size)


def place_of(copies: Path, artist_id: str, sha256: str) -> Path:
    """Where the copy of a file lies."""
    return copies / "assets" / artist_id / sha256


def _copy(studio: Studio, copies: Path, held: Held) -> bool:
    """Copies a file that has no whole copy yet; False: a rule removed it a moment ago."""
    target = place_of(copies, held.artist_id, held.sha256)
    if target.is_file() and target.stat().st_size == held.size:
        return True
    try:
        studio.vault.copy(held, target)
    except FileNotFoundError:
        return False
    return True


def _take_folders(home: Path, into: Path) -> Iterator[str]:
    for name in FOLDERS:
        if (home / name).is_dir():
            for path in sorted((home / name).rglob("*")):
                _take(path, home, into)
            yield name


def _take(path: Path, home: Path, into: Path) -> None:
    place = path.relative_to(home)
    if path.is_symlink() or not path.is_file() or place.as_posix().startswith(SECRET):
        return
    target = into / place
    target.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):  # a job that was just finished took it away
        shutil.copy2(path, target)
