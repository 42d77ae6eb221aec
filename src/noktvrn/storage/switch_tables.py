"""The table of the label's switch: every turn of it, the last one holds."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.storage.columns import metadata, time_column

switch = sa.Table(
    "switch",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    time_column("at"),
)
