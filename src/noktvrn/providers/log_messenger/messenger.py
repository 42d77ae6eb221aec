"""A messenger that keeps a list people and programs can follow (`tail -f`)."""

from __future__ import annotations

import json
from pathlib import Path

from noktvrn.kernel.clock import Clock
from noktvrn.roles.messenger import Notice, Receipt


class LogMessenger:
    """Appends one line per notice; a key that is already there is not written again."""

    name = "log_messenger"

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    def send(self, notice: Notice) -> Receipt:
        """Appends the notice. Raises OSError when the file cannot be written."""
        if notice.key not in self._keys():
            line = {"at": self._clock.now().isoformat(), **notice.as_data()}
            with self._path.open("a", encoding="utf-8") as book:
                book.write(json.dumps(line, ensure_ascii=False) + "\n")
        return Receipt(messenger=self.name, key=notice.key, place=str(self._path))

    def _keys(self) -> set[str]:
        if not self._path.is_file():
            return set()
        keys = set()
        for line in self._path.read_text("utf-8").splitlines():
            try:
                keys.add(json.loads(line)["key"])
            except (ValueError, KeyError, TypeError):
                continue  # a line cut short by a crash counts as not written
        return keys
