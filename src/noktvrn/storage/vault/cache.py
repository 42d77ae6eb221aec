"""A bounded folder of copies: files of a bucket on this machine. All of it may vanish but what is in use.

A copy that was asked for lately is never removed, so whoever was given its path may open it in peace; above
its quota the folder therefore holds what was used in the last hours, and nothing else.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from noktvrn.storage.vault.files import pour

IN_USE_S = 6 * 3600.0
"""How long a path that was handed out is good for at least."""
_INCOMING = ".incoming-"


class Cache:
    """Copies by name (`<artist>/<sha256>`) below `root`, `quota` bytes of them. Any number of processes may
    share it."""

    def __init__(self, root: Path, quota: int, *, in_use_s: float = IN_USE_S) -> None:
        self._root = root
        self._quota = quota
        self._in_use_s = in_use_s

    def find(self, name: str) -> Path | None:
        """A copy, or None. It stays for the next hours."""
        place = self._root / name
        try:
            os.utime(place)
        except FileNotFoundError:
            return None
        return place

    def add(self, name: str, pieces: Iterable[bytes]) -> Path:
        """Fills a copy, whole or not at all, and makes room. Raises OSError, and what the pieces raise."""
        place = self._root / name
        pour(pieces, place, prefix=_INCOMING)
        self.trim()
        return place

    def forget(self, name: str) -> None:
        """Removes a copy."""
        (self._root / name).unlink(missing_ok=True)

    def trim(self) -> int:
        """Removes copies, those used longest ago first, until the quota holds; returns how many."""
        with self._alone() as mine:
            if not mine:
                return 0
            files = sorted(self._files())
            over = sum(size for _, size, _ in files) - self._quota
            latest = time.time() - self._in_use_s
            removed = 0
            for used, size, path in files:
                if over <= 0 or used > latest:
                    break
                path.unlink(missing_ok=True)
                over -= size
                removed += 1
            return removed

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in self._root.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):
                told = path.stat()
                yield told.st_mtime, told.st_size, path

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether nobody else makes room just now; where somebody does, that is enough."""
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True
