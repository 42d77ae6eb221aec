"""The desk on a phone; reminders, autopilot and the look-ups of a long desk"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _desk()
    _phone()


def _desk() -> None:
    with op.batch_alter_table("reviews") as reviews:
        reviews.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
        reviews.add_column(sa.Column("autopilot", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(_ASKED_FOR[op.get_bind().dialect.name])
    op.create_index("ix_reviews_run_id", "reviews", ["run_id"])
    op.create_index("ix_reviews_closed_at_expires_at", "reviews", ["closed_at", "expires_at"])
    op.create_index("ix_reviews_closed_at_opened_at", "reviews", ["closed_at", "opened_at"])
    op.create_index("ix_reviews_closed_at_autopilot", "reviews", ["closed_at", "autopilot", "opened_at"])
    op.create_index("ix_verdicts_run_id", "verdicts", ["run_id"])
    op.create_index("ix_verdicts_door_decided_at", "verdicts", ["door", "decided_at"])
    op.create_table(
        "desk_flags",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=16), nullable=False),
        sa.Column("set_by", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_desk_flags")),
    )
    op.create_table(
        "desk_remarks",
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("approval_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_by", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("artist_id", "run_id", "approval_hash", name=op.f("pk_desk_remarks")),
    )


_ASKED_FOR = {
    "sqlite": "UPDATE reviews SET autopilot = true WHERE closed_at IS NULL AND run_id IN"
    " (SELECT run_id FROM runs WHERE json_extract(data, '$.autopilot') = 1)",
    "postgresql": "UPDATE reviews SET autopilot = true WHERE closed_at IS NULL AND run_id IN"
    " (SELECT run_id FROM runs WHERE (data ->> 'autopilot')::boolean)",
}


def _phone() -> None:
    op.create_table(
        "phone_updates",
        sa.Column("bot", sa.String(length=32), nullable=False),
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bot", "update_id", name=op.f("pk_phone_updates")),
    )
    op.create_index("ix_phone_updates_at", "phone_updates", ["at"])
    op.create_table(
        "phone_buttons",
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("approval_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("artist_id", "digest", name=op.f("pk_phone_buttons")),
    )
    op.create_index("ix_phone_buttons_digest", "phone_buttons", ["digest"])
    op.create_index("ix_phone_buttons_run_id", "phone_buttons", ["run_id"])
    op.create_table(
        "phone_previews",
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("chat", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("approval_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("artist_id", "run_id", "chat", name=op.f("pk_phone_previews")),
    )
    op.create_index("ix_phone_previews_state_due_at", "phone_previews", ["state", "due_at"])
    op.create_table(
        "phone_questions",
        sa.Column("chat", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("approval_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat", "sender", name=op.f("pk_phone_questions")),
    )


def downgrade() -> None:
    for table in ("questions", "previews", "buttons", "updates"):
        op.drop_table(f"phone_{table}")
    op.drop_table("desk_remarks")
    op.drop_table("desk_flags")
    op.drop_index("ix_verdicts_door_decided_at", table_name="verdicts")
    op.drop_index("ix_verdicts_run_id", table_name="verdicts")
    for name in ("closed_at_autopilot", "closed_at_opened_at", "closed_at_expires_at", "run_id"):
        op.drop_index(f"ix_reviews_{name}", table_name="reviews")
    with op.batch_alter_table("reviews") as reviews:
        reviews.drop_column("autopilot")
        reviews.drop_column("reminded_at")
