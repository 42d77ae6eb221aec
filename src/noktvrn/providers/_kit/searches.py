"""Searches of footage libraries, kept for a day: the libraries demand it, and nobody is asked twice.

The answers lie in a folder, one file a query, so other processes and the next day's restart know them too.
A library that says that its window of requests is used up is left alone until it opens again.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from noktvrn.kernel.clock import Clock
from noktvrn.model.noun import canonical_digest
from noktvrn.outbound.troubles import Trouble, trouble
from noktvrn.roles.stock_library import StockClip, StockQuery

KEPT = timedelta(hours=24)
MOST_KEPT = 2000
"""Files in the folder; the oldest go first."""

Ask = Callable[[StockQuery], tuple[StockClip, ...]]


class Window:
    """Until when a library wants to be left alone; shared by everybody who has this folder."""

    def __init__(self, folder: Path, clock: Clock, named: str) -> None:
        self._file = folder / "rest.json"
        self._clock = clock
        self._named = named

    def check(self) -> None:
        """Passes where it may be asked. Raises Unavailable (trouble RATE): not before so many seconds."""
        until = self._until()
        left = (until - self._clock.now()).total_seconds() if until else 0.0
        if left > 0:
            words = f"its requests are used up for another {round(left / 60) or 1} min"
            raise trouble(Trouble.RATE, self._named, words)

    def closed(self, seconds: float) -> None:
        """It is not asked for so many seconds."""
        until = self._clock.now() + timedelta(seconds=seconds)
        _write(self._file, {"until": until.isoformat()})

    def _until(self) -> datetime | None:
        try:
            return datetime.fromisoformat(_read(self._file)["until"])
        except (KeyError, TypeError, ValueError):
            return None


class Searches:
    """The day's searches in one library; safe between threads and processes."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def found(self, query: StockQuery, ask: Ask) -> tuple[StockClip, ...]:
        """What `ask` brings for this query, or brought within the last day."""
        path = self._folder / f"{canonical_digest(query.as_data())}.json"
        with self._alone():
            kept = self._kept(path)
            if kept is not None:
                return kept
            clips = ask(query)
            _write(path, {"at": self._clock.now().isoformat(), "clips": [clip.as_data() for clip in clips]})
            self._tidied()
        return clips

    def _kept(self, path: Path) -> tuple[StockClip, ...] | None:
        data = _read(path)
        try:
            age = self._clock.now() - datetime.fromisoformat(data["at"])
            clips = tuple(StockClip.model_validate(clip) for clip in data["clips"])
        except (KeyError, TypeError, ValueError, ValidationError):
            return None
        return clips if timedelta(0) <= age < KEPT else None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One search at a time: whoever asks the same waits for the answer instead of asking too."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _tidied(self) -> None:
        files = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in files[:-MOST_KEPT]:
            path.unlink(missing_ok=True)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _write(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(json.dumps(data), "utf-8")
    part.replace(path)
