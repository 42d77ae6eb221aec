"""One chair at the studio: a single session works at a time, over all processes of this home."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from noktvrn.kernel.errors import Conflict


@contextmanager
def seated(home: Path, session_id: str) -> Iterator[None]:
    """Takes the chair until the block ends. The kernel gives it back with the process, however that ends.

    Raises:
        Conflict: another session works at the studio.
    """
    folder = home / "studio"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / "seat", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _taken(os.pread(handle, 64, 0).decode("ascii", "replace")) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, session_id.encode("ascii"), 0)
        yield
    finally:
        os.close(handle)


def _taken(who: str) -> Conflict:
    return Conflict(
        f"Another session works at the studio: {who or 'one that just sat down'}.",
        code="studio.busy",
        hint="Finish it, or close its window; one song is made at a time.",
    )
