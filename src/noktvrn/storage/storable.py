"""Text as every ledger keeps it."""

from __future__ import annotations


def storable(text: str) -> str:
    """The text without what no database keeps: half surrogates and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
