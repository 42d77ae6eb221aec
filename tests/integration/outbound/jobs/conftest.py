"""A house for jobs, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.integration.outbound.jobs.jobs_samples import House

from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    database = Database(settings)
    migrate.upgrade(database)
    yield House(settings, database)
    database.close()
