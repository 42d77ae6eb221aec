"""The roster, entries of calendars, cycles of the batch and what they started"""

from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_roster()
    _make_plan_items()
    op.create_table(
        "batch_slots",
        sa.Column("schedule", sa.String(length=96), nullable=False),
        sa.Column("slot", _TIME, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("schedule", "slot", name=op.f("pk_batch_slots")),
    )
    op.create_index("ix_batch_slots_opened_at", "batch_slots", ["opened_at"])
    _partial("ix_batch_slots_open", "batch_slots", ["opened_at"])
    op.create_table(
        "batch_runs",
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("schedule", sa.String(length=96), nullable=False),
        sa.Column("slot", _TIME, nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("variant", sa.String(length=32), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("verdict", sa.Float(), nullable=True),
        sa.Column("critic", sa.Float(), nullable=True),
        sa.Column("performance", sa.Float(), nullable=True),
        sa.Column("read_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("artist_id", "run_id", name=op.f("pk_batch_runs")),
    )
    op.create_index("ix_batch_runs_run_id", "batch_runs", ["run_id"], unique=True)
    op.create_index("ix_batch_runs_started_at", "batch_runs", ["started_at"])
    op.create_index("ix_performance_artist_id_recorded_at", "performance", ["artist_id", "recorded_at"])


def _make_roster() -> None:
    op.create_table(
        "roster",
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("state_since", _TIME, nullable=False),
        sa.Column("joined_at", _TIME, nullable=False),
        sa.Column("last_run_at", _TIME, nullable=True),
        sa.Column("counts_from", _TIME, nullable=True),
        sa.Column("check_at", _TIME, nullable=True),
        sa.Column("rejections", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("artist_id", name=op.f("pk_roster")),
    )
    op.create_index("ix_roster_check_at", "roster", ["check_at"])
    op.create_index("ix_roster_state", "roster", ["state"])
    op.execute(
        "INSERT INTO roster (artist_id, state, state_since, joined_at, last_run_at)"
        " SELECT artist_id, state, created_at, created_at,"
        " (SELECT max(runs.created_at) FROM runs WHERE runs.artist_id = artists.artist_id) FROM artists"
    )
    _count_rejections()


def _count_rejections() -> None:
    artists = sa.table("artists", sa.column("artist_id"), sa.column("data", sa.JSON()))
    roster = sa.table("roster", sa.column("artist_id"), sa.column("rejections"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(artists)).all():
        count = row.data.get("consecutive_rejections", 0)
        if count:
            mine = roster.c.artist_id == row.artist_id
            connection.execute(roster.update().where(mine).values(rejections=count))


def _make_plan_items() -> None:
    op.create_table(
        "plan_items",
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("plan_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("brief_id", sa.String(length=32), nullable=False),
        sa.Column("content_type", sa.String(length=12), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("produce_by", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("artist_id", "plan_id", "number", name=op.f("pk_plan_items")),
    )
    op.create_index("ix_plan_items_artist_id_brief_id", "plan_items", ["artist_id", "brief_id"])
    _partial("ix_plan_items_due", "plan_items", ["produce_by"])
    _partial("ix_plan_items_open", "plan_items", ["content_type", "on_day", "artist_id"])
    _enter_calendars()


def _enter_calendars() -> None:
    """The entries of the calendars there are. Of two calendars over one day the newer one's counts."""
    plans = sa.table("plans", sa.column("artist_id"), sa.column("created_at"), sa.column("data", sa.JSON()))
    runs = sa.table("runs", sa.column("artist_id"), sa.column("brief_id"))
    items = sa.table(
        "plan_items",
        *(
            sa.column(name)
            for name in ("artist_id", "plan_id", "number", "brief_id", "content_type", "state")
        ),
        sa.column("on_day", sa.Date()),
        sa.column("produce_by", sa.Date()),
    )
    connection = op.get_bind()
    made = {(row.artist_id, row.brief_id) for row in connection.execute(sa.select(runs))}
    newest_first = sa.select(plans.c.artist_id, plans.c.data).order_by(
        plans.c.artist_id, plans.c.created_at.desc()
    )
    artist, earlier = "", date.max
    for row in connection.execute(newest_first).all():
        if row.artist_id != artist:
            artist, earlier = row.artist_id, date.max
        rows = [_item(row.artist_id, row.data, number, made, earlier) for number in range(_length(row.data))]
        if rows:
            connection.execute(items.insert(), rows)
        earlier = min(earlier, date.fromisoformat(row.data["starts_on"]))


def _length(plan: dict[str, Any]) -> int:
    return len(plan["items"])


def _item(
    artist: str, plan: dict[str, Any], number: int, made: set[tuple[str, str]], newer_from: date
) -> dict[str, Any]:
    item = plan["items"][number]
    on = date.fromisoformat(item["on"])
    state = "open" if on < newer_from else "superseded"
    return {
        "artist_id": artist,
        "plan_id": plan["id"],
        "number": number + 1,
        "brief_id": item["brief"]["id"],
        "content_type": item["brief"]["content_type"],
        "state": "made" if (artist, item["brief"]["id"]) in made else state,
        "on_day": on,
        "produce_by": date.fromisoformat(item["produce_by"]),
    }


def _partial(name: str, table: str, columns: list[str]) -> None:
    open_ = sa.text("state = 'open'")
    op.create_index(name, table, columns, sqlite_where=open_, postgresql_where=open_)


def downgrade() -> None:
    op.drop_index("ix_performance_artist_id_recorded_at", "performance")
    for table in ("batch_runs", "batch_slots", "plan_items", "roster"):
        op.drop_table(table)
