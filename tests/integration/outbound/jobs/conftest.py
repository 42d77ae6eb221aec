"""A house for jobs. `house` is on SQLite; `either_house` on SQLite and on PostgreSQL, for what they share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.outbound.jobs.jobs_samples import House

from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A new ledger: made once, copied for every test."""
    home = tmp_path_factory.mktemp("ledger")
    database = Database(Settings(home=home, _env_file=None))
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return (home / "label.db").read_bytes()


@pytest.fixture
def house(tmp_path: Path, empty_ledger: bytes) -> Iterator[House]:
    settings = Settings(home=tmp_path / "home", _env_file=None)
    settings.home.mkdir()
    (settings.home / "label.db").write_bytes(empty_ledger)
    database = Database(settings)
    yield House(settings, database)
    database.close()


@pytest.fixture
def either_house(settings: Settings) -> Iterator[House]:
    database = Database(settings)
    migrate.upgrade(database)
    yield House(settings, database)
    database.close()
