"""Joins a ledger with the Redis its settings name."""

from __future__ import annotations

import platform

from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.redis.bell import RedisBell
from noktvrn.storage.redis.line import Line, open_line
from noktvrn.storage.redis.shelf import RedisShelf
from noktvrn.storage.redis.turnstile import RedisTurnstile


class Aids:
    """What helps a ledger until it is closed; nothing where no Redis is set."""

    def __init__(self, line: Line | None, bell: RedisBell | None) -> None:
        self._line = line
        self._bell = bell

    def close(self) -> None:
        """Ends the threads and hangs up."""
        if self._bell is not None:
            self._bell.close()
        if self._line is not None:
            self._line.close()


def join(settings: Settings, database: Database) -> Aids:
    """Gives the ledger a bell that other processes hear, a shelf they share and a turnstile that spares
    it writes, where a Redis is set. Nothing is connected yet, and nothing waits for Redis.

    Raises:
        Invalid: its address cannot be read.
    """
    line = open_line(settings, database.url)
    if line is None:
        return Aids(None, None)
    bell = RedisBell(line)
    database.bell, database.shelf = bell, RedisShelf(line)
    database.turnstile = RedisTurnstile(line, platform.node() if database.is_sqlite else "")
    return Aids(line, bell)
