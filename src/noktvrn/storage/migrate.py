"""The ledger's schema: one linear history, run on both databases."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from noktvrn.kernel.errors import NotReady
from noktvrn.storage.database import Database

_LOCK = 0x6E6F6B746D6967  # one migration at a time on a shared server
_SCRIPTS = Path(__file__).parent / "migrations"


def state(database: Database) -> tuple[str | None, str]:
    """The ledger's revision (None: no ledger yet) and the newest one."""
    head = ScriptDirectory(str(_SCRIPTS)).get_current_head() or ""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision(), head


def newest() -> str:
    """The newest revision."""
    return ScriptDirectory(str(_SCRIPTS)).get_current_head() or ""


def upgrade(database: Database) -> None:
    """Brings the ledger to the newest revision; of several at once one does it and the others wait.

    Raises:
        NotReady: the ledger was made by a newer noktvrn.
    """
    with database.begin() as connection:
        if not database.is_sqlite:  # SQLite's one writer needs no further lock
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        upgrade_within(connection)


def upgrade_within(connection: sa.Connection) -> None:
    """The same in the caller's transaction. Raises as `upgrade` does."""
    try:
        command.upgrade(_config(connection), "head")
    except CommandError as error:
        raise NotReady(
            "The ledger was made by a newer noktvrn.",
            code="ledger.newer",
            hint="Update noktvrn, or set NOKTVRN_HOME to another folder.",
        ) from error


def upgrade_to(database: Database, revision: str) -> None:
    """Makes an empty ledger of an older revision, for a backup of that time.

    Raises:
        NotReady: this noktvrn does not know the revision.
    """
    with database.begin() as connection:
        try:
            command.upgrade(_config(connection), revision)
        except CommandError as error:
            raise NotReady(
                "The backup was made by a newer noktvrn.",
                code="ledger.newer",
                hint="Update noktvrn, then restore it.",
            ) from error


def downgrade(database: Database, revision: str) -> None:
    """Takes the ledger back to a revision (`base`: nothing left). For tests and for emergencies."""
    with database.begin() as connection:
        command.downgrade(_config(connection), revision)


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
