"""Who looks after jobs: an owner is a lock on a file, which the system lets go of when its process dies.

So a dead owner on this machine is known at once; one on another machine is waited for until its lease ends.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from pathlib import Path

ABANDONED_S = 3600.0
"""A lock nobody holds is swept away after that long; a younger one may just be being made."""


class Owner:
    """One owner, and what it knows of others that share its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = 0
        self._name = ""
        self._handle: int | None = None

    @property
    def name(self) -> str:
        """Its name; a process that was forked has one of its own."""
        if self._process != os.getpid():
            self.leave()
            self._enter()
        return self._name

    def is_dead(self, name: str) -> bool:
        """Whether this owner certainly lives no more. An owner elsewhere is not."""
        if name == self._name and self._process == os.getpid():
            return False
        try:
            handle = os.open(self._folder / name, os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        finally:
            os.close(handle)
        return True

    def is_alive(self, name: str) -> bool:
        """Whether this owner certainly lives, whatever the clocks say. An owner elsewhere is not known to."""
        return (self._folder / name).exists() and not self.is_dead(name)

    def leave(self) -> None:
        """Lets go. In a forked process the parent keeps its own lock."""
        if self._handle is not None:
            os.close(self._handle)
            if self._process == os.getpid():
                (self._folder / self._name).unlink(missing_ok=True)
        self._handle, self._process = None, 0

    def _enter(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._sweep()
        self._name, self._process = secrets.token_hex(12), os.getpid()
        self._handle = os.open(self._folder / self._name, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def _sweep(self) -> None:
        for path in self._folder.iterdir():
            if _age_s(path) > ABANDONED_S and self.is_dead(path.name):
                path.unlink(missing_ok=True)


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
