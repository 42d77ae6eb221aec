"""The words' books: budgets, breakers, calls of language models, their sessions, outcomes and prompts"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "breakers",
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_breakers")),
    )
    op.create_table(
        "budgets",
        sa.Column("scope", sa.String(length=96), nullable=False),
        sa.Column("currency", sa.String(length=12), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "currency", name=op.f("pk_budgets")),
    )
    op.create_table(
        "contributions",
        sa.Column("artist_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("artist_id", "subject", "number", name=op.f("pk_contributions")),
    )
    op.create_table(
        "llm_cache",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_llm_cache")),
    )
    op.create_index("ix_llm_cache_expires_at", "llm_cache", ["expires_at"], unique=False)
    op.create_table(
        "llm_calls",
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("task", sa.String(length=24), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("prompt", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_llm_calls")),
    )
    op.create_index("ix_llm_calls_at", "llm_calls", ["at"], unique=False)
    op.create_table(
        "llm_outcomes",
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(length=24), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("prompt", sa.String(length=80), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "kind", "number", name=op.f("pk_llm_outcomes")),
    )
    op.create_index("ix_llm_outcomes_task_at", "llm_outcomes", ["task", "at"], unique=False)
    op.create_table(
        "llm_reviews",
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_llm_reviews")),
    )
    op.create_table(
        "llm_sessions",
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("task", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_llm_sessions")),
    )
    op.create_index("ix_llm_sessions_opened_at", "llm_sessions", ["opened_at"], unique=False)
    op.create_index("ix_llm_sessions_subject", "llm_sessions", ["subject"], unique=False)
    op.create_table(
        "prompt_moves",
        sa.Column("prompt", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(length=12), nullable=False),
        sa.Column("variant", sa.String(length=40), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("prompt", "number", name=op.f("pk_prompt_moves")),
    )
    op.create_table(
        "prompt_variants",
        sa.Column("prompt", sa.String(length=40), nullable=False),
        sa.Column("variant", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("prompt", "variant", name=op.f("pk_prompt_variants")),
    )
    op.add_column(
        "tickets", sa.Column("currency", sa.String(length=12), server_default="USD", nullable=False)
    )
    op.add_column("tickets", sa.Column("held", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("tickets", sa.Column("cost", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("scopes", sa.JSON(), server_default="[]", nullable=False))
    op.create_index("ix_tickets_state_opened_at", "tickets", ["state", "opened_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_tickets_state_opened_at", table_name="tickets")
    op.drop_column("tickets", "scopes")
    op.drop_column("tickets", "cost")
    op.drop_column("tickets", "held")
    op.drop_column("tickets", "currency")
    op.drop_table("prompt_variants")
    op.drop_table("prompt_moves")
    op.drop_index("ix_llm_sessions_subject", table_name="llm_sessions")
    op.drop_index("ix_llm_sessions_opened_at", table_name="llm_sessions")
    op.drop_table("llm_sessions")
    op.drop_table("llm_reviews")
    op.drop_index("ix_llm_outcomes_task_at", table_name="llm_outcomes")
    op.drop_table("llm_outcomes")
    op.drop_index("ix_llm_calls_at", table_name="llm_calls")
    op.drop_table("llm_calls")
    op.drop_index("ix_llm_cache_expires_at", table_name="llm_cache")
    op.drop_table("llm_cache")
    op.drop_table("contributions")
    op.drop_table("budgets")
    op.drop_table("breakers")
