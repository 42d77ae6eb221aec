"""The door for files of a person's own: one plain file, not too large, copied before anybody looks at it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from noktvrn.kernel.errors import Invalid, NotAllowed, NotFound

PIECE = 1 << 20


def take_in(path: Path, folder: Path, *, most_bytes: int) -> Path:
    """A copy of the file at `path` in `folder`, under a name of the house's.

    It is opened once, without following a link, and only that is read: nobody can exchange it in between.

    Raises:
        NotFound: there is no such file. NotAllowed: it cannot be read.
        Invalid: a link, a folder, a device, empty, or larger than `most_bytes`.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.", code="file.not_found", hint="Check the path.") from None
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.ELOOP:
            raise _bad(path, "is a link", "Name the file it leads to.") from None
        raise NotAllowed(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.",
            code="file.unreadable",
            hint="Give read access, or name another file.",
        ) from None
    try:
        _check(path, os.fstat(handle), most_bytes)
    except Invalid:
        os.close(handle)
        raise
    with os.fdopen(handle, "rb") as source:
        target = folder / f"handed-in{path.suffix[:8].lower() if path.suffix.isascii() else ''}"
        left = most_bytes
        with target.open("wb") as copy:
            while piece := source.read(min(PIECE, left + 1)):
                left -= len(piece)
                if left < 0:
                    raise _too_large(path, most_bytes)
                copy.write(piece)
    return target


def _check(path: Path, facts: os.stat_result, most_bytes: int) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise _bad(path, "is no plain file", "Name a file, not a folder or a device.")
    if facts.st_size == 0:
        raise _bad(path, "is empty", "Save it again, and look whether the path is right.")
    if facts.st_size > most_bytes:
        raise _too_large(path, most_bytes)


def _too_large(path: Path, most_bytes: int) -> Invalid:
    return _bad(path, f"has over {most_bytes:,} bytes", "Hand in a smaller file.")


def _bad(path: Path, what: str, hint: str) -> Invalid:
    return Invalid(f"{path} {what}.", code="file.unusable", hint=hint)
