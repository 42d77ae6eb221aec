"""Folders of work in progress. A folder is alive as long as its process holds a lock on it.

The kernel drops the lock with the process, so what a killed process left behind is told from what a living
one works in without any clock or process number.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "stage-"


@contextmanager
def fresh_folder(root: Path) -> Iterator[Path]:
    """An empty folder below `root` that goes away at the end. Raises OSError when it cannot be made."""
    root.mkdir(parents=True, exist_ok=True)
    folder, handle = _locked(root)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def sweep(root: Path) -> int:
    """Removes the folders of dead processes; returns how many."""
    swept = 0
    for folder in root.glob(f"{PREFIX}*"):
        handle = _grip(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if handle is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(handle)
            swept += 1
    return swept


def _locked(root: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(dir=root, prefix=PREFIX))
        handle = _grip(folder, fcntl.LOCK_EX)
        if handle is None:
            continue  # a sweeper took it for a dead one's before it was locked
        if folder.exists():
            return folder, handle
        os.close(handle)


def _grip(folder: Path, how: int) -> int | None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, how)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
