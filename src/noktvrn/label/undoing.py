"""Taking a verdict back: for a short time, and only while what it set going has not begun.

Which of the two holds, the release's beginning or the taking back, is settled by one row of the workflow
engine: the release can be called back only while it waits in its queue, and only who called it back in this
transaction goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, NotReady
from noktvrn.kernel.ids import parse
from noktvrn.label.office import Office
from noktvrn.label.verdict_outcomes import unlearn
from noktvrn.model.run import Run, RunState
from noktvrn.model.verdict import Verdict
from noktvrn.storage import audit
from noktvrn.storage.ledger import artists, desk, reviews, runs


def undo(office: Office, run_id: str, by: str, door: str, also: Callable[[sa.Connection], None]) -> Run:
    """The run, back on the desk. Raises as `Desk.undo`."""
    studio = office.studio
    now = studio.clock.now()
    grace = timedelta(seconds=studio.settings.undo_s)
    with studio.database.begin() as connection:
        run = runs.held(connection, parse("run", run_id))
        also(connection)
        verdict = _undoable(run, reviews.verdict_of(connection, run.id), now, grace)
        if verdict.decision == "approved":
            _call_back(office, connection, run)
        _withdraw(connection, verdict, now)
        item = reviews.get(connection, run.id)
        until = max(item.expires_at, now + grace)
        reviews.reopen(connection, item.model_copy(update={"expires_at": until}), for_people=True)
        audit.record(
            connection,
            "verdict.undone",
            artist_id=run.artist_id,
            subject=run.id,
            actor=by,
            at=now,
            detail={"door": door, "decision": verdict.decision, "by": verdict.by, "reason": verdict.reason},
        )
        return runs.move(connection, run.id, RunState.AWAITING_REVIEW, now)


def _undoable(run: Run, verdict: Verdict | None, now: datetime, grace: timedelta) -> Verdict:
    if not grace:
        raise NotReady(
            "Verdicts cannot be taken back in this label.",
            code="review.undo_off",
            hint="NOKTVRN_UNDO_S gives seconds to think again, and lets releases wait for so long.",
        )
    if verdict is None:
        raise NotReady(
            f"There is no verdict on run {run.id}.",
            code="review.undecided",
            hint=f"`noktvrn review show {run.id}` shows what lies on the desk.",
        )
    if run.state is not RunState(verdict.decision) or now > verdict.at + grace:
        raise _too_late(run)
    return verdict


def _too_late(run: Run) -> Conflict:
    return Conflict(
        f"It is too late to take back the verdict on run {run.id}.",
        code="review.undo_late",
        hint=f"`noktvrn run show {run.id}` tells what became of it.",
    )


def _call_back(office: Office, connection: sa.Connection, run: Run) -> None:
    number, alive = office.dispatcher.last("release", run.id)
    if alive and not office.dispatcher.call_back(connection, "release", run.id, number):
        raise _too_late(run)


def _withdraw(connection: sa.Connection, verdict: Verdict, now: datetime) -> None:
    """Everything the verdict had set going or taught, taken back."""
    reviews.withdraw_verdict(connection, verdict.run_id, now)
    desk.forget_remark(connection, verdict)
    if verdict.door != "autopilot":
        unlearn(connection, str(verdict.run_id))
    artist = artists.held(connection, verdict.artist_id)
    counted = artist.consecutive_rejections
    approved = verdict.decision == "approved"
    before = counted + verdict.rejections_before if approved else max(0, counted - 1)
    artists.save(connection, artist.model_copy(update={"consecutive_rejections": before}))
