"""The schema a DBA is given is the one the migrations make; and every way to name a server reaches it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from noktvrn.label import ledgers
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.books import shape
from noktvrn.storage.books.tally import tallies
from noktvrn.storage.database import Database, database_url
from noktvrn.storage.ddl import statements
from noktvrn.storage.ledger import events
from noktvrn.storage.tables import metadata


def described(database: Database) -> dict[str, object]:
    """Columns, keys and indexes of every table of the ledger, and its revision."""
    with database.read() as connection:
        inspector = sa.inspect(connection)
        told: dict[str, object] = {}
        for name in (*shape.names(), *shape.LEFT_OUT):
            columns = {
                one["name"]: (str(one["type"]), one["nullable"], one["default"])
                for one in inspector.get_columns(name)
            }
            indexes = {
                str(one["name"]): (
                    tuple(one["column_names"]),
                    one["unique"],
                    str(one.get("dialect_options", {}).get("postgresql_where")),
                )
                for one in inspector.get_indexes(name)
            }
            key = tuple(inspector.get_pk_constraint(name)["constrained_columns"])
            told[name] = (columns, key, indexes)
        told["sequences"] = sorted(inspector.get_sequence_names())
        told["revision"] = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return told


def test_the_printed_schema_is_the_migrated_one(
    tmp_path: Path, postgres_server: str, postgres_url: str
) -> None:
    from tests.conftest import _ask_server

    _ask_server(postgres_server, "CREATE DATABASE by_hand")
    url = postgres_server.replace("/postgres?", "/by_hand?")
    by_hand = Database(Settings(home=tmp_path / "a", database_url=url, _env_file=None))
    with by_hand.begin() as connection:
        for statement in statements().split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    migrated = Database(Settings(home=tmp_path / "b", database_url=postgres_url, _env_file=None))
    migrate.upgrade(migrated)
    assert described(by_hand) == described(migrated)
    current, newest = migrate.state(by_hand)
    assert current == newest, "noktvrn takes it for its own"
    ledgers.make(by_hand)
    with by_hand.read() as connection:
        assert sa.inspect(connection).has_table("workflow_status", schema="dbos"), (
            "`noktvrn db migrate` adds it"
        )
    by_hand.close()
    migrated.close()
    _ask_server(postgres_server, "DROP DATABASE by_hand WITH (FORCE)")


def _unique(table: sa.Table) -> list[list[str]]:
    indexes = [one.columns.keys() for one in table.indexes if one.unique]
    return indexes + [one.columns.keys() for one in table.constraints if isinstance(one, sa.UniqueConstraint)]


def scale_out() -> str:
    return (Path(__file__).parents[3] / "docs" / "scale-out.md").read_text("utf-8")


def test_every_table_that_is_not_led_by_the_artist_is_explained() -> None:
    told = set(re.findall(r"`(\w+)`", scale_out().split("## Stage 1")[0]))
    label = {
        table.name for table in metadata.tables.values() if table.primary_key.columns.keys()[0] != "artist_id"
    }
    assert label - told == set(), "docs/scale-out.md has to say why"


def test_every_unique_index_that_splits_no_table_is_named() -> None:
    wide = {
        f"{table.name}.{name}"
        for table in metadata.tables.values()
        if table.primary_key.columns.keys()[0] == "artist_id"
        for names in _unique(table)
        if "artist_id" not in names
        for name in names
    }
    assert wide and wide <= set(re.findall(r"`(\w+\.\w+)`", scale_out()))


def test_the_written_way_to_partitions_keeps_every_row(postgres_url: str, tmp_path: Path) -> None:
    database = Database(Settings(home=tmp_path, database_url=postgres_url, _env_file=None))
    migrate.upgrade(database)
    now = datetime(2026, 11, 21, tzinfo=UTC)
    with database.begin() as connection:
        for number in range(200):
            artist = f"art_{number % 50}"
            events.add(connection, kind="run.queued", subject="x", artist_id=artist, at=now)
        before = tallies(connection, shape.names())
    (split,) = (block for block in re.findall(r"```sql\n(.*?)```", scale_out(), re.DOTALL) if "HASH" in block)
    with database.begin() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.execute(split.replace("BEGIN;\n", "", 1).replace("COMMIT;\n", ""))
    with database.begin() as connection:
        assert tallies(connection, shape.names()) == before
        parts = connection.exec_driver_sql("SELECT count(*) FROM pg_inherits").scalar()
        assert parts and parts >= 32
        events.add(connection, kind="run.queued", subject="x", artist_id="art_1", at=now)
        assert len(events_of(connection)) == 201
    database.close()


def events_of(connection: sa.Connection) -> list[int]:
    return list(connection.execute(sa.text("SELECT number FROM events")).scalars())


@pytest.mark.parametrize(
    "named",
    [
        {"DATABASE_URL": "postgresql://max:s%40crt@db.example:6432/label"},
        {"DATABASE_URL": "postgres://max:s%40crt@db.example:6432/label"},
        {
            "POSTGRES_HOST": "db.example",
            "POSTGRES_PORT": "6432",
            "POSTGRES_USER": "max",
            "POSTGRES_PASSWORD": "s@crt",
            "POSTGRES_DB": "label",
        },
        {
            "DB_HOST": "db.example",
            "DB_PORT": "6432",
            "DB_USER": "max",
            "DB_PASSWORD": "s@crt",
            "DB_NAME": "label",
        },
    ],
)
def test_every_way_to_name_a_server_reaches_the_same_one(
    named: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    assert database_url(Settings(_env_file=None)) == make_url(
        "postgresql+psycopg://max:s%40crt@db.example:6432/label"
    )
