"""The table of remakes: what people wanted made anew of a run."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.storage.columns import data_column, id_column, metadata, time_column

remakes = sa.Table(
    "remakes",
    metadata,
    id_column("artist_id", primary_key=True),
    id_column("run_id", primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    data_column(),
    time_column("at"),
    sa.Index("ix_remakes_run_id", "run_id"),
)
