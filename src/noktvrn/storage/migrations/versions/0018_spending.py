"""Which run a ticket was opened for"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

AT_ONCE = 500
TICKETS = sa.table(
    "tickets",
    sa.column("ticket_id", sa.String),
    sa.column("run_id", sa.String),
    sa.column("kind", sa.String),
    sa.column("job", sa.JSON),
)
CALLS = sa.table("llm_calls", sa.column("ticket_id", sa.String), sa.column("session_id", sa.String))
SESSIONS = sa.table("llm_sessions", sa.column("session_id", sa.String), sa.column("subject", sa.String))


def upgrade() -> None:
    op.add_column("tickets", sa.Column("run_id", sa.String(length=32), server_default="", nullable=False))
    _fill_in()
    op.create_index("ix_tickets_run_id_opened_at", "tickets", ["run_id", "opened_at"])


def _fill_in() -> None:
    """A job's order says it, and of words the session they were asked in."""
    books = op.get_bind()
    of_jobs = sa.select(TICKETS.c.ticket_id, TICKETS.c.job["errand"]["run_id"].as_string())
    of_words = sa.select(CALLS.c.ticket_id, SESSIONS.c.subject).join(
        SESSIONS, SESSIONS.c.session_id == CALLS.c.session_id
    )
    told = [
        *books.execute(of_jobs.where(TICKETS.c.kind != "words")),
        *books.execute(of_words.where(SESSIONS.c.subject.like("run\\_%", escape="\\"))),
    ]
    rows = [{"its_id": ticket, "its_run": run} for ticket, run in told if ticket and run]
    fill = (
        sa.update(TICKETS)
        .where(TICKETS.c.ticket_id == sa.bindparam("its_id"))
        .values(run_id=sa.bindparam("its_run"))
    )
    for start in range(0, len(rows), AT_ONCE):
        books.execute(fill, rows[start : start + AT_ONCE])


def downgrade() -> None:
    op.drop_index("ix_tickets_run_id_opened_at", table_name="tickets")
    op.drop_column("tickets", "run_id")
