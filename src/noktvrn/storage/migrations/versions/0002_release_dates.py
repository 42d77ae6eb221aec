"""Release dates of an artist, each taken once"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_dates",
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("release_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("artist_id", "release_id", name=op.f("pk_release_dates")),
        sa.UniqueConstraint("artist_id", "release_on", name=op.f("uq_release_dates_artist_id_release_on")),
    )


def downgrade() -> None:
    op.drop_table("release_dates")
