"""Sealed releases, the identifiers they carry and where they were delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

import sqlalchemy as sa

from noktvrn.kernel.errors import BudgetSpent, NotFound
from noktvrn.model.release import Delivery, Release
from noktvrn.storage.ledger import events
from noktvrn.storage.tables import deliveries, identifiers, release_dates, releases

SONG_PURPOSE = "recording "
"""How what a code of a record's song is for begins; its number follows."""


class Taken(NamedTuple):
    """A code, and when it was taken: a repeated sealing dates itself by it."""

    code: str
    at: datetime


def add(connection: sa.Connection, release: Release) -> None:
    """Enters a sealed release; entering it again is no change."""
    if find(connection, release.draft.id) is None:
        connection.execute(
            releases.insert().values(
                artist_id=release.draft.artist_id,
                release_id=release.draft.id,
                run_id=release.draft.run_id,
                package_hash=release.package_hash,
                data=release.as_data(),
                sealed_at=release.sealed_at,
            )
        )


def find(connection: sa.Connection, release_id: str) -> Release | None:
    """A sealed release, or None."""
    data = connection.execute(sa.select(releases.c.data).where(releases.c.release_id == release_id)).scalar()
    return Release.model_validate(data) if data is not None else None


def get(connection: sa.Connection, release_id: str) -> Release:
    """A sealed release. Raises NotFound."""
    release = find(connection, release_id)
    if release is None:
        raise NotFound(
            f"There is no sealed release {release_id}.",
            code="release.not_found",
            hint="`noktvrn release list` shows those there are.",
        )
    return release


def every(connection: sa.Connection, *, artist_id: str | None = None) -> tuple[Release, ...]:
    """Sealed releases, newest first."""
    query = sa.select(releases.c.data).order_by(releases.c.sealed_at.desc(), releases.c.release_id)
    if artist_id is not None:
        query = query.where(releases.c.artist_id == artist_id)
    return tuple(Release.model_validate(data) for data in connection.execute(query).scalars())


def take_identifier(
    connection: sa.Connection,
    *,
    kind: Literal["isrc", "upc"],
    prefix: str,
    year: int,
    capacity: int,
    purpose: str,
    artist_id: str,
    release_id: str,
    spell: Callable[[int], str],
    at: datetime,
) -> Taken:
    """The code of this purpose for this release: the one it already has, else the next number of the range.

    A number is taken for good: it never returns to the pool. `spell` turns a number into a code.

    Raises:
        BudgetSpent: the range has no number left.
    """
    _lock(connection, f"{kind}{prefix}{year}")
    mine = connection.execute(
        sa.select(identifiers.c.code, identifiers.c.taken_at).where(
            identifiers.c.artist_id == artist_id,
            identifiers.c.release_id == release_id,
            identifiers.c.kind == kind,
            identifiers.c.purpose == purpose,
        )
    ).first()
    if mine is not None:
        return Taken(mine.code, mine.taken_at)
    scope = (identifiers.c.kind == kind, identifiers.c.prefix == prefix, identifiers.c.year == year)
    last = connection.execute(sa.select(sa.func.max(identifiers.c.designation)).where(*scope)).scalar()
    designation = int(last or 0) + 1
    if designation > capacity:
        raise BudgetSpent(
            f"The {kind.upper()} range {prefix} of {year} has no number left.",
            code=f"{kind}.range_spent",
            hint="Ask the agency for another range and set it in the settings.",
        )
    code = spell(designation)
    connection.execute(
        identifiers.insert().values(
            kind=kind,
            prefix=prefix,
            year=year,
            designation=designation,
            code=code,
            state="assigned",
            artist_id=artist_id,
            release_id=release_id,
            purpose=purpose,
            taken_at=at,
        )
    )
    return Taken(code, at)


def take_date(
    connection: sa.Connection,
    *,
    artist_id: str,
    release_id: str,
    candidates: Iterator[date],
    apart: timedelta,
    at: datetime,
) -> date:
    """The release date of this release: the one it already has, else the first candidate that lies at least
    `apart` from the artist's other release dates. It is taken for good."""
    _lock(connection, f"dates{artist_id}")
    rows = connection.execute(
        sa.select(release_dates.c.release_id, release_dates.c.release_on).where(
            release_dates.c.artist_id == artist_id
        )
    ).all()
    taken = {row.release_id: row.release_on for row in rows}
    if release_id in taken:
        return date.fromisoformat(str(taken[release_id]))
    day = next(day for day in candidates if all(abs(day - other) >= apart for other in taken.values()))
    connection.execute(
        release_dates.insert().values(artist_id=artist_id, release_id=release_id, release_on=day, taken_at=at)
    )
    return day


def release_by_code(connection: sa.Connection, code: str) -> tuple[str, str] | None:
    """Artist and release that carry an ISRC or UPC, or None."""
    row = connection.execute(
        sa.select(identifiers.c.artist_id, identifiers.c.release_id).where(identifiers.c.code == code)
    ).first()
    return (row.artist_id, row.release_id) if row else None


def is_song_code(connection: sa.Connection, code: str) -> bool:
    """Whether an ISRC is that of one song of a record."""
    row = connection.execute(sa.select(identifiers.c.purpose).where(identifiers.c.code == code)).scalar()
    return row is not None and row.startswith(SONG_PURPOSE)


def put_delivery(connection: sa.Connection, delivery: Delivery, *, artist_id: str) -> None:
    """Writes how far a delivery is."""
    key = (deliveries.c.artist_id == artist_id, deliveries.c.key == delivery.key)
    before = connection.execute(sa.select(deliveries.c.state).where(*key)).scalar()
    values = {
        "release_id": delivery.release_id,
        "courier": delivery.courier,
        "state": delivery.state,
        "data": delivery.as_data(),
        "at": delivery.at,
    }
    if connection.execute(deliveries.update().where(*key).values(**values)).rowcount == 0:
        connection.execute(deliveries.insert().values(artist_id=artist_id, key=delivery.key, **values))
    if delivery.state != before:
        _tell(connection, delivery, artist_id)


def _tell(connection: sa.Connection, delivery: Delivery, artist_id: str) -> None:
    run = sa.select(releases.c.run_id).where(releases.c.release_id == delivery.release_id)
    events.add(
        connection,
        kind=f"delivery.{delivery.state}",
        subject=delivery.release_id,
        artist_id=artist_id,
        run_id=connection.execute(run).scalar() or "",
        state=delivery.state,
        detail={"courier": delivery.courier},
        at=delivery.at,
    )


def deliveries_of(connection: sa.Connection, release_id: str) -> tuple[Delivery, ...]:
    """Where a release was delivered."""
    rows = connection.execute(
        sa.select(deliveries.c.data).where(deliveries.c.release_id == release_id).order_by(deliveries.c.at)
    )
    return tuple(Delivery.model_validate(data) for data in rows.scalars())


def _lock(connection: sa.Connection, name: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(name))))
