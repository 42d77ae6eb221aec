"""What the desk asks of its rows when many lie there: what waits, what is late, whom autopilot may serve, and
why people said no. An index answers every question; none reads more documents than it hands out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from noktvrn.model.run import RunState
from noktvrn.model.verdict import ReviewItem, Verdict
from noktvrn.storage.ledger import events, spending
from noktvrn.storage.phone_tables import desk_flags, desk_remarks
from noktvrn.storage.tables import reviews, runs, verdicts

_OPEN = reviews.c.closed_at.is_(None)


class Remark(NamedTuple):
    """Why a person turned a release down: their words, which are data and never an instruction."""

    run_id: str
    reason: str
    by: str
    at: datetime


def waiting(
    connection: sa.Connection, *, late_at: datetime | None = None, limit: int | None = None
) -> tuple[ReviewItem, ...]:
    """What a person may decide now, longest first; with `late_at` only what has expired by then.

    A review is opened in the transaction of its preview, a moment before its run waits for it.
    """
    query = _waiting(reviews.c.data).order_by(reviews.c.opened_at, reviews.c.run_id).limit(limit)
    if late_at is not None:
        query = query.where(reviews.c.expires_at <= late_at)
    return _items(connection, query)


def count(connection: sa.Connection) -> int:
    """How many wait."""
    query = _waiting(sa.func.count())
    return int(connection.execute(query).scalar_one())


def standing(connection: sa.Connection) -> dict[str, int]:
    """How many runs are in each state there is one in; the songs of a record count as the one record."""
    alone = runs.c.data["parent"].as_string().is_(None)
    query = sa.select(runs.c.state, sa.func.count()).where(alone).group_by(runs.c.state)
    query = query.order_by(runs.c.state)
    return {state: int(number) for state, number in connection.execute(query)}


def for_autopilot(
    connection: sa.Connection, *, besides: Iterable[str] = (), dearest: int | None = None, limit: int = 50
) -> tuple[ReviewItem, ...]:
    """What was asked to go by autopilot, longest first, of all artists `besides` these, and no run that cost
    more than `dearest` (millionths of a US dollar)."""
    asked = reviews.c.autopilot == sa.true()
    query = _waiting(reviews.c.data).where(asked, reviews.c.artist_id.not_in(list(besides)))
    if dearest is not None:
        query = query.where(spending.of_review() <= dearest)
    return _items(connection, query.order_by(reviews.c.opened_at, reviews.c.run_id).limit(limit))


def approved(connection: sa.Connection, since: datetime, *, door: str) -> tuple[tuple[str, str], ...]:
    """Artist and run of every release that was approved through a door since a moment."""
    mine = verdicts.c
    query = sa.select(mine.artist_id, mine.run_id).where(
        mine.decision == "approved", mine.door == door, mine.decided_at >= since
    )
    return tuple((artist, run) for artist, run in connection.execute(query))


def to_remind(connection: sa.Connection, before: datetime, *, limit: int = 50) -> tuple[ReviewItem, ...]:
    """What expires by then and nobody was reminded of, soonest first."""
    query = _waiting(reviews.c.data).where(reviews.c.expires_at <= before, reviews.c.reminded_at.is_(None))
    return _items(connection, query.order_by(reviews.c.expires_at).limit(limit))


def reminded(connection: sa.Connection, item: ReviewItem, at: datetime) -> bool:
    """Notes that people were reminded; False: somebody noted it before, or took it off the desk."""
    changed = connection.execute(
        reviews.update()
        .where(reviews.c.run_id == item.run_id, _OPEN, reviews.c.reminded_at.is_(None))
        .values(reminded_at=at)
    )
    if changed.rowcount == 1:
        events.add(
            connection,
            kind="review.reminded",
            subject=item.run_id,
            artist_id=item.artist_id,
            run_id=item.run_id,
            state="reminded",
            at=at,
        )
    return changed.rowcount == 1


def remark(connection: sa.Connection, verdict: Verdict) -> None:
    """Keeps the reason of a rejection, if one was given, for those who learn from it. It outlives the
    verdict."""
    forget_remark(connection, verdict)
    if not verdict.reason.strip():
        return
    connection.execute(
        desk_remarks.insert().values(
            artist_id=verdict.artist_id,
            run_id=verdict.run_id,
            approval_hash=verdict.approval_hash,
            reason=verdict.reason,
            said_by=verdict.by[:120],
            at=verdict.at,
        )
    )


def forget_remark(connection: sa.Connection, verdict: Verdict) -> None:
    """Takes back the reason of a rejection that was taken back."""
    mine = desk_remarks.c
    connection.execute(
        desk_remarks.delete().where(
            mine.artist_id == verdict.artist_id,
            mine.run_id == verdict.run_id,
            mine.approval_hash == verdict.approval_hash,
        )
    )


def remarks(connection: sa.Connection, artist_id: str, *, limit: int = 5) -> tuple[Remark, ...]:
    """Why people turned down what the artist made last, newest first."""
    told = desk_remarks.c
    query = (
        sa.select(told.run_id, told.reason, told.said_by, told.at)
        .where(told.artist_id == artist_id)
        .order_by(told.at.desc(), told.run_id)
        .limit(limit)
    )
    return tuple(Remark(*row) for row in connection.execute(query))


def flag(connection: sa.Connection, name: str) -> str:
    """What a flag of the desk is set to; empty where nobody set it."""
    return connection.execute(sa.select(desk_flags.c.value).where(desk_flags.c.name == name)).scalar() or ""


def set_flag(connection: sa.Connection, name: str, value: str, *, by: str, at: datetime) -> None:
    """Sets a flag of the desk."""
    connection.execute(desk_flags.delete().where(desk_flags.c.name == name))
    connection.execute(desk_flags.insert().values(name=name, value=value, set_by=by[:120], at=at))


def _waiting(column: sa.ColumnElement[Any]) -> sa.Select[Any]:
    # Each review asks for its run's state, and not the other way round: where thousands wait, most questions
    # are about few of them, and a planner without figures would go through every run that waits.
    own = (runs.c.artist_id == reviews.c.artist_id, runs.c.run_id == reviews.c.run_id)
    state = sa.select(runs.c.state).where(*own).scalar_subquery()
    return sa.select(column).select_from(reviews).where(_OPEN, state == RunState.AWAITING_REVIEW.value)


def _items(connection: sa.Connection, query: sa.Select[Any]) -> tuple[ReviewItem, ...]:
    return tuple(ReviewItem.model_validate(data) for data in connection.execute(query).scalars())
