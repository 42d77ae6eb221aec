"""The inbox: the folder a person downloads to. It is only ever read."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from noktvrn.kernel.errors import NotReady
from noktvrn.storage.vault import file_sha256

ENDINGS = (".mp3", ".wav", ".m4a")
UNDER_WAY = (".crdownload", ".part", ".download", ".opdownload", ".tmp")
SETTLED_S = 3.0
"""A file nobody has written to for so long is whole, as far as a look can tell; the door decodes it."""

EARLY = timedelta(seconds=60)
"""How much a file may be older than its session: clocks of network folders differ a little."""

LATEST = timedelta(days=60)
"""How long after its session was opened a file may come."""

LARGEST = 1 << 30
_COPY = re.compile(r"\s*(\(\d{1,3}\)|[ _-]v\d{1,2}|[ _-]copy)$", re.IGNORECASE)


def songs_in(
    folder: Path, title: str, opened_at: datetime, *, known: Collection[str] = (), now: float | None = None
) -> tuple[Path, ...]:
    """Whole files of this title that came since the session was opened, oldest first.

    `known` are hashes of songs that were brought before; `now` is the file system's time (seconds).

    Raises:
        NotReady: there is no such folder.
    """
    if not folder.is_dir():
        raise NotReady(
            f"There is no folder {folder}.",
            code="studio.no_inbox",
            hint="Set NOKTVRN_STUDIO_INBOX to the folder you download to.",
        )
    moment = time.time() if now is None else now
    first, last = (opened_at - EARLY).timestamp(), (opened_at + LATEST).timestamp()
    found = []
    for path in folder.iterdir():
        if not is_of(path.name, title) or not _is_whole(path, moment):
            continue
        came = path.stat().st_mtime
        if first <= came <= last and file_sha256(path) not in known:
            found.append((came, path.name, path))
    return tuple(path for _, _, path in sorted(found))


def is_of(name: str, title: str) -> bool:
    """Whether a file of this name is a song of this title: same letters and digits, whatever stands between
    them, and perhaps marked as a copy or a version."""
    stem, dot, ending = name.rpartition(".")
    if not stem or dot + ending.lower() not in ENDINGS:
        return False
    return _letters(title) in (_letters(stem), _letters(_COPY.sub("", stem)))


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(mark for mark in folded if mark.isalnum())
    return kept or folded.strip()


def _is_whole(path: Path, now: float) -> bool:
    """A plain file nobody is writing to, and no download under way beside it."""
    if path.is_symlink() or not path.is_file():
        return False
    if any(path.with_name(path.name + ending).exists() for ending in UNDER_WAY):
        return False
    told = path.stat()
    return 0 < told.st_size <= LARGEST and now - told.st_mtime >= SETTLED_S
