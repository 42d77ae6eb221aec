"""Tables of the desk on a phone, and the desk's own flags.

The original's one approval channel was a chat; what happens there is kept so that nothing is done twice and
nothing is believed that was not sent by the label itself.
"""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.storage.columns import data_column, id_column, metadata, time_column

phone_updates = sa.Table(
    "phone_updates",
    metadata,
    id_column("bot", primary_key=True),
    sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(12), nullable=False),
    time_column("at"),
    sa.Index("ix_phone_updates_at", "at"),
)
"""Updates that were dealt with: what is delivered again is known by its number."""

phone_buttons = sa.Table(
    "phone_buttons",
    metadata,
    id_column("artist_id", primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    id_column("run_id"),
    sa.Column("chat", sa.BigInteger, nullable=False),
    sa.Column("action", sa.String(12), nullable=False),
    sa.Column("approval_hash", sa.String(64), nullable=False),
    time_column("expires_at"),
    time_column("used_at", nullable=True),
    sa.Index("ix_phone_buttons_digest", "digest"),
    sa.Index("ix_phone_buttons_run_id", "run_id"),
)
"""Buttons by the hash of their data: whoever reads the ledger cannot press one."""

phone_previews = sa.Table(
    "phone_previews",
    metadata,
    id_column("artist_id", primary_key=True),
    id_column("run_id", primary_key=True),
    sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("approval_hash", sa.String(64), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    data_column(),
    time_column("opened_at"),
    time_column("due_at", nullable=True),
    sa.Index("ix_phone_previews_state_due_at", "state", "due_at"),
)
"""What a chat shows of a review, and how far its showing has come."""

phone_questions = sa.Table(
    "phone_questions",
    metadata,
    sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("sender", sa.BigInteger, primary_key=True, autoincrement=False),
    id_column("artist_id"),
    id_column("run_id"),
    sa.Column("approval_hash", sa.String(64), nullable=False),
    time_column("expires_at"),
)
"""Who was asked why; the next thing they say in that chat is the answer."""

desk_remarks = sa.Table(
    "desk_remarks",
    metadata,
    id_column("artist_id", primary_key=True),
    id_column("run_id", primary_key=True),
    sa.Column("approval_hash", sa.String(64), primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("said_by", sa.String(120), nullable=False),
    time_column("at"),
)
"""Why people said no. A remark outlives its verdict, which falls when the run is made anew."""

desk_flags = sa.Table(
    "desk_flags",
    metadata,
    id_column("name", primary_key=True),
    sa.Column("value", sa.String(16), nullable=False),
    sa.Column("set_by", sa.String(120), nullable=False),
    time_column("at"),
)
