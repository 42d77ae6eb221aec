"""Copies that are whole or not there: hashed on the way, on disk before they get their name, read-only."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from noktvrn.kernel.errors import Fault

CHUNK = 1 << 20
READ_ONLY = 0o444


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of a file, read in pieces."""
    digest = hashlib.sha256()
    for piece in pieces_of(path):
        digest.update(piece)
    return digest.hexdigest()


def pieces_of(path: Path, size: int = CHUNK) -> Iterator[bytes]:
    """The bytes of a file in pieces of at most `size`."""
    with path.open("rb") as source:
        while piece := source.read(size):
            yield piece


def checked(pieces: Iterable[bytes], sha256: str, told: str) -> Iterator[bytes]:
    """The pieces as they come. Raises Fault, in the words `told`, behind the last if their hash is another;
    whoever writes them has given them no name by then."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        yield piece
    if digest.hexdigest() != sha256:
        raise Fault(told, code="vault.damaged", hint="Restore the vault from a backup.")


def exhaust(pieces: Iterable[bytes]) -> None:
    """Reads all pieces for what they raise."""
    for _ in pieces:
        pass


def pour(pieces: Iterable[bytes], target: Path, *, prefix: str) -> None:
    """Writes a file beside `target` under a name that begins with `prefix`, and gives it its name once it is
    whole and on disk. Raises OSError, and whatever the pieces raise; then nothing is left behind."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=prefix)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as writer:
            for piece in pieces:
                writer.write(piece)
            writer.flush()
            os.fsync(writer.fileno())
        part.chmod(READ_ONLY)
        part.replace(target)
        sync(target.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def sync(folder: Path) -> None:
    """Waits until the names in a folder are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
