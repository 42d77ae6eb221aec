"""Messenger: tells people what waits for them. It never decides anything."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

from noktvrn.model.noun import Noun


class Notice(Noun):
    """A message. `key` makes a repeated send harmless."""

    key: str
    kind: Literal["review", "release", "warning"]
    title: str
    text: str
    run_id: str = ""
    artist_id: str = ""
    page: Path | None = None


class Receipt(Noun):
    """Proof that a notice was handed on."""

    messenger: str
    key: str
    place: str = ""


class Messenger(Protocol):
    """Plays the role."""

    name: str

    def send(self, notice: Notice) -> Receipt:
        """Hands the notice on; the same key twice is one notice."""
