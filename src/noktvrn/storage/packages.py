"""A package folder as a list of paths and hashes: how it is named, and how compared with what was sealed.

Links, devices and anything else that is not a plain file or folder count as a difference: they could show
one thing to the check and another to the store.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from noktvrn.model.noun import canonical_digest
from noktvrn.storage.vault import file_sha256

NOT_A_FILE = "not a plain file"

Files = Iterable[tuple[str, str]]


def package_hash(files: Files) -> str:
    """SHA-256 (hex) over the sorted list of (path, SHA-256) of every file."""
    return canonical_digest(sorted([path, sha256] for path, sha256 in files))


def listing(folder: Path) -> dict[str, str]:
    """SHA-256 by path (with forward slashes) of everything in a folder; `NOT_A_FILE` for what is none.

    Raises:
        OSError: something cannot be read.
    """
    return {
        path.relative_to(folder).as_posix(): file_sha256(path) if plain else NOT_A_FILE
        for path, plain in _walk(folder)
    }


def differences(folder: Path, files: Files) -> tuple[str, ...]:
    """How a folder differs from the files that were sealed: a sentence each, none when it is the same."""
    sealed = dict(files)
    if folder.is_symlink() or not folder.is_dir():
        return (f"{folder.name} is no folder",)
    found = listing(folder)
    told = [f"{path} is missing" for path in sorted(sealed.keys() - found.keys())]
    told += [f"{path} does not belong there" for path in sorted(found.keys() - sealed.keys())]
    for path in sorted(sealed.keys() & found.keys()):
        if found[path] == NOT_A_FILE:
            told.append(f"{path} is {NOT_A_FILE}")
        elif found[path] != sealed[path]:
            told.append(f"{path} was changed")
    return tuple(told)


def sync(path: Path) -> None:
    """Puts a file's bytes, or a folder's names, on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _walk(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Everything in a folder that is no folder itself, and whether it is a plain file. Follows no link."""
    for path in sorted(folder.iterdir()):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            yield from _walk(path)
        else:
            yield path, stat.S_ISREG(mode)
