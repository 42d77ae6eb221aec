"""The catalogue: marks of everything the label made, so that nothing is made twice."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa

from noktvrn.storage.tables import runs, works

WorkKind = Literal["track", "cover", "lyrics", "caption"]

_GONE = ("rejected", "failed", "cancelled", "expired")


def put(
    connection: sa.Connection, *, artist_id: str, run_id: str, kind: WorkKind, title: str, mark: str
) -> None:
    """Notes a work of a run; a later take of the same run replaces it."""
    key = (works.c.artist_id == artist_id, works.c.run_id == run_id, works.c.kind == kind)
    connection.execute(works.delete().where(*key))
    connection.execute(
        works.insert().values(artist_id=artist_id, run_id=run_id, kind=kind, title=title, mark=mark)
    )


def others(connection: sa.Connection, *, run_id: str, kind: WorkKind) -> tuple[tuple[str, str], ...]:
    """Title and mark of every work of this kind in other runs that were not thrown away.

    A song is thrown away with its record, but never for the other songs of it: a record that has failed may
    go on.
    """
    own, records = runs.alias(), runs.alias()
    its = runs.c.data["parent"].as_string()
    of_one_record = sa.exists().where(own.c.run_id == run_id, own.c.data["parent"].as_string() == its)
    rows = connection.execute(
        sa.select(works.c.title, works.c.mark)
        .join(runs, sa.and_(runs.c.artist_id == works.c.artist_id, runs.c.run_id == works.c.run_id))
        .outerjoin(records, sa.and_(records.c.artist_id == works.c.artist_id, records.c.run_id == its))
        .where(works.c.kind == kind, works.c.run_id != run_id, runs.c.state.not_in(_GONE))
        .where(sa.or_(records.c.run_id.is_(None), records.c.state.not_in(_GONE), of_one_record))
        .order_by(works.c.run_id)
    )
    return tuple((row.title, row.mark) for row in rows)


def titles(connection: sa.Connection, artist_id: str, *, run_id: str) -> tuple[str, ...]:
    """The artist's titles in other runs."""
    rows = connection.execute(
        sa.select(works.c.title).where(
            works.c.artist_id == artist_id, works.c.kind == "track", works.c.run_id != run_id
        )
    )
    return tuple(rows.scalars())
