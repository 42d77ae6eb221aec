"""What listeners did, and what the artists made of it."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.model.performance import Performance, by_release
from noktvrn.model.progression import Progression
from noktvrn.storage.tables import performance, progressions


def put(connection: sa.Connection, row_key: str, row: Performance) -> bool:
    """Writes one row of figures; the same period again corrects it. Returns whether anything changed."""
    key = (performance.c.artist_id == row.artist_id, performance.c.row_key == row_key)
    known = connection.execute(sa.select(performance.c.data).where(*key)).scalar()
    data = row.as_data()
    if known is not None and _figures(known) == _figures(data):
        return False
    connection.execute(performance.delete().where(*key))
    connection.execute(
        performance.insert().values(
            artist_id=row.artist_id,
            row_key=row_key,
            release_id=row.release_id,
            platform=row.platform,
            period_end=row.period_end,
            data=data,
            recorded_at=row.recorded_at,
        )
    )
    return True


def of_artist(connection: sa.Connection, artist_id: str) -> tuple[Performance, ...]:
    """Every row of an artist, oldest period first; the songs of a record are told as one."""
    rows = connection.execute(
        sa.select(performance.c.data)
        .where(performance.c.artist_id == artist_id)
        .order_by(performance.c.period_end, performance.c.row_key)
    )
    return by_release(Performance.model_validate(data) for data in rows.scalars())


def add_progression(connection: sa.Connection, entry: Progression) -> None:
    """Appends to the artist's progression."""
    last = connection.execute(
        sa.select(sa.func.max(progressions.c.number)).where(progressions.c.artist_id == entry.artist_id)
    ).scalar()
    connection.execute(
        progressions.insert().values(
            artist_id=entry.artist_id,
            number=int(last or 0) + 1,
            decision=entry.decision,
            data=entry.as_data(),
            at=entry.at,
        )
    )


def progression(connection: sa.Connection, artist_id: str) -> tuple[Progression, ...]:
    """The artist's progression, oldest first."""
    rows = connection.execute(
        sa.select(progressions.c.data)
        .where(progressions.c.artist_id == artist_id)
        .order_by(progressions.c.number)
    )
    return tuple(Progression.model_validate(data) for data in rows.scalars())


def has_news(connection: sa.Connection, artist_id: str) -> bool:
    """Whether figures came after the artist was last looked at by its evolution."""
    looked = sa.select(sa.func.max(progressions.c.at)).where(progressions.c.artist_id == artist_id)
    newest = sa.select(sa.func.max(performance.c.recorded_at)).where(performance.c.artist_id == artist_id)
    looked_at, heard_at = connection.execute(looked).scalar(), connection.execute(newest).scalar()
    return heard_at is not None and (looked_at is None or heard_at > looked_at)


def _figures(data: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in data.items() if key not in ("recorded_at", "source")}
