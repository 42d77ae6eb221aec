"""Hostile text on its whole way: what leaves the house, what is booked, and who else is touched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.integration.llm.llm_samples import KEY, TITLES, embedded, endpoint, titles_request, writer
from tests.unit.llm.test_llm_jobs_hostile import HOSTILE, PUSHED_IN, titles_with

from noktvrn.model.noun import canonical_digest
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import words
from noktvrn.storage.tables import metadata
from noktvrn.testing.fake_models import FakeModels

OF_THE_ROOM = {"budgets", "breakers", "tickets", "llm_sessions", "llm_calls", "llm_outcomes", "llm_reviews"}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(Settings(home=tmp_path, _env_file=None))
    migrate.upgrade(opened)
    yield opened
    opened.close()


def books(database: Database) -> dict[str, str]:
    """A hash of every table that words have no business in."""
    with database.read() as connection:
        return {
            name: canonical_digest(
                [[str(cell) for cell in row] for row in connection.execute(sa.select(one))]
            )
            for name, one in metadata.tables.items()
            if name not in OF_THE_ROOM
        }


def shape_of(body: dict[str, Any]) -> dict[str, Any]:
    """Everything of a request but its words."""
    return {key: value for key, value in body.items() if key != "messages"} | {
        "roles": [message["role"] for message in body["messages"]],
        "system": body["messages"][0]["content"],
    }


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_wishes_change_no_tool_path_price_or_other_book(database: Database, kind: str) -> None:
    before = books(database)
    with FakeModels(lambda _body: json.dumps({"titles": TITLES})) as fake:
        one = writer(database, endpoint(fake.base_url))
        one.titles(titles_request())
        one.titles(titles_with(HOSTILE[kind]))
        harmless, hostile = fake.requests
        assert len(set(fake.paths)) == 1
        sent = json.dumps(hostile)
    assert shape_of(hostile) == shape_of(harmless)
    assert "tools" not in hostile
    assert KEY not in sent
    assert books(database) == before
    with database.read() as connection:
        held = [call.data.get("held", 0) for s in words.sessions(connection) for call in
                words.calls_of(connection, s.session_id)]  # fmt: skip
    assert held == [0, 0]


@pytest.mark.parametrize("extra", PUSHED_IN, ids=lambda extra: next(iter(extra)))
def test_hostile_answers_change_nothing_at_all(database: Database, extra: dict[str, Any]) -> None:
    before = books(database)
    with FakeModels(lambda _body: json.dumps({"titles": TITLES} | extra)) as fake:
        made = writer(database, endpoint(fake.base_url)).titles(titles_request())
        assert {body["model"] for body in fake.requests} == {"model-1"}
    assert made == embedded().titles(titles_request())
    assert books(database) == before
