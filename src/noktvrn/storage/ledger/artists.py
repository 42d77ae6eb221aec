"""Artists, every version of their profiles, and how they came to be."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, NotFound
from noktvrn.kernel.ids import ArtistId
from noktvrn.model.artist import Artist, CreationReport, LifecycleState, Profile
from noktvrn.storage.ledger import events, roster
from noktvrn.storage.tables import artist_versions, artists, creation_reports


def find(connection: sa.Connection, artist_id: str) -> Artist | None:
    """The artist in its present version, or None."""
    data = connection.execute(sa.select(artists.c.data).where(artists.c.artist_id == artist_id)).scalar()
    return Artist.model_validate(data) if data is not None else None


def exists(connection: sa.Connection, artist_id: str) -> bool:
    """Whether there is such an artist."""
    query = sa.select(artists.c.artist_id).where(artists.c.artist_id == artist_id)
    return connection.execute(query).first() is not None


def get(connection: sa.Connection, artist_id: str) -> Artist:
    """The artist in its present version. Raises NotFound."""
    artist = find(connection, artist_id)
    if artist is None:
        raise NotFound(
            f"There is no artist {artist_id}.",
            code="artist.not_found",
            hint="`noktvrn artist list` shows those there are.",
        )
    return artist


def held(connection: sa.Connection, artist_id: str) -> Artist:
    """The artist as `get` finds it, kept from other writers until the transaction ends."""
    row = sa.select(artists.c.artist_id).where(artists.c.artist_id == artist_id).with_for_update()
    connection.execute(row)
    return get(connection, artist_id)


def every(connection: sa.Connection) -> tuple[Artist, ...]:
    """All artists, oldest first."""
    rows = connection.execute(sa.select(artists.c.data).order_by(artists.c.created_at, artists.c.artist_id))
    return tuple(Artist.model_validate(data) for data in rows.scalars())


def in_states(connection: sa.Connection, states: Collection[LifecycleState]) -> tuple[Artist, ...]:
    """The artists in one of these states, oldest first."""
    query = sa.select(artists.c.data).where(artists.c.state.in_(sorted(state.value for state in states)))
    rows = connection.execute(query.order_by(artists.c.created_at, artists.c.artist_id))
    return tuple(Artist.model_validate(data) for data in rows.scalars())


def stage_names(connection: sa.Connection) -> tuple[str, ...]:
    """The names that are taken."""
    return tuple(connection.execute(sa.select(artists.c.stage_name)).scalars())


def add(connection: sa.Connection, artist: Artist, report: CreationReport) -> None:
    """Enters a new artist with its first version. Raises Conflict for a taken id or name."""
    try:
        connection.execute(artists.insert().values(**_columns(artist), created_at=artist.created_at))
    except sa.exc.IntegrityError as error:
        raise _taken(artist, "Use another --seed.") from error
    _add_version(connection, artist, "created")
    roster.enter(connection, artist.id, artist.state, artist.created_at)
    connection.execute(
        creation_reports.insert().values(
            artist_id=artist.id, data=report.as_data(), created_at=artist.created_at
        )
    )
    _tell(connection, artist)


def save(connection: sa.Connection, artist: Artist, *, reason: str = "") -> None:
    """Writes the artist's present form; a new version number also enters the history, with its reason.

    Raises:
        Conflict: the artist was changed meanwhile, or another one has its name.
    """
    known = connection.execute(
        sa.select(artists.c.version, artists.c.state)
        .where(artists.c.artist_id == artist.id)
        .with_for_update()
    ).first()
    if known is None or artist.version not in (known.version, known.version + 1):
        raise Conflict(
            f"Artist {artist.id} was changed meanwhile.",
            code="artist.stale",
            hint="Read it again, then repeat the change.",
        )
    try:
        connection.execute(
            artists.update().where(artists.c.artist_id == artist.id).values(**_columns(artist))
        )
    except sa.exc.IntegrityError as error:
        raise _taken(artist, "Choose another name.") from error
    if artist.version == known.version + 1:
        _add_version(connection, artist, reason)
    roster.count_rejections(connection, artist.id, artist.consecutive_rejections)
    if artist.state.value != known.state:
        roster.restate(connection, artist.id, artist.state, artist.updated_at)
        _tell(connection, artist)


def _tell(connection: sa.Connection, artist: Artist) -> None:
    events.add(
        connection,
        kind=f"artist.{artist.state.value}",
        subject=artist.id,
        artist_id=artist.id,
        state=artist.state.value,
        at=artist.updated_at,
    )


def _taken(artist: Artist, hint: str) -> Conflict:
    return Conflict(
        f"The name {artist.profile.stage_name} is taken in this label.", code="artist.exists", hint=hint
    )


def profile_at(connection: sa.Connection, artist_id: str, version: int) -> Profile:
    """The profile as it was at `version`. Raises NotFound."""
    data = connection.execute(
        sa.select(artist_versions.c.profile).where(
            artist_versions.c.artist_id == artist_id, artist_versions.c.version == version
        )
    ).scalar()
    if data is None:
        raise NotFound(
            f"Artist {artist_id} has no version {version}.",
            code="artist.no_version",
            hint=f"`noktvrn artist versions {artist_id}` shows those there are.",
        )
    return Profile.model_validate(data)


def versions(connection: sa.Connection, artist_id: str) -> tuple[tuple[int, str, datetime], ...]:
    """Number, reason and time of every version, oldest first."""
    rows = connection.execute(
        sa.select(artist_versions.c.version, artist_versions.c.reason, artist_versions.c.created_at)
        .where(artist_versions.c.artist_id == artist_id)
        .order_by(artist_versions.c.version)
    )
    return tuple((row.version, row.reason, row.created_at) for row in rows)


def report_of(connection: sa.Connection, artist_id: ArtistId) -> CreationReport | None:
    """How the artist came to be."""
    data = connection.execute(
        sa.select(creation_reports.c.data).where(creation_reports.c.artist_id == artist_id)
    ).scalar()
    return CreationReport.model_validate(data) if data is not None else None


def _columns(artist: Artist) -> dict[str, object]:
    return {
        "artist_id": artist.id,
        "version": artist.version,
        "state": artist.state.value,
        "stage_name": artist.profile.stage_name,
        "data": artist.as_data(),
        "updated_at": artist.updated_at,
    }


def _add_version(connection: sa.Connection, artist: Artist, reason: str) -> None:
    connection.execute(
        artist_versions.insert().values(
            artist_id=artist.id,
            version=artist.version,
            reason=reason,
            profile=artist.profile.as_data(),
            created_at=artist.updated_at,
        )
    )
