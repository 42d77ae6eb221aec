"""The shelf: copies of what the ledger keeps anyway, nearer at hand."""

from __future__ import annotations

from typing import Protocol


class Shelf(Protocol):
    """Keeps texts for a while, or does not: whoever finds nothing asks the ledger. Never raises."""

    def get(self, key: str) -> str | None:
        """What lies under the key, if anything does."""

    def put(self, key: str, text: str, lasts_s: float) -> None:
        """Lays a copy there for `lasts_s` seconds."""
