"""One writer with the built-in tables for all tests of this room."""

from __future__ import annotations

import pytest

from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import Reference, load
from noktvrn.settings import Settings


@pytest.fixture(scope="session")
def tables() -> Reference:
    return load(Settings(_env_file=None))


@pytest.fixture(scope="session")
def writer(tables: Reference) -> ProceduralWriter:
    return ProceduralWriter(tables)
