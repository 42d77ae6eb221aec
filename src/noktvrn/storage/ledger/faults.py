"""Faults: one row for each way of failing, with how often and when it was seen last."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.kernel.errors import NotFound
from noktvrn.kernel.ids import derive
from noktvrn.model.fault import FaultReport
from noktvrn.storage.ledger import events
from noktvrn.storage.tables import faults

TOLD_EVERY = timedelta(hours=1)
FORGIVEN_AFTER = timedelta(days=1)
"""After this long without it, a failure of the world outside begins to be counted anew."""
MOST_ALIKE = 10
"""So many rows that differ in their words alone; whatever else fails in that way is counted in one more, so
that what says something new each time fills neither the ledger nor anybody's phone."""


def see(connection: sa.Connection, seen: FaultReport) -> tuple[FaultReport, bool]:
    """Counts a fault that was seen; returns how it stands now, and whether people are to be told.

    They are told the first time, then at most once in an hour, and again when it comes back after somebody
    acknowledged it. A failure of the world outside is none of theirs before it repeats itself.
    """
    seen = _among_alike(connection, seen)
    before = _held(connection, seen)
    after = seen if before is None else _again(before, seen)
    tell = after.counts and (after.told_at is None or seen.last_at - after.told_at >= TOLD_EVERY)
    if tell:
        kind = "fault.opened" if after.told_at is None else "fault.repeated"
        after = after.model_copy(update={"told_at": seen.last_at})
        _tell(connection, after, kind, seen.last_at)
    _write(connection, after)
    return after, tell


def every(connection: sa.Connection, *, all_of_them: bool = False) -> tuple[FaultReport, ...]:
    """Faults nobody has acknowledged, last seen first; or all, with what the world did only once or twice."""
    query = sa.select(faults.c.data).order_by(faults.c.last_at.desc(), faults.c.fault_id)
    if not all_of_them:
        query = query.where(faults.c.acked_at.is_(None))
    found = (FaultReport.model_validate(data) for data in connection.execute(query).scalars())
    return tuple(fault for fault in found if all_of_them or fault.counts)


def get(connection: sa.Connection, fault_id: str) -> FaultReport:
    """A fault. Raises NotFound."""
    data = connection.execute(sa.select(faults.c.data).where(faults.c.fault_id == fault_id)).scalar()
    if data is None:
        raise NotFound(
            f"There is no fault {fault_id}.",
            code="fault.not_found",
            hint="`noktvrn faults list --all` shows those there are.",
        )
    return FaultReport.model_validate(data)


def ack(connection: sa.Connection, fault_id: str, *, by: str, at: datetime) -> FaultReport:
    """Notes that somebody knows; it is told of again when it comes back. Raises NotFound."""
    connection.execute(sa.select(faults.c.count).where(faults.c.fault_id == fault_id).with_for_update())
    acked = get(connection, fault_id).model_copy(update={"acked_by": by, "acked_at": at})
    _write(connection, acked)
    _tell(connection, acked, "fault.acked", at)
    return acked


def _among_alike(connection: sa.Connection, seen: FaultReport) -> FaultReport:
    if connection.execute(sa.select(faults.c.count).where(faults.c.fault_id == seen.id)).first() is not None:
        return seen
    way = {"kind": seen.kind, "code": seen.code, "place": seen.place, "provider": seen.provider}
    same = (faults.c.data[name].as_string() == value for name, value in way.items())
    alike = connection.execute(sa.select(sa.func.count()).select_from(faults).where(*same)).scalar_one()
    return seen if alike < MOST_ALIKE else seen.model_copy(update={"id": derive("fault", *way.values())})


def _held(connection: sa.Connection, seen: FaultReport) -> FaultReport | None:
    """The row as it stood, kept from other writers. Of two who see a new fault at once, both come here and
    the second counts on top of the first."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = insert(faults).values(_columns(seen)).on_conflict_do_nothing().returning(faults.c.fault_id)
    if connection.execute(new).first() is not None:
        return None
    row = sa.select(faults.c.data).where(faults.c.fault_id == seen.id).with_for_update()
    return FaultReport.model_validate(connection.execute(row).scalar())


def _again(before: FaultReport, seen: FaultReport) -> FaultReport:
    anew = before.outside and seen.last_at - before.last_at > FORGIVEN_AFTER
    back = before.acked_at is not None
    count = 1 if anew else before.count + 1
    told_at = None if anew or back else before.told_at
    return seen.model_copy(update={"count": count, "first_at": before.first_at, "told_at": told_at})


def _write(connection: sa.Connection, fault: FaultReport) -> None:
    connection.execute(faults.update().where(faults.c.fault_id == fault.id).values(_columns(fault)))


def _columns(fault: FaultReport) -> dict[str, object]:
    return {
        "fault_id": fault.id,
        "count": fault.count,
        "data": fault.as_data(),
        "first_at": fault.first_at,
        "last_at": fault.last_at,
        "acked_at": fault.acked_at,
    }


def _tell(connection: sa.Connection, fault: FaultReport, kind: str, at: datetime) -> None:
    events.add(
        connection,
        kind=kind,
        subject=fault.id,
        artist_id=fault.artist_id,
        run_id=fault.run_id,
        state=kind.partition(".")[2],
        detail={"code": fault.code, "count": fault.count, "place": fault.place},
        at=at,
    )
