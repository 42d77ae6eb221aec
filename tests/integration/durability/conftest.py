"""On SQLite, unless a test asks for both databases with `@both`: a server costs seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from noktvrn.settings import Settings


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a fresh home."""
    wanted = getattr(request, "param", "sqlite")
    url = request.getfixturevalue("postgres_url") if wanted == "postgres" else None
    return Settings(home=tmp_path / "home", database_url=url, _env_file=None)
