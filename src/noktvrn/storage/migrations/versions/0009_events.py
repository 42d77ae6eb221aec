"""Every change of state as an event"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NUMBER = sa.Sequence("events_number")


def upgrade() -> None:
    if op.get_bind().dialect.supports_sequences:
        op.execute(sa.schema.CreateSequence(_NUMBER))
    op.create_table(
        "events",
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("xact", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("artist_id", "number", name=op.f("pk_events")),
    )
    op.create_index("ix_events_number", "events", ["number"])
    op.create_index("ix_events_xact_number", "events", ["xact", "number"])
    op.create_index("ix_events_run_id_number", "events", ["run_id", "number"])


def downgrade() -> None:
    op.drop_table("events")
    if op.get_bind().dialect.supports_sequences:
        op.execute(sa.schema.DropSequence(_NUMBER))
