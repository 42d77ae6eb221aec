"""The ledger on both databases: transactions, histories, conflicts, identifiers, the audit trail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from noktvrn.kernel.errors import BudgetSpent, Conflict, NotFound
from noktvrn.kernel.ids import ArtistId, BriefId, RunId
from noktvrn.model.run import Run, RunState, StageName, StageRecord
from noktvrn.production.dates import candidates
from noktvrn.settings import Settings
from noktvrn.storage import audit, migrate, tables
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import releases, runs

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ARTIST = "art_0000000000001"


pytestmark = [pytest.mark.both, pytest.mark.usefixtures("real_migrations")]


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = Database(settings)
    migrate.upgrade(opened)
    yield opened
    opened.close()


def a_run(number: int = 1, state: RunState = RunState.QUEUED) -> Run:
    return Run(
        id=RunId(f"run_{number:013d}"),
        artist_id=ArtistId(ARTIST),
        brief_id=BriefId(f"brf_{number:013d}"),
        state=state,
        created_at=NOW + timedelta(seconds=number),
        updated_at=NOW,
    )


def record(stage: StageName, state: str = "started", attempt: int = 1) -> StageRecord:
    return StageRecord(stage=stage, attempt=attempt, seed=1, state=state, started_at=NOW)


def test_the_history_makes_exactly_the_tables_described(database: Database) -> None:
    with database.read() as connection:
        found = sa.inspect(connection)
        for name, table in tables.metadata.tables.items():
            assert {c["name"] for c in found.get_columns(name)} == set(table.columns.keys()), name


def test_the_history_goes_down_and_up_again(database: Database) -> None:
    migrate.downgrade(database, "base")
    with database.read() as connection:
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(database)
    current, head = migrate.state(database)
    assert current == head


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.begin() as connection:
            runs.add(connection, a_run())
            raise Conflict("stop")

    with pytest.raises(Conflict):
        fail()
    with database.read() as connection:
        assert runs.find(connection, a_run().id) is None


def test_times_come_back_aware_and_equal(database: Database) -> None:
    with database.begin() as connection:
        runs.add(connection, a_run())
    with database.read() as connection:
        stored = connection.execute(sa.select(tables.runs.c.created_at)).scalar_one()
    assert stored == a_run().created_at
    assert stored.utcoffset() == timedelta(0)


def test_a_naive_time_never_enters(database: Database) -> None:
    with pytest.raises(sa.exc.StatementError, match="naive"), database.begin() as connection:
        connection.execute(tables.runs.update().values(updated_at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_runs_move_by_the_table_only(database: Database) -> None:
    with database.begin() as connection:
        runs.add(connection, a_run())
        runs.move(connection, a_run().id, RunState.PRODUCING, NOW)
    with pytest.raises(Conflict), database.begin() as connection:
        runs.move(connection, a_run().id, RunState.COMPLETED, NOW)
    with database.read() as connection:
        assert runs.get(connection, a_run().id).state is RunState.PRODUCING


def test_an_unknown_run_says_where_to_look(database: Database) -> None:
    with database.read() as connection, pytest.raises(NotFound) as caught:
        runs.get(connection, "run_zzzzzzzzzzzzz")
    assert "run list" in caught.value.hint


def test_a_finished_stage_is_never_overwritten(database: Database) -> None:
    with database.begin() as connection:
        runs.add(connection, a_run())
        runs.put_stage(connection, a_run(), record(StageName.TRACK))
        runs.put_stage(connection, a_run(), record(StageName.TRACK, "done"))
    with pytest.raises(Conflict), database.begin() as connection:
        runs.put_stage(connection, a_run(), record(StageName.TRACK, "done"))


def test_the_last_result_that_holds_wins(database: Database) -> None:
    with database.begin() as connection:
        runs.add(connection, a_run())
        for attempt, state in ((1, "done"), (2, "superseded"), (3, "done")):
            runs.put_stage(connection, a_run(), record(StageName.CRITIC, state, attempt))
    with database.read() as connection:
        found = runs.result(connection, a_run(), StageName.CRITIC)
    assert found is not None
    assert found.attempt == 3


def test_identifiers_are_taken_once_and_never_twice(database: Database) -> None:
    def take(connection: sa.Connection, release: int, capacity: int = 99) -> str:
        return releases.take_identifier(
            connection,
            kind="isrc",
            prefix="XXTST",
            year=2026,
            capacity=capacity,
            purpose="recording",
            artist_id=ARTIST,
            release_id=f"rel_{release:013d}",
            spell=lambda number: f"XXTST26{number:05d}",
            at=NOW,
        ).code

    with database.begin() as connection:
        first = take(connection, 1)
        assert take(connection, 1) == first
        assert take(connection, 2) != first
    with pytest.raises(BudgetSpent), database.begin() as connection:
        take(connection, 3, capacity=2)


def test_many_takers_at_once_get_different_numbers(database: Database) -> None:
    codes: list[str] = []

    def take(number: int) -> None:
        with database.begin() as connection:
            codes.append(
                releases.take_identifier(
                    connection,
                    kind="upc",
                    prefix="2",
                    year=0,
                    capacity=10**6,
                    purpose="release",
                    artist_id=ARTIST,
                    release_id=f"rel_{number:013d}",
                    spell=lambda designation: f"{designation:012d}",
                    at=NOW,
                ).code
            )

    threads = [threading.Thread(target=take, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(codes)) == 16


def write_audit(database: Database, artist: str, count: int) -> None:
    for number in range(count):
        with database.begin() as connection:
            audit.record(
                connection,
                "test.act",
                artist_id=artist,
                subject=str(number),
                actor="test",
                at=NOW + timedelta(seconds=number),
                detail={"number": number},
            )


def test_the_audit_trail_holds_and_shows_every_change(database: Database) -> None:
    write_audit(database, "art_a", 4)
    write_audit(database, "art_b", 3)
    with database.begin() as connection:
        assert audit.seal(connection) == 7
        assert audit.seal(connection) == 0
    with database.read() as connection:
        assert audit.verify(connection).passed
    table = tables.audit
    breakers = {
        "edited": table.update().where(table.c.number == 2).values(actor="somebody else"),
        "removed": table.delete().where(table.c.artist_id == "art_b", table.c.number == 3),
    }
    for name, breaker in breakers.items():
        with database.engine.connect() as connection:
            transaction = connection.begin()
            connection.execute(breaker)
            assert not audit.verify(connection).passed, name
            transaction.rollback()


def test_writers_of_one_chain_at_once_keep_it_whole(database: Database) -> None:
    threads = [threading.Thread(target=write_audit, args=(database, "art_a", 5)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        report = audit.verify(connection)
    assert report.passed
    assert report.checked == 20


def test_release_dates_are_taken_once_and_lie_apart(database: Database) -> None:
    def take(release: int) -> date:
        with database.begin() as connection:
            return releases.take_date(
                connection,
                artist_id=ARTIST,
                release_id=f"rel_{release:013d}",
                candidates=candidates(date(2026, 12, 1), None),
                apart=timedelta(days=7),
                at=NOW,
            )

    days = [take(number) for number in (1, 2, 3)]
    assert days == [date(2026, 12, 4), date(2026, 12, 11), date(2026, 12, 18)]
    assert take(2) == days[1]
