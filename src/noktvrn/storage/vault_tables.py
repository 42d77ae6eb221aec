"""The table of what a rule removed from the vault."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.storage.columns import id_column, metadata, time_column

vault_removals = sa.Table(
    "vault_removals",
    metadata,
    id_column("artist_id", primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("rule", sa.String(24), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("story", sa.Text, nullable=False),
    time_column("removed_at"),
    sa.Index("ix_vault_removals_sha256", "sha256"),
)
