"""A shelf in Redis, which all workers share."""

from __future__ import annotations

from noktvrn.storage.redis.line import Line

LONGEST = 1 << 20
"""Longer texts are left to the ledger."""


class RedisShelf:
    """Texts under `<prefix>:shelf:<key>`; Redis lets them go by itself."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def get(self, key: str) -> str | None:
        """What lies under the key; None also where Redis is away."""
        found = self._line.ask(lambda redis: redis.get(self._name(key)))
        return found if isinstance(found, str) else None

    def put(self, key: str, text: str, lasts_s: float) -> None:
        """Lays a copy there, if Redis is there and the text is not too long."""
        if lasts_s >= 1 and len(text) <= LONGEST:
            self._line.ask(lambda redis: redis.set(self._name(key), text, ex=int(lasts_s)))

    def _name(self, key: str) -> str:
        return f"{self._line.prefix}:shelf:{key}"
