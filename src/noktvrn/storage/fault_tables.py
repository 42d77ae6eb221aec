"""The table of faults."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.storage.columns import data_column, id_column, metadata, time_column

faults = sa.Table(
    "faults",
    metadata,
    id_column("fault_id", primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    data_column(),
    time_column("first_at"),
    time_column("last_at"),
    time_column("acked_at", nullable=True),
    sa.Index("ix_faults_last_at", "last_at"),
)
