"""Variants of prompts in the books: their words, where each stands, and every move ever made with one.

A variant's words are entered once and never changed; moves are only ever added.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from noktvrn.storage.tables import prompt_moves, prompt_variants

State = Literal["trial", "champion", "retired"]


class Variant(NamedTuple):
    """A variant of a prompt. `data` holds its words, the prompt they were written for, and its share."""

    prompt: str
    variant: str
    state: State
    data: dict[str, Any]
    created_at: datetime
    changed_at: datetime


class Move(NamedTuple):
    """Something that was done with a variant: tried, promoted, retired, rolled back; `data` says by whom."""

    prompt: str
    number: int
    move: str
    variant: str
    data: dict[str, Any]
    at: datetime


def variants(connection: sa.Connection, prompt: str = "") -> tuple[Variant, ...]:
    """The variants of a prompt (of all without one), by name."""
    query = sa.select(prompt_variants).order_by(prompt_variants.c.prompt, prompt_variants.c.variant)
    if prompt:
        query = query.where(prompt_variants.c.prompt == prompt)
    return tuple(Variant(*row) for row in connection.execute(query))


def active(connection: sa.Connection) -> tuple[Variant, ...]:
    """Champions and variants on trial, of all prompts."""
    query = sa.select(prompt_variants).where(prompt_variants.c.state.in_(("trial", "champion")))
    order = (prompt_variants.c.prompt, prompt_variants.c.changed_at, prompt_variants.c.variant)
    return tuple(Variant(*row) for row in connection.execute(query.order_by(*order)))


def put(connection: sa.Connection, variant: Variant) -> None:
    """Enters a variant."""
    connection.execute(prompt_variants.insert().values(**variant._asdict()))


def stand(connection: sa.Connection, prompt: str, variant: str, state: State, *, at: datetime) -> None:
    """Moves a variant to another state."""
    connection.execute(
        prompt_variants.update()
        .where(prompt_variants.c.prompt == prompt, prompt_variants.c.variant == variant)
        .values(state=state, changed_at=at)
    )


def add_move(
    connection: sa.Connection, prompt: str, move: str, variant: str, data: dict[str, Any], *, at: datetime
) -> None:
    """Enters a move under the prompt's next number."""
    latest = sa.select(sa.func.max(prompt_moves.c.number)).where(prompt_moves.c.prompt == prompt)
    number = 1 + (connection.execute(latest).scalar() or 0)
    row = Move(prompt, number, move, variant, data, at)
    connection.execute(prompt_moves.insert().values(**row._asdict()))


def moves(connection: sa.Connection, prompt: str) -> tuple[Move, ...]:
    """The moves of a prompt, in order."""
    query = sa.select(prompt_moves).where(prompt_moves.c.prompt == prompt).order_by(prompt_moves.c.number)
    return tuple(Move(*row) for row in connection.execute(query))
