"""On SQLite, unless a test asks for both databases with `@both`: a server costs seconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.durability.durability_samples import enter_artist, opened

from noktvrn.label.label import Label
from noktvrn.model.run import Run
from noktvrn.settings import Settings


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a fresh home."""
    wanted = getattr(request, "param", "sqlite")
    url = request.getfixturevalue("postgres_url") if wanted == "postgres" else None
    return Settings(home=tmp_path / "home", database_url=url, _env_file=None)


@pytest.fixture
def label(settings: Settings) -> Iterator[Label]:
    """A label with one artist."""
    with opened(settings) as label:
        enter_artist(label)
        yield label


@pytest.fixture
def run(label: Label) -> Run:
    """A production of that artist that nobody has begun."""
    return label.runs.start(enter_artist(label).id, name="one")
