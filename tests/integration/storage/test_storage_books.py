"""A ledger as a whole: out of one database, into another, and the same afterwards."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from noktvrn.kernel.errors import Fault
from noktvrn.settings import Settings
from noktvrn.storage import audit, migrate, tables
from noktvrn.storage.books import shape
from noktvrn.storage.books.tally import differences, tallies
from noktvrn.storage.books.writing import copy, file_of, is_empty, read, write
from noktvrn.storage.database import Database

NOW = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
WILD = {"naïve": "ключ 🎹 \u2028 \\u0041", "n": [1, -0.1, 1e300, 2**62, None, True], "": {}}


@pytest.fixture
def filled(settings: Settings) -> Database:
    """A ledger with a row of every type, and odd values."""
    database = Database(settings)
    migrate.upgrade(database)
    with database.begin() as connection:
        fill(connection)
    return database


def fill(connection: sa.Connection) -> None:
    for number in range(3):
        detail: dict[str, Any] = {**WILD, "number": number}
        audit.record(connection, "x", artist_id="art_a", subject="s", actor="p", at=NOW, detail=detail)
    audit.seal(connection)
    connection.execute(
        tables.release_dates.insert().values(
            artist_id="art_a", release_id="rel_a", release_on=date(2026, 12, 4), taken_at=NOW
        )
    )
    connection.execute(
        tables.llm_outcomes.insert(),
        [
            {
                "session_id": f"ses_{number}",
                "kind": "verdict",
                "number": 1,
                "task": "lyrics",
                "provider": "p",
                "model": "m",
                "prompt": 'it\'s "quoted"\n; --',
                "score": number / 3,
                "at": NOW,
            }
            for number in range(1203)
        ],
    )
    connection.execute(
        tables.tickets.insert().values(
            ticket_id="tkt_a",
            key="k",
            provider="p",
            purpose="compose",
            request_hash="0" * 64,
            state="open",
            data=None,
            cost=None,
            opened_at=NOW,
        )
    )
    connection.execute(
        tables.executors.insert().values(executor_id="exec-1", home="/elsewhere", started_at=NOW)
    )


def empty(settings: Settings, name: str) -> Database:
    other = Settings(home=settings.home.parent / name, _env_file=None)
    database = Database(other)
    migrate.upgrade(database)
    return database


@pytest.mark.both
def test_what_is_written_out_and_read_in_is_the_same_ledger(
    filled: Database, settings: Settings, tmp_path: Path
) -> None:
    with filled.read() as connection:
        told = write(connection, tmp_path / "out")
        assert told == tallies(connection, shape.names())
    assert (told["llm_outcomes"].rows, told["audit"].rows, told["briefs"].rows) == (1203, 3, 0)
    assert "executors" not in told
    other = empty(settings, "other")
    with other.begin() as connection:
        assert is_empty(connection)
        read(connection, tmp_path / "out", told)
    with other.read() as connection:
        assert differences(told, tallies(connection, shape.names())) == ()
        assert not is_empty(connection)
        assert audit.verify(connection).passed
        row = connection.execute(sa.select(tables.audit)).first()
        assert row is not None and row.detail == {**WILD, "number": 0} and row.at == NOW
        assert connection.execute(sa.select(tables.executors)).first() is None
        assert connection.execute(sa.select(tables.release_dates.c.release_on)).scalar() == date(2026, 12, 4)
    other.close()
    filled.close()


def test_a_ledger_goes_to_the_other_kind_of_database_and_back(tmp_path: Path, postgres_url: str) -> None:
    here = Database(Settings(home=tmp_path / "here", _env_file=None))
    server = Database(Settings(home=tmp_path / "server", database_url=postgres_url, _env_file=None))
    back = Database(Settings(home=tmp_path / "back", _env_file=None))
    for database in (here, server, back):
        migrate.upgrade(database)
    with here.begin() as connection:
        fill(connection)
    for source, target in ((here, server), (server, back)):
        with source.read() as one, target.begin() as another:
            copy(one, another)
    with here.read() as one, back.read() as another:
        assert tallies(one, shape.names()) == tallies(another, shape.names())
    with server.begin() as connection:
        assert audit.verify(connection).passed
        audit.record(connection, "y", artist_id="art_a", subject="s", actor="p", at=NOW)
        assert audit.seal(connection) == 1 and audit.verify(connection).passed
    for database in (here, server, back):
        database.close()


def test_a_changed_row_a_missing_one_and_a_broken_file_are_noticed(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", _env_file=None)
    source = Database(settings)
    migrate.upgrade(source)
    with source.begin() as connection:
        fill(connection)
        told = write(connection, tmp_path / "out")
    path = file_of(tmp_path / "out", "release_dates")
    whole = gzip.decompress(path.read_bytes())
    tampered = {
        "rows of release_dates differ": gzip.compress(whole.replace(b"12-04", b"12-11")),
        "release_dates has 0 rows and not 1": gzip.compress(b""),
        "cannot be read": gzip.compress(whole)[:-9],
        "release_dates.jsonl.gz of the backup": gzip.compress(b"[1,\n"),
    }
    target = empty(settings, "other")
    for words, content in tampered.items():
        path.write_bytes(content)
        with pytest.raises(Fault, match=words), target.begin() as connection:
            read(connection, tmp_path / "out", told)
    path.unlink()
    with pytest.raises(Fault, match="No such file"), target.begin() as connection:
        read(connection, tmp_path / "out", told)
    with target.read() as connection:
        assert is_empty(connection)
    source.close()
    target.close()
