"""What people wanted made anew of a run"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remakes",
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("artist_id", "run_id", "number", name=op.f("pk_remakes")),
    )
    op.create_index("ix_remakes_run_id", "remakes", ["run_id"])


def downgrade() -> None:
    op.drop_index("ix_remakes_run_id", "remakes")
    op.drop_table("remakes")
