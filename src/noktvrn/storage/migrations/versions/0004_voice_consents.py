"""Consents of people to the use of their voices"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice_consents",
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("consent_id", sa.String(length=32), nullable=False),
        sa.Column("voice", sa.String(length=40), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("artist_id", "consent_id", name=op.f("pk_voice_consents")),
    )
    op.create_index("ix_voice_consents_consent_id", "voice_consents", ["consent_id"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_voice_consents_consent_id", "voice_consents")
    op.drop_table("voice_consents")
