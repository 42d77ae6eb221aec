"""Which take of a run was chosen over which, and by whom. Rows are only ever added; the last one holds."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.model.take import CRITIC, Choice
from noktvrn.storage.tables import take_choices


def add(connection: sa.Connection, choice: Choice) -> None:
    """Enters a choice. Hold its run before."""
    connection.execute(
        take_choices.insert().values(
            artist_id=choice.artist_id,
            run_id=choice.run_id,
            number=choice.number,
            take=choice.take,
            chosen_by=choice.by,
            data=choice.as_data(),
            at=choice.at,
        )
    )


def of_run(connection: sa.Connection, run_id: str) -> tuple[Choice, ...]:
    """The choices of a run, oldest first."""
    rows = connection.execute(
        sa.select(take_choices.c.data).where(take_choices.c.run_id == run_id).order_by(take_choices.c.number)
    )
    return tuple(Choice.model_validate(data) for data in rows.scalars())


def of_artist(connection: sa.Connection, artist_id: str) -> tuple[Choice, ...]:
    """What people chose of an artist's takes, oldest first: the ranking's own choices are left out."""
    rows = connection.execute(
        sa.select(take_choices.c.data)
        .where(take_choices.c.artist_id == artist_id, take_choices.c.chosen_by != CRITIC)
        .order_by(take_choices.c.at, take_choices.c.run_id, take_choices.c.number)
    )
    return tuple(Choice.model_validate(data) for data in rows.scalars())


def holding(connection: sa.Connection, run_id: str) -> int | None:
    """The take that is chosen now, or None where nothing was ever chosen."""
    take = connection.execute(
        sa.select(take_choices.c.take)
        .where(take_choices.c.run_id == run_id)
        .order_by(take_choices.c.number.desc())
        .limit(1)
    ).scalar()
    return int(take) if take is not None else None


def rounds(connection: sa.Connection, run_id: str) -> int:
    """How often a run was taken up again for another take, the first time counted: 1 or more."""
    by_people = connection.execute(
        sa.select(sa.func.count())
        .select_from(take_choices)
        .where(take_choices.c.run_id == run_id, take_choices.c.chosen_by != CRITIC)
    ).scalar_one()
    return 1 + int(by_people)
