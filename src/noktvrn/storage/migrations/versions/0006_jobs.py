"""Outside jobs: more columns of tickets, their events and files, caps set by people, paces"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIMES = ("leased_until", "next_look_at")
PARTIAL = ("token_hash", "next_look_at")


def upgrade() -> None:
    op.create_table(
        "ticket_events",
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "number", name=op.f("pk_ticket_events")),
    )
    op.create_table(
        "ticket_files",
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("clip", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "clip", name=op.f("pk_ticket_files")),
    )
    op.create_table(
        "caps",
        sa.Column("scope", sa.String(length=96), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "unit", name=op.f("pk_caps")),
    )
    op.create_table(
        "paces",
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("due_micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_paces")),
    )
    _widen_currency(12, 40)
    _add_columns()
    for column in PARTIAL:
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_tickets_{column}", "tickets", [column], sqlite_where=there, postgresql_where=there
        )


def _add_columns() -> None:
    texts = (("kind", sa.String(length=8), "words"), ("ref", sa.Text(), ""))
    for name, kind, default in texts:
        op.add_column("tickets", sa.Column(name, kind, server_default=default, nullable=False))
    for name in ("job", "units"):
        op.add_column("tickets", sa.Column(name, sa.JSON(), server_default="{}", nullable=False))
    op.add_column("tickets", sa.Column("events", sa.Integer(), server_default="0", nullable=False))
    op.add_column("tickets", sa.Column("token_hash", sa.String(length=64), nullable=True))
    op.add_column("tickets", sa.Column("owner", sa.String(length=64), nullable=True))
    for name in TIMES:
        op.add_column("tickets", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def _widen_currency(before: int, after: int) -> None:
    with op.batch_alter_table("budgets") as budgets:
        budgets.alter_column(
            "currency",
            existing_type=sa.String(length=before),
            type_=sa.String(length=after),
            existing_nullable=False,
        )


def downgrade() -> None:
    for column in PARTIAL:
        op.drop_index(f"ix_tickets_{column}", table_name="tickets")
    for name in (*TIMES, "owner", "token_hash", "events", "units", "job", "ref", "kind"):
        op.drop_column("tickets", name)
    # Rows of a service's own units have no place in the older ledger.
    op.execute("DELETE FROM budgets WHERE length(currency) > 12")
    _widen_currency(40, 12)
    for table in ("paces", "caps", "ticket_files", "ticket_events"):
        op.drop_table(table)
