"""Distributor: a courier that carries a sealed package out of the house."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from noktvrn.model.noun import Noun
from noktvrn.model.release import Release


class Consignment(Noun):
    """A sealed package folder on its way. `key` makes a repeated delivery harmless."""

    release: Release
    package: Path
    key: str


class CourierReceipt(Noun):
    """Where the package arrived."""

    courier: str
    key: str
    place: str


class Distributor(Protocol):
    """Plays the role. `live` says whether what it delivers reaches real stores."""

    name: str
    live: bool

    def deliver(self, consignment: Consignment) -> CourierReceipt:
        """Delivers; the same key twice delivers once."""
