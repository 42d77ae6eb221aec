"""Studio sessions, their story, and people's word on the terms"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "studio_sessions",
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("driver", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("artist_id", "session_id", name=op.f("pk_studio_sessions")),
    )
    op.create_index("ix_studio_sessions_session_id", "studio_sessions", ["session_id"], unique=True)
    op.create_table(
        "studio_events",
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("artist_id", "session_id", "number", name=op.f("pk_studio_events")),
    )
    op.create_table(
        "studio_terms",
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor", "number", name=op.f("pk_studio_terms")),
    )


def downgrade() -> None:
    op.drop_table("studio_terms")
    op.drop_table("studio_events")
    op.drop_index("ix_studio_sessions_session_id", "studio_sessions")
    op.drop_table("studio_sessions")
