"""Which take of a run was chosen over which"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "take_choices",
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("chosen_by", sa.String(length=80), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("artist_id", "run_id", "number", name=op.f("pk_take_choices")),
    )
    op.create_index("ix_take_choices_run_id", "take_choices", ["run_id"])


def downgrade() -> None:
    op.drop_index("ix_take_choices_run_id", "take_choices")
    op.drop_table("take_choices")
