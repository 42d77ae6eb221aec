"""The schema a DBA is given is the one the migrations make; and every way to name a server reaches it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.books import shape
from noktvrn.storage.database import Database, database_url
from noktvrn.storage.ddl import statements


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
    by_hand.close()
    migrated.close()
    _ask_server(postgres_server, "DROP DATABASE by_hand WITH (FORCE)")


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
