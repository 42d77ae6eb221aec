"""The vault: files addressed by their hash, written once, never changed.

A file lies at `assets/<artist>/<sha256>`; putting the same bytes twice is free, so a repeated step is.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from noktvrn.kernel.errors import Fault, NotFound
from noktvrn.model.asset import Asset

CHUNK = 1 << 20
STALE_S = 3600.0
_INCOMING = ".incoming-"


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while piece := source.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


class Vault:
    """A folder of content-addressed files."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, path: Path, *, artist_id: str, media_type: str, name: str) -> Asset:
        """Copies a file in and returns its asset; the bytes are on disk before this returns."""
        sha256 = file_sha256(path)
        target = self._place(artist_id, sha256)
        size = path.stat().st_size
        # A machine that lost its power may leave a file shorter than its name promises.
        if not target.exists() or target.stat().st_size != size:
            self._copy_in(path, target)
        return Asset(sha256=sha256, size=size, media_type=media_type, name=name)

    def path(self, asset: Asset, *, artist_id: str) -> Path:
        """Where an asset lies. The file is read-only; never write to it.

        Raises:
            NotFound: it is not there any more.
        """
        place = self._place(artist_id, asset.sha256)
        if not place.is_file():
            raise NotFound(
                f"{asset.name} is missing from the vault.",
                code="vault.missing",
                hint="Restore the vault from a backup, or make the run anew.",
            )
        return place

    def check(self, asset: Asset, *, artist_id: str) -> Path:
        """Like `path`, but reads the whole file and compares the hash.

        Raises:
            Fault: the bytes are not the ones that were put in.
        """
        place = self.path(asset, artist_id=artist_id)
        if file_sha256(place) != asset.sha256:
            raise Fault(
                f"{asset.name} in the vault was damaged.",
                code="vault.damaged",
                hint="Restore the vault from a backup.",
            )
        return place

    def sweep(self) -> int:
        """Removes copies that were broken off long ago; returns how many. A copy under way stays."""
        latest = time.time() - STALE_S
        stale = [
            part
            for part in self._root.glob(f"assets/*/{_INCOMING}*")
            if (told := _mtime(part)) is not None and told < latest
        ]
        for part in stale:
            part.unlink(missing_ok=True)
        return len(stale)

    def _place(self, artist_id: str, sha256: str) -> Path:
        return self._root / "assets" / artist_id / sha256

    def _copy_in(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=_INCOMING)
        part = Path(name)
        try:
            with source.open("rb") as reader, os.fdopen(handle, "wb") as writer:
                shutil.copyfileobj(reader, writer, CHUNK)
                writer.flush()
                os.fsync(writer.fileno())
            part.chmod(0o444)
            part.replace(target)
            _sync(target.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _mtime(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return None


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
