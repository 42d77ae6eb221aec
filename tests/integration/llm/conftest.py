"""An empty ledger for every test: copied, because making one costs more than most tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("ledger")
    made = Database(Settings(home=home, _env_file=None))
    migrate.upgrade(made)
    made.close()
    return home / "label.db"


@pytest.fixture
def database(tmp_path: Path, ledger: Path) -> Iterator[Database]:
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(ledger, home)
    opened = Database(Settings(home=home, _env_file=None))
    yield opened
    opened.close()
