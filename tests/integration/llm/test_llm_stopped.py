"""A label that is stopped asks no model, and lets nobody write in a model's place because of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.integration.llm.llm_samples import NOW, author, embedded, endpoint, titles_request, writer

from noktvrn.kernel.errors import NotReady
from noktvrn.llm.titles import titles_job
from noktvrn.storage import tables
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import switch
from noktvrn.testing.fake_models import FakeModels


def test_the_embedded_writer_does_not_step_in(database: Database) -> None:
    def stepped_in() -> tuple[str, ...]:
        pytest.fail("the embedded writer wrote")

    with FakeModels(author) as models, FakeModels(author) as spare:
        room = writer(database, endpoint(models.base_url), endpoint(spare.base_url, "mistral")).orchestrator
        with database.begin() as connection:
            switch.stop(connection, by="person:test", reason="", at=NOW)
        job = replace(titles_job(titles_request(1)), embedded=stepped_in)
        with pytest.raises(NotReady) as refused:
            room.run(job)
        assert refused.value.code == switch.STOPPED
        assert (models.count, spare.count) == (0, 0)
        with database.begin() as connection:
            sessions = connection.scalars(sa.select(tables.llm_sessions.c.status)).all()
            opened = connection.scalar(sa.select(sa.func.count()).select_from(tables.tickets))
            switch.start(connection, by="person:test", at=NOW)
        assert list(sessions) == ["cancelled"] and opened == 0
        result = room.run(replace(job, embedded=lambda: embedded().titles(titles_request(1))))
        assert result.provider != "embedded" and models.count + spare.count == 1
