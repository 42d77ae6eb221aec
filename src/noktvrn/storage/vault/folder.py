"""A folder as a vault's keeper."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from noktvrn.storage.vault.files import checked, exhaust, pieces_of, pour
from noktvrn.storage.vault.keeper import Held

STALE_S = 3600.0
_INCOMING = ".incoming-"
_LEAVING = ".leaving-"
_DIGITS = 64


class FolderKeeper:
    """Keeps files below `<root>/assets`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def where(self) -> str:
        """The folder."""
        return f"folder {self._root}"

    def ask(self) -> None:
        """See Keeper. The home makes the folder."""

    def put(self, source: Path, artist_id: str, sha256: str, *, soon: bool = True) -> None:
        """See Keeper. Raises OSError where the disk takes no more."""
        target = self._place(artist_id, sha256)
        # A machine that lost its power may leave a file shorter than its name promises.
        if _size(target) == source.stat().st_size and _dated(target):
            return
        told = f"{source.name} changed while it was put into the vault."
        pour(checked(pieces_of(source), sha256, told), target, prefix=_INCOMING)

    def fetch(self, artist_id: str, sha256: str) -> Path | None:
        """See Keeper."""
        place = self._place(artist_id, sha256)
        return place if place.is_file() else None

    def copy(self, held: Held, target: Path) -> None:
        """See Keeper."""
        told = f"A file in {self.where} was damaged ({held.sha256[:12]})."
        source = self._place(held.artist_id, held.sha256)
        pour(checked(pieces_of(source), held.sha256, told), target, prefix=_INCOMING)

    def verify(self, held: Held) -> None:
        """See Keeper."""
        told = f"A file in {self.where} was damaged ({held.sha256[:12]})."
        exhaust(checked(pieces_of(self._place(held.artist_id, held.sha256)), held.sha256, told))

    def find(self, artist_id: str, sha256: str) -> Held | None:
        """See Keeper."""
        return _held(self._place(artist_id, sha256))

    def every(self) -> Iterator[Held]:
        """See Keeper."""
        for path in self._root.glob("assets/*/*"):
            held = _held(path) if len(path.name) == _DIGITS else None
            if held is not None:
                yield held

    def delete(self, held: Held) -> bool:
        """See Keeper. It is taken out of the way before its date is read again: a putter who comes later
        finds no file and makes one, a putter who came before has dated it."""
        place = self._place(held.artist_id, held.sha256)
        leaving = place.with_name(_LEAVING + held.sha256)
        try:
            place.rename(leaving)
        except FileNotFoundError:
            return False
        now = _held(leaving, held.sha256)
        if now is None or now.at > held.at:
            with contextlib.suppress(FileExistsError):
                os.link(leaving, place)
            leaving.unlink(missing_ok=True)
            return False
        leaving.unlink(missing_ok=True)
        return True

    def sweep(self) -> int:
        """See Keeper."""
        latest = time.time() - STALE_S
        swept = 0
        for part in self._root.glob("assets/*/.*-*"):
            told = _mtime(part)
            if part.name.startswith(_INCOMING) and told is not None and told < latest:
                part.unlink(missing_ok=True)
                swept += 1
            elif part.name.startswith(_LEAVING):
                _back(part)
        return swept

    def _place(self, artist_id: str, sha256: str) -> Path:
        return self._root / "assets" / artist_id / sha256


def _held(path: Path, sha256: str = "") -> Held | None:
    try:
        told = path.stat()
    except FileNotFoundError:
        return None
    at = datetime.fromtimestamp(told.st_mtime, UTC)
    return Held(path.parent.name, sha256 or path.name, told.st_size, at)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def _dated(path: Path) -> bool:
    """Dates a file as new. False: it was taken away a moment ago."""
    with contextlib.suppress(PermissionError):  # another account's: it is there, and that is what counts
        try:
            os.utime(path)
        except FileNotFoundError:
            return False
    return True


def _back(leaving: Path) -> None:
    """Gives back the name of a file whose remover died in the middle; the next one decides again."""
    with contextlib.suppress(FileExistsError, FileNotFoundError):
        os.link(leaving, leaving.with_name(leaving.name.removeprefix(_LEAVING)))
    leaving.unlink(missing_ok=True)


def _mtime(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return None
