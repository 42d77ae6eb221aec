"""The tables of studio sessions: where each stands, its story, and people's word on the terms."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.storage.columns import data_column, id_column, metadata, time_column

studio_sessions = sa.Table(
    "studio_sessions",
    metadata,
    id_column("artist_id", primary_key=True),
    id_column("session_id", primary_key=True),
    sa.Column("driver", sa.String(12), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    data_column(),
    time_column("opened_at"),
    time_column("updated_at"),
    sa.Index("ix_studio_sessions_session_id", "session_id", unique=True),
)

studio_events = sa.Table(
    "studio_events",
    metadata,
    id_column("artist_id", primary_key=True),
    id_column("session_id", primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("event", sa.String(16), nullable=False),
    data_column(),
    time_column("at"),
)

studio_terms = sa.Table(
    "studio_terms",
    metadata,
    sa.Column("actor", sa.String(80), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(8), nullable=False),
    data_column(),
    time_column("at"),
)
