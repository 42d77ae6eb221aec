"""The desk's rows: what waits, until when, and what was decided."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, NotFound
from noktvrn.model.verdict import ReviewItem, Verdict
from noktvrn.storage.ledger import events
from noktvrn.storage.tables import phone_questions, reviews, runs, verdicts


def open_(connection: sa.Connection, item: ReviewItem) -> None:
    """Lays a run on the desk; laying the same work again is no change while it lies there."""
    key = (reviews.c.artist_id == item.artist_id, reviews.c.run_id == item.run_id)
    columns = reviews.c.approval_hash, reviews.c.closed_at, reviews.c.autopilot
    known = connection.execute(sa.select(*columns).where(*key)).first()
    if known is not None and known.approval_hash == item.approval_hash and known.closed_at is None:
        return
    left_to_people = known is not None and not known.autopilot
    connection.execute(reviews.delete().where(*key))
    connection.execute(
        reviews.insert().values(
            artist_id=item.artist_id,
            run_id=item.run_id,
            approval_hash=item.approval_hash,
            data=item.as_data(),
            opened_at=item.opened_at,
            expires_at=item.expires_at,
            autopilot=not left_to_people and _by_autopilot(connection, item),
        )
    )
    _tell(connection, "review.opened", item.artist_id, item.run_id, item.opened_at)


def _by_autopilot(connection: sa.Connection, item: ReviewItem) -> bool:
    """Whether the run was asked to go without a person."""
    query = sa.select(runs.c.data).where(runs.c.artist_id == item.artist_id, runs.c.run_id == item.run_id)
    data = connection.execute(query).scalar()
    return bool(data and data.get("autopilot"))


def is_for_people(connection: sa.Connection, run_id: str) -> bool:
    """Whether autopilot leaves a run alone: nobody asked it, or a person took its verdict back."""
    query = sa.select(reviews.c.run_id).where(reviews.c.run_id == run_id, reviews.c.autopilot == sa.true())
    return connection.execute(query).first() is None


def find(connection: sa.Connection, run_id: str) -> ReviewItem | None:
    """The desk's entry of a run, or None."""
    data = connection.execute(sa.select(reviews.c.data).where(reviews.c.run_id == run_id)).scalar()
    return ReviewItem.model_validate(data) if data is not None else None


def get(connection: sa.Connection, run_id: str) -> ReviewItem:
    """The desk's entry of a run. Raises NotFound."""
    item = find(connection, run_id)
    if item is None:
        raise NotFound(
            f"Run {run_id} has not been laid on the desk.",
            code="review.not_found",
            hint="`noktvrn review queue` shows what waits.",
        )
    return item


def is_open(connection: sa.Connection, run_id: str) -> bool:
    """Whether a run lies on the desk and nobody took it off."""
    query = sa.select(reviews.c.run_id).where(reviews.c.run_id == run_id, reviews.c.closed_at.is_(None))
    return connection.execute(query).first() is not None


def close(connection: sa.Connection, run_id: str, at: datetime) -> None:
    """Takes a run off the desk; one that does not lie there stays as it is."""
    closed = connection.execute(
        reviews.update()
        .where(reviews.c.run_id == run_id, reviews.c.closed_at.is_(None))
        .values(closed_at=at)
        .returning(reviews.c.artist_id, reviews.c.expires_at)
    ).first()
    if closed is not None:
        late = at >= closed.expires_at
        _tell(connection, "review.expired" if late else "review.closed", closed.artist_id, run_id, at)


def add_verdict(connection: sa.Connection, verdict: Verdict) -> None:
    """Enters the one verdict of a run. Raises Conflict when there is one already."""
    try:
        connection.execute(
            verdicts.insert().values(
                artist_id=verdict.artist_id,
                run_id=verdict.run_id,
                verdict_id=verdict.id,
                decision=verdict.decision,
                door=verdict.door,
                data=verdict.as_data(),
                decided_at=verdict.at,
            )
        )
    except sa.exc.IntegrityError as error:
        raise Conflict(
            f"Run {verdict.run_id} already has a verdict.",
            code="review.decided",
            hint=f"`noktvrn review show {verdict.run_id}` shows it.",
        ) from error
    _tell_verdict(connection, verdict, verdict.decision, verdict.at)


def verdict_of(connection: sa.Connection, run_id: str) -> Verdict | None:
    """The verdict on a run, or None."""
    data = connection.execute(sa.select(verdicts.c.data).where(verdicts.c.run_id == run_id)).scalar()
    return Verdict.model_validate(data) if data is not None else None


def decided_since(connection: sa.Connection, artist_id: str, since: datetime) -> bool:
    """Whether a verdict on a run of the artist is younger than a moment."""
    fresh = verdicts.c.artist_id == artist_id, verdicts.c.decided_at > since
    return connection.execute(sa.select(verdicts.c.run_id).where(*fresh).limit(1)).first() is not None


def withdraw_verdict(connection: sa.Connection, run_id: str, at: datetime | None = None) -> Verdict | None:
    """Takes the verdict on a run away, since what it was about has changed; returns it. The audit trail and
    the reason stay."""
    fallen = verdict_of(connection, run_id)
    connection.execute(verdicts.delete().where(verdicts.c.run_id == run_id))
    if fallen is not None:
        _tell_verdict(connection, fallen, "withdrawn", at or fallen.at)
    return fallen


def lock_door(connection: sa.Connection, door: str) -> None:
    """Lets one transaction at a time count and approve through a door, so that no cap is overrun.

    SQLite's one writer needs no further lock.
    """
    if connection.dialect.name == "postgresql":
        key = sa.func.hashtext(f"reviews:{door}")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def reopen(connection: sa.Connection, item: ReviewItem, *, for_people: bool = False) -> None:
    """Lays a review that was taken off the desk there again; `for_people`: autopilot leaves it alone. Whoever
    was asked on a phone why they reject it is asked no more: what they say next is about something else."""
    connection.execute(phone_questions.delete().where(phone_questions.c.run_id == item.run_id))
    left = {"autopilot": False} if for_people else {}
    connection.execute(
        reviews.update()
        .where(reviews.c.artist_id == item.artist_id, reviews.c.run_id == item.run_id)
        .values(
            data=item.as_data(),
            opened_at=item.opened_at,
            expires_at=item.expires_at,
            closed_at=None,
            reminded_at=None,
            **left,
        )
    )
    _tell(connection, "review.opened", item.artist_id, item.run_id, item.opened_at)


def _tell(connection: sa.Connection, kind: str, artist_id: str, run_id: str, at: datetime) -> None:
    state = kind.partition(".")[2]
    events.add(connection, kind=kind, subject=run_id, artist_id=artist_id, run_id=run_id, state=state, at=at)


def _tell_verdict(connection: sa.Connection, verdict: Verdict, became: str, at: datetime) -> None:
    events.add(
        connection,
        kind=f"verdict.{became}",
        subject=verdict.id,
        artist_id=verdict.artist_id,
        run_id=verdict.run_id,
        state=became,
        detail={"door": verdict.door},
        at=at,
    )
