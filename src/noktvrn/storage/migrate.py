"""The ledger's schema: one linear history, run on both databases.

Alembic is imported where the schema changes: every command asks for the revision, and hardly any changes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from noktvrn.kernel.errors import NotReady
from noktvrn.storage.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 0x6E6F6B746D6967  # one migration at a time on a shared server
_SCRIPTS = Path(__file__).parent / "migrations"
_VERSION = sa.table("alembic_version", sa.column("version_num", sa.String))


def state(database: Database) -> tuple[str | None, str]:
    """The ledger's revision (None: no ledger yet) and the newest one."""
    with database.read() as connection:
        if not sa.inspect(connection).has_table(_VERSION.name):
            return None, newest()
        return connection.execute(sa.select(_VERSION.c.version_num)).scalar_one_or_none(), newest()


def newest() -> str:
    """The newest revision: the number that the name of the last migration begins with."""
    return max(path.name for path in (_SCRIPTS / "versions").glob("[0-9]*.py")).partition("_")[0]


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
    from alembic import command
    from alembic.util.exc import CommandError

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
    from alembic import command
    from alembic.util.exc import CommandError

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
    from alembic import command

    with database.begin() as connection:
        command.downgrade(_config(connection), revision)


def _config(connection: sa.Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
