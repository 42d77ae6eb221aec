"""The table of events."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.storage.columns import id_column, metadata, time_column

events_number = sa.Sequence("events_number", metadata=metadata)
"""Where a server draws the numbers from; SQLite counts by its one writer."""

events = sa.Table(
    "events",
    metadata,
    id_column("artist_id", primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("xact", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False),
    id_column("run_id"),
    sa.Column("state", sa.String(24), nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
    time_column("at"),
    sa.Index("ix_events_number", "number"),
    sa.Index("ix_events_xact_number", "xact", "number"),
    sa.Index("ix_events_run_id_number", "run_id", "number"),
)
