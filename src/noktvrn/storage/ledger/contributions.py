"""The book of what people put into what (a run): the evidence behind a release's disclosure."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from noktvrn.model.contribution import Contribution
from noktvrn.storage.tables import contributions


def put(connection: sa.Connection, *, artist_id: str, subject: str, entries: Sequence[Contribution]) -> None:
    """Writes what went into `subject`; a later attempt at the same work replaces it."""
    connection.execute(
        contributions.delete().where(
            contributions.c.artist_id == artist_id, contributions.c.subject == subject
        )
    )
    for number, entry in enumerate(entries):
        connection.execute(
            contributions.insert().values(
                artist_id=artist_id,
                subject=subject,
                number=number,
                kind=entry.kind,
                data=entry.as_data(),
                at=entry.at,
            )
        )


def of(connection: sa.Connection, subject: str) -> tuple[Contribution, ...]:
    """What people put into `subject`, in the order it is heard or read."""
    rows = connection.execute(
        sa.select(contributions.c.data)
        .where(contributions.c.subject == subject)
        .order_by(contributions.c.number)
    )
    return tuple(Contribution.model_validate(data) for data in rows.scalars())
