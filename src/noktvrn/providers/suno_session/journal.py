"""What happened in a session, one JSON object a line, and pictures of troubles: for the owner's eyes only.

It holds no cookie, no page source, no typed word but the pack's own title; addresses without their query.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from noktvrn.kernel.clock import Clock

MOST_PICTURES = 50


class Journal:
    """The log and the pictures of one session, in its folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._log = folder / "log.jsonl"
        self._shots = folder / "shots"
        self._clock = clock

    def note(self, event: str, **detail: object) -> None:
        """Adds a line; it is on disk when this returns, and so tells of a session that was killed."""
        line = json.dumps({"at": self._clock.now().isoformat(), "event": event, **detail}, ensure_ascii=False)
        handle = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as log:
            log.write(line + "\n")
            log.flush()
            os.fsync(log.fileno())

    def picture_place(self, kind: str) -> Path | None:
        """Where the next picture goes; None: there are enough."""
        self._shots.mkdir(mode=0o700, exist_ok=True)
        number = len(list(self._shots.iterdir())) + 1
        return self._shots / f"{number:03d}-{kind}.png" if number <= MOST_PICTURES else None


def place_of(url: str) -> str:
    """An address without its query and fragment, which may hold tokens."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"[:200]
