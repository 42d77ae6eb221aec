"""The ledger's schema as PostgreSQL's own words, for a DBA who lets no program make tables."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateSequence, CreateTable

from noktvrn.storage import migrate
from noktvrn.storage.books.shape import REVISION
from noktvrn.storage.tables import metadata

HEAD = """\
-- The ledger of noktvrn, revision {revision}, for PostgreSQL 14 and newer. Run it in an empty database.
-- Every table of an artist has artist_id first in its primary key, and no foreign keys: docs/scale-out.md.
-- The workflow engine keeps tables of its own in the schema "dbos": `noktvrn db migrate` makes them, for
-- which its role needs CREATE on the database once (or the schema, made beforehand and owned by that role).
-- What the role of the label needs afterwards:
--   GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO noktvrn;
--   GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO noktvrn;
"""


def statements() -> str:
    """Everything as one text: `noktvrn` takes what it makes for a ledger of the newest revision."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    made: list[sa.schema.ExecutableDDLElement] = [CreateSequence(one) for one in metadata._sequences.values()]
    for table in metadata.sorted_tables:
        made.append(CreateTable(table))
        made += [CreateIndex(index) for index in sorted(table.indexes, key=lambda one: str(one.name))]
    words = [f"{str(one.compile(dialect=dialect)).strip()};" for one in made]
    revision = migrate.newest()
    words += [
        f"CREATE TABLE {REVISION} (version_num VARCHAR(32) NOT NULL PRIMARY KEY);",
        f"INSERT INTO {REVISION} (version_num) VALUES ('{revision}');",  # noqa: S608 - our own constant
    ]
    return HEAD.format(revision=revision) + "\n" + "\n\n".join(words) + "\n"
