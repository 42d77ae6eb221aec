"""The desk: what waits for a verdict, and the verdicts. Only this room writes one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, NotAllowed, NotReady
from noktvrn.kernel.ids import VerdictId, derive, parse
from noktvrn.label.office import Office
from noktvrn.label.verdict_outcomes import learn_from
from noktvrn.model.release import ReleaseDraft
from noktvrn.model.run import Run, RunState, StageName, StageRecord
from noktvrn.model.verdict import ReviewItem, Verdict
from noktvrn.storage import audit
from noktvrn.storage.ledger import artists, reviews, runs

Door = Literal["cli", "api", "console", "telegram", "autopilot"]
DAY = timedelta(days=1)


class Desk:
    """Verbs about reviews."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._studio = office.studio

    def queue(self) -> tuple[ReviewItem, ...]:
        """What waits, longest first. Takes what has expired off the desk on the way."""
        self.expire()
        with self._studio.database.read() as connection:
            return self._waiting(connection)

    def _waiting(self, connection: sa.Connection, late_at: datetime | None = None) -> tuple[ReviewItem, ...]:
        # A review is opened in the transaction of its preview, a moment before its run waits for it.
        ready = {run.id for run in runs.every(connection, states=(RunState.AWAITING_REVIEW,))}
        items = reviews.waiting(connection, late_at=late_at)
        return tuple(item for item in items if item.run_id in ready)

    def show(self, run_id: str) -> tuple[ReviewItem, Verdict | None]:
        """One entry of the desk and its verdict, if there is one."""
        with self._studio.database.read() as connection:
            key = parse("run", run_id)
            runs.get(connection, key)
            return reviews.get(connection, key), reviews.verdict_of(connection, key)

    def expire(self) -> int:
        """Closes reviews nobody decided in time; returns how many."""
        now = self._studio.clock.now()
        with self._studio.database.read() as connection:
            late = self._waiting(connection, late_at=now)
        # One transaction each: two reviews of one artist must not wait for each other's locks.
        return sum(self._expire(item, now) for item in late)

    def _expire(self, item: ReviewItem, now: datetime) -> bool:
        with self._studio.database.begin() as connection:
            run = runs.held(connection, item.run_id)
            if run.state is not RunState.AWAITING_REVIEW or reviews.get(connection, run.id).expires_at > now:
                return False  # somebody decided it, or opened it again, a moment ago
            reviews.close(connection, run.id, now)
            runs.move(connection, run.id, RunState.EXPIRED, now)
            audit.record(
                connection,
                "review.expired",
                artist_id=run.artist_id,
                subject=run.id,
                actor="desk",
                at=now,
            )
        return True

    def approve(
        self, run_id: str, *, by: str, door: Door, approval_hash: str | None = None, reason: str = ""
    ) -> Verdict:
        """Approves exactly what lies on the desk and enqueues its release, in one transaction.

        `approval_hash` is what the approver saw; without it, what lies there now.

        Raises:
            Conflict: it was decided before, or is not what the approver saw.
            NotReady: the run is not on the desk.
        """
        return self._decide(run_id, "approved", by, door, approval_hash, reason)

    def reject(self, run_id: str, *, by: str, door: Door, reason: str) -> Verdict:
        """Rejects what lies on the desk; the reason is kept for those who learn from it."""
        return self._decide(run_id, "rejected", by, door, None, reason)

    def autopilot(self, run_id: str) -> Verdict:
        """A verdict without a person, within the label's caps.

        Raises:
            NotAllowed: a cap is reached or autopilot is off; the run stays on the desk for a person.
        """
        return self._decide(run_id, "approved", "autopilot", "autopilot", None, "within the label's caps")

    def _decide(
        self,
        run_id: str,
        decision: Literal["approved", "rejected"],
        by: str,
        door: Door,
        seen: str | None,
        reason: str,
    ) -> Verdict:
        self.expire()
        now = self._studio.clock.now()
        dispatcher = self._office.dispatcher
        with self._studio.database.begin() as connection:
            run = runs.held(connection, parse("run", run_id))
            _on_desk(run, reviews.verdict_of(connection, run.id))
            if door == "autopilot":
                self._check_caps(connection, run)
            item = reviews.get(connection, run.id)
            _unchanged(item, runs.result(connection, run, StageName.VALIDATE), seen)
            verdict = Verdict(
                id=VerdictId(derive("verdict", run.id, item.approval_hash)),
                run_id=run.id,
                artist_id=run.artist_id,
                decision=decision,
                by=by,
                door=door,
                reason=reason,
                approval_hash=item.approval_hash,
                at=now,
            )
            reviews.add_verdict(connection, verdict)
            reviews.close(connection, run.id, now)
            runs.move(connection, run.id, RunState(decision), now)
            self._count(connection, run, decision)
            if door != "autopilot":
                learn_from(connection, str(run.id), approved=decision == "approved", at=now)
            audit.record(
                connection,
                f"verdict.{decision}",
                artist_id=run.artist_id,
                subject=run.id,
                actor=by,
                at=now,
                detail={"door": door, "approval_hash": item.approval_hash, "reason": reason},
            )
            if decision == "approved":
                number, _ = dispatcher.last("release", run.id)  # an earlier approval may have fallen
                dispatcher.enqueue(connection, "release", run.id, again=number + 1)
        return verdict

    def _count(self, connection: sa.Connection, run: Run, decision: str) -> None:
        artist = artists.held(connection, run.artist_id)
        rejections = artist.consecutive_rejections + 1 if decision == "rejected" else 0
        artists.save(connection, artist.model_copy(update={"consecutive_rejections": rejections}))

    def _check_caps(self, connection: sa.Connection, run: Run) -> None:
        settings = self._studio.settings
        since = self._studio.clock.now() - DAY
        reviews.lock_door(connection, "autopilot")
        mine = reviews.approvals_since(connection, since, door="autopilot", artist_id=run.artist_id)
        label = reviews.approvals_since(connection, since, door="autopilot")
        hint = f"`noktvrn review approve {run.id}` is a person's verdict."
        if not settings.autopilot_allowed:
            raise NotAllowed("Autopilot is switched off for this label.", code="autopilot.off", hint=hint)
        if mine >= settings.autopilot_artist_daily:
            raise NotAllowed(
                f"Autopilot approved {mine} release(s) of this artist in 24 hours; that is its cap.",
                code="autopilot.artist_cap",
                hint=hint,
            )
        if label >= settings.autopilot_label_daily:
            raise NotAllowed(
                f"Autopilot approved {label} releases in 24 hours; that is the label's cap.",
                code="autopilot.label_cap",
                hint=hint,
            )


def _on_desk(run: Run, verdict: Verdict | None) -> None:
    if verdict is not None:
        raise Conflict(
            f"Run {run.id} was {verdict.decision} by {verdict.by}.",
            code="review.decided",
            hint=f"`noktvrn run show {run.id}` tells what became of it.",
        )
    if run.state is not RunState.AWAITING_REVIEW:
        raise NotReady(
            f"Run {run.id} is {run.state.value}, not on the desk.",
            code="review.not_open",
            hint=f"`noktvrn run resume {run.id}` lets it go on."
            if run.state in (RunState.EXPIRED, RunState.FAILED, RunState.CANCELLED)
            else f"`noktvrn run watch {run.id}` shows when it is.",
        )


def _unchanged(item: ReviewItem, record: StageRecord | None, seen: str | None) -> None:
    draft = ReleaseDraft.model_validate(record.result) if record is not None else None
    now = draft.approval_hash() if draft is not None else ""
    if now != item.approval_hash or (seen is not None and seen != now):
        raise Conflict(
            "What lies on the desk is not what was previewed.",
            code="review.changed",
            hint="Look at the preview again, then decide.",
        )
