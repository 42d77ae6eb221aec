"""The tables of a label that runs by itself: the roster, open calendars, cycles, what they started, moves
between lifecycle states.

`roster` is one narrow row for each artist, and `plan_items` one for each entry of a calendar: whoever looks
at all artists reads these and no profile, run or plan.
"""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.storage.columns import UtcTime, data_column, id_column, metadata, time_column, where

roster = sa.Table(
    "roster",
    metadata,
    id_column("artist_id", primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    time_column("state_since"),
    time_column("joined_at"),
    time_column("last_run_at", nullable=True),
    time_column("counts_from", nullable=True),
    time_column("check_at", nullable=True),
    sa.Column("rejections", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Index("ix_roster_check_at", "check_at"),
    sa.Index("ix_roster_state", "state"),
)

plan_items = sa.Table(
    "plan_items",
    metadata,
    id_column("artist_id", primary_key=True),
    id_column("plan_id", primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    id_column("brief_id"),
    sa.Column("content_type", sa.String(12), nullable=False),
    sa.Column("on_day", sa.Date, nullable=False),
    sa.Column("produce_by", sa.Date, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Index("ix_plan_items_artist_id_brief_id", "artist_id", "brief_id"),
    sa.Index("ix_plan_items_due", "produce_by", **where("state = 'open'")),
    sa.Index("ix_plan_items_open", "content_type", "on_day", "artist_id", **where("state = 'open'")),
)

batch_slots = sa.Table(
    "batch_slots",
    metadata,
    sa.Column("schedule", sa.String(96), primary_key=True),
    sa.Column("slot", UtcTime, primary_key=True),
    sa.Column("state", sa.String(8), nullable=False),
    data_column(),
    time_column("opened_at"),
    time_column("closed_at", nullable=True),
    sa.Index("ix_batch_slots_opened_at", "opened_at"),
    sa.Index("ix_batch_slots_open", "opened_at", **where("state = 'open'")),
)

batch_runs = sa.Table(
    "batch_runs",
    metadata,
    id_column("artist_id", primary_key=True),
    id_column("run_id", primary_key=True),
    sa.Column("schedule", sa.String(96), nullable=False),
    time_column("slot"),
    sa.Column("why", sa.String(12), nullable=False),
    sa.Column("variant", sa.String(32), nullable=False),
    time_column("started_at"),
    sa.Column("verdict", sa.Float, nullable=True),
    sa.Column("critic", sa.Float, nullable=True),
    sa.Column("performance", sa.Float, nullable=True),
    time_column("read_at", nullable=True),
    sa.Index("ix_batch_runs_run_id", "run_id", unique=True),
    sa.Index("ix_batch_runs_started_at", "started_at"),
)

lifecycle_moves = sa.Table(
    "lifecycle_moves",
    metadata,
    id_column("artist_id", primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("before", sa.String(16), nullable=False),
    sa.Column("after", sa.String(16), nullable=False),
    sa.Column("rule", sa.String(24), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    data_column(),
    time_column("at"),
)
