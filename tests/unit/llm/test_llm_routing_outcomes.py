"""The books of outcomes, on both databases: entered once, read back in order, enough to teach a router."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from noktvrn.kernel.errors import Conflict, Invalid
from noktvrn.llm.routing import Candidate, Router
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import outcomes
from noktvrn.storage.ledger.outcomes import KINDS, Row

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIRST = Row("ses_1", "critic", 1, "lyrics", "openai", "model/1", "lyrics-2:bold", 0.75, NOW)
LATER = FIRST._replace(kind="verdict", score=1.0, at=NOW + timedelta(days=1))
OTHER = Row("ses_2", "validity", 1, "titles", "local", "model-3", "titles-1", 0.0, NOW + timedelta(hours=1))


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = Database(settings)
    migrate.upgrade(opened)
    yield opened
    opened.close()


@pytest.mark.both
def test_outcomes_are_entered_once_and_read_oldest_first(database: Database) -> None:
    with database.begin() as connection:
        assert [outcomes.add(connection, row) for row in (LATER, OTHER, FIRST)] == [True] * 3
        assert outcomes.add(connection, FIRST._replace(at=NOW + timedelta(days=9))) is False
    with database.read() as connection:
        assert outcomes.since(connection, NOW) == (FIRST, OTHER, LATER)
        assert outcomes.since(connection, NOW + timedelta(seconds=1)) == (OTHER, LATER)
        assert outcomes.since(connection, NOW, most=2) == (OTHER, LATER)
        assert outcomes.of_session(connection, "ses_1") == (FIRST, LATER)
        assert outcomes.of_task(connection, "lyrics") == (FIRST, LATER)
        assert outcomes.of_task(connection, "lyrics", kind="critic") == (FIRST,)
        assert outcomes.of_task(connection, "lyrics", moment=LATER.at) == (LATER,)
        stored = outcomes.since(connection, NOW)
    candidates = [Candidate(name, 0.5, 0, 1.0, True) for name in ("local/model-3", "openai/model/1")]
    router = Router()
    router.load(stored)
    assert router.rank("lyrics", candidates, seed=1).order[0] == "openai/model/1"


def test_another_score_under_the_same_key_is_told(database: Database) -> None:
    with database.begin() as connection:
        outcomes.add(connection, FIRST)
        with pytest.raises(Conflict):
            outcomes.add(connection, FIRST._replace(score=0.5))
        assert outcomes.add(connection, FIRST._replace(score=0.5, number=2))
        assert [row.score for row in outcomes.of_session(connection, "ses_1")] == [0.75, 0.5]


@pytest.mark.parametrize("changed", [{"score": 1.5}, {"score": float("nan")}, {"kind": "mood"}])
def test_what_is_no_outcome_does_not_enter_the_books(settings: Settings, changed: dict[str, object]) -> None:
    database = Database(settings)
    migrate.upgrade(database)
    with database.begin() as connection, pytest.raises(Invalid):
        outcomes.add(connection, FIRST._replace(**changed))  # type: ignore[arg-type]
    with database.read() as connection:
        assert outcomes.since(connection, NOW) == ()
    database.close()


def test_the_embedded_writers_outcomes_let_no_evidence_fade() -> None:
    """Neither ones in between nor later ones: as if they were not in the books."""
    models = [FIRST._replace(session_id=f"m{n}", score=0.9, at=NOW + timedelta(hours=n)) for n in range(20)]
    own = [
        row._replace(provider="embedded", model="", kind=kind, score=0.0, at=row.at + timedelta(days=200))
        for row in models
        for kind in KINDS
    ]
    candidates = [Candidate("openai/model/1", 0.5, 0, 1.0, True), Candidate("local/m", 0.5, 0, 1.0, True)]
    alone, loaded, taught = Router(), Router(), Router()
    alone.load(models)
    loaded.load([row for pair in zip(models, own, strict=False) for row in pair] + own)
    for row in models + own:
        taught.learn(row.task, f"{row.provider}/{row.model}", row.score, at=row.at, kind=row.kind)
    chosen = [router.rank("lyrics", candidates, seed=1) for router in (alone, loaded, taught)]
    assert chosen[0] == chosen[1]
    assert chosen[0] != chosen[2], "they would have made a difference"
