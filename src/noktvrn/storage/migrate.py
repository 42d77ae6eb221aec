"""The ledger's schema: one linear history, run on both databases."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from noktvrn.storage.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"


def state(database: Database) -> tuple[str | None, str]:
    """The ledger's revision (None: no ledger yet) and the newest one."""
    head = ScriptDirectory(str(_SCRIPTS)).get_current_head() or ""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision(), head


def upgrade(database: Database) -> None:
    """Brings the ledger to the newest revision."""
    with database.begin() as connection:
        command.upgrade(_config(connection), "head")


def downgrade(database: Database, revision: str) -> None:
    """Takes the ledger back to a revision (`base`: nothing left). For tests and for emergencies."""
    with database.begin() as connection:
        command.downgrade(_config(connection), revision)


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
