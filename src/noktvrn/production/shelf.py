"""Sealed packages, on every machine of the label: each file lies in the vault too, by the hash the release
names, so that a package can be laid out anew wherever it is asked for. What is laid out is what was sealed.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from noktvrn.kernel.errors import NotFound
from noktvrn.model.release import Release
from noktvrn.production.studio import Studio
from noktvrn.storage.packages import differences, sync
from noktvrn.storage.vault import Vault

READ_ONLY = 0o444


def keep_package(vault: Vault, release: Release, folder: Path) -> None:
    """Puts every file of a sealed package into the vault; those that lie there already cost nothing.

    Raises:
        OSError: one cannot be read, or the disk takes no more.
        Unavailable: the vault's server stays away.
    """
    for path, _ in release.files:
        vault.put(
            folder / path, artist_id=release.draft.artist_id, media_type="application/octet-stream", name=path
        )


def package_of(studio: Studio, release: Release) -> Path:
    """The folder of a sealed package on this machine, brought out of the vault where it is not here.

    Raises:
        NotFound: a file of it is nowhere.
        Unavailable: the vault's server stays away.
    """
    folder = studio.packages / release.draft.id
    if not folder.is_dir():
        _bring(studio, release, folder)
    return folder


def _bring(studio: Studio, release: Release, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        for path, sha256 in release.files:
            _lay(studio, release, sha256, part / path)
        told = differences(part, release.files)
        if told:
            raise _nowhere(release, told[0])
        part.chmod(0o755)
        _name(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _lay(studio: Studio, release: Release, sha256: str, target: Path) -> None:
    source = studio.vault.find_path(release.draft.artist_id, sha256)
    if source is None:
        raise _nowhere(release, f"{target.name} is not in the vault")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(READ_ONLY)
    sync(target)


def _name(part: Path, folder: Path) -> None:
    """Shows the package whole. Where somebody else was faster, theirs is the same."""
    try:
        part.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        return
    sync(folder.parent)


def _nowhere(release: Release, why: str) -> NotFound:
    return NotFound(
        f"The package of {release.draft.id} is not on this machine, and {why}.",
        code="release.no_package",
        hint="Restore it from a backup, or from where it was delivered.",
    )
