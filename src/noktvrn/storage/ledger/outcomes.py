"""What became of each piece of writing: whether it was valid, what critic, person and public made of it.

The router and the prompts' trials learn from these rows and from nothing else, so that either can be
replayed. Rows are only ever added; only a verdict that is taken back takes its own along.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple, get_args

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.kernel.errors import Conflict, Invalid
from noktvrn.storage.tables import llm_outcomes

Kind = Literal["validity", "critic", "verdict", "performance"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Row(NamedTuple):
    """One judgement of the work of a session: `score` is 0..1, `prompt` the prompt's reference.

    `number` tells several of one kind in one session apart; (session_id, kind, number) is the key.
    """

    session_id: str
    kind: Kind
    number: int
    task: str
    provider: str
    model: str
    prompt: str
    score: float
    at: datetime


def add(connection: sa.Connection, row: Row) -> bool:
    """Enters an outcome; the same again is no change. Returns whether it is new.

    Raises:
        Invalid: the score is not within 0..1, or the kind is unknown.
        Conflict: another score stands under this key.
    """
    if row.kind not in KINDS or not 0.0 <= row.score <= 1.0:
        raise Invalid(
            f"{row.score} by {row.kind[:20]!r} is no outcome.",
            code="llm.outcome",
            hint=f"Scores are 0..1, kinds {', '.join(KINDS)}.",
        )
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    entered = insert(llm_outcomes).values(row._asdict()).on_conflict_do_nothing()
    # What comes back tells whether it is new; a count of rows is not given by every driver.
    if connection.execute(entered.returning(llm_outcomes.c.number)).first() is not None:
        return True
    key = (row.session_id, row.kind, row.number)
    columns = (llm_outcomes.c.session_id, llm_outcomes.c.kind, llm_outcomes.c.number)
    query = sa.select(llm_outcomes.c.score).where(*(a == b for a, b in zip(columns, key, strict=True)))
    if connection.execute(query).scalar_one() != row.score:
        raise Conflict(
            f"Session {row.session_id} already has another {row.kind} score.",
            code="outcome.conflict",
            hint="Give a new judgement the next number.",
        )
    return False


def withdraw(connection: sa.Connection, session_ids: Sequence[str], kind: Kind) -> int:
    """Takes back every outcome of a kind of these sessions; returns how many."""
    mine = llm_outcomes.c
    return connection.execute(
        llm_outcomes.delete().where(mine.session_id.in_(session_ids), mine.kind == kind)
    ).rowcount


def since(connection: sa.Connection, moment: datetime, *, most: int | None = None) -> tuple[Row, ...]:
    """Every outcome from that moment on, oldest first; the newest `most` of them where that is given."""
    return _rows(connection, llm_outcomes.c.at >= moment, most=most)


def of_session(connection: sa.Connection, session_id: str) -> tuple[Row, ...]:
    """What became of the work of one session, oldest first."""
    return _rows(connection, llm_outcomes.c.session_id == session_id)


def of_task(
    connection: sa.Connection, task: str, *, kind: str = "", moment: datetime | None = None
) -> tuple[Row, ...]:
    """The outcomes of a task, oldest first: of one kind, since a moment, where those are named."""
    wanted = [llm_outcomes.c.task == task]
    if kind:
        wanted.append(llm_outcomes.c.kind == kind)
    if moment is not None:
        wanted.append(llm_outcomes.c.at >= moment)
    return _rows(connection, *wanted)


def _rows(
    connection: sa.Connection, *wanted: sa.ColumnElement[bool], most: int | None = None
) -> tuple[Row, ...]:
    table = llm_outcomes.c
    newest = [column.desc() for column in (table.at, table.session_id, table.kind, table.number)]
    query = sa.select(llm_outcomes).where(*wanted).order_by(*newest).limit(most)
    return tuple(Row(*row) for row in connection.execute(query))[::-1]
