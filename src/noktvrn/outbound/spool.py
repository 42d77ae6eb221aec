"""Files on their way in: nothing has its name before it is whole, and a whole one is known after a crash.

`song.part` is what came so far. Once it is whole and on disk, `song.done.part` tells of it, both get their
names, first `song`, then `song.done`: JSON of `size`, `sha256`, `media_type` and `headers`. Whoever comes
after a crash at any moment asks `spooled`, which ends what was begun.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Spooled:
    """A whole file in the spool, and what its sender told of it. Header names are in lower case."""

    path: Path
    size: int
    sha256: str
    media_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Pouring:
    """Writes the `.part` of a file chunk by chunk, and counts and hashes what it writes.

    `onward` goes on behind what lies there already. Use it as a context manager: it closes the file, and
    leaves what was written.
    """

    def __init__(self, path: Path, *, onward: bool = False) -> None:
        part = part_of(path)
        self._hash = hashlib.sha256()
        self.size = 0
        if onward:
            with part.open("rb") as before:
                while piece := before.read(CHUNK):
                    self._count(piece)
        self._file = part.open("ab" if onward else "wb")

    @property
    def sha256(self) -> str:
        """Of all that was written so far (hex)."""
        return self._hash.hexdigest()

    def take(self, chunk: bytes) -> None:
        """Writes a chunk. Raises OSError where the disk takes no more."""
        self._file.write(chunk)
        self._count(chunk)

    def again(self) -> None:
        """Forgets what was written, and begins anew."""
        self._file.truncate(0)
        self._file.seek(0)
        self._hash = hashlib.sha256()
        self.size = 0

    def _count(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        self.size += len(chunk)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def part_of(path: Path) -> Path:
    """Where a file lies while it comes in."""
    return path.with_name(path.name + ".part")


def done_of(path: Path) -> Path:
    """Where it is told that a file is whole."""
    return path.with_name(path.name + ".done")


def spooled(path: Path) -> Spooled | None:
    """The whole file that was to lie at `path`, its hash compared; None: there is none."""
    for note in (done_of(path), part_of(done_of(path))):
        found = _told(note, path)
        if found is not None and _ends(found, note):
            return found
    return None


def finish(whole: Spooled) -> Spooled:
    """Gives the whole `.part` of `whole.path` its name; it is on disk when this returns."""
    sync(part_of(whole.path))
    told = {
        "size": whole.size,
        "sha256": whole.sha256,
        "media_type": whole.media_type,
        "headers": dict(whole.headers),
    }
    note = part_of(done_of(whole.path))
    note.write_text(json.dumps(told), "utf-8")
    sync(note)
    part_of(whole.path).replace(whole.path)
    note.replace(done_of(whole.path))
    sync(whole.path.parent)
    return whole


def discard(path: Path) -> None:
    """Removes a file and everything that was told of it."""
    for one in (done_of(path), part_of(done_of(path)), part_of(path), path):
        one.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Waits until a file or folder is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _ends(told: Spooled, note: Path) -> bool:
    """Gives a file and its note their names where they lack them; False: this note tells of no file here."""
    path = told.path
    if _digest(path) != told.sha256:
        if _digest(part_of(path)) != told.sha256:
            return False
        part_of(path).replace(path)
    if note != done_of(path):
        note.replace(done_of(path))
    sync(path.parent)
    return True


def _told(note: Path, path: Path) -> Spooled | None:
    try:
        told = json.loads(note.read_text("utf-8"))
        size, sha256 = int(told["size"]), str(told["sha256"])
        return Spooled(path, size, sha256, str(told["media_type"]), dict(told["headers"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError:
        return ""
