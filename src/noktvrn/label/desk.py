"""The desk: what waits for a verdict, and the verdicts. Only this room writes one.

Whoever comes through which door (shell, API, console, phone) meets the same rules here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, Invalid, Mistake, NotReady
from noktvrn.kernel.ids import VerdictId, derive, parse
from noktvrn.label import autopilot_caps, undoing
from noktvrn.label.also import Also, nothing
from noktvrn.label.office import Office
from noktvrn.label.verdict_outcomes import learn_from
from noktvrn.model.release import ReleaseDraft
from noktvrn.model.run import Run, RunState, StageName, StageRecord
from noktvrn.model.verdict import ReviewItem, Verdict
from noktvrn.production.leases import Leases
from noktvrn.production.telling import tell_all
from noktvrn.roles.messenger import Notice
from noktvrn.storage import audit
from noktvrn.storage.ledger import artists, desk, reviews, runs, switch
from noktvrn.storage.storable import storable

Door = Literal["cli", "api", "console", "telegram", "autopilot"]
LONGEST_REASON = 2000
REMINDING = "reminders"
"""The lock of whoever reminds people."""


class Desk:
    """Verbs about reviews."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._studio = office.studio

    def queue(self, *, limit: int | None = None) -> tuple[ReviewItem, ...]:
        """What waits, longest first. Takes what has expired off the desk on the way."""
        self.expire()
        with self._studio.database.read() as connection:
            return desk.waiting(connection, limit=limit)

    def count(self) -> int:
        """How many wait."""
        with self._studio.database.read() as connection:
            return desk.count(connection)

    def standing(self) -> dict[str, int]:
        """How many runs are in each state."""
        with self._studio.database.read() as connection:
            return desk.standing(connection)

    def check_lies(self, connection: sa.Connection, run_id: str, approval_hash: str) -> None:
        """Passes while exactly this work lies on the desk. Hold the run before, where that is to last.

        Raises:
            Conflict: it was decided, or is not what was seen. NotReady: the run is not on the desk.
        """
        run = runs.get(connection, parse("run", run_id))
        _on_desk(run, reviews.verdict_of(connection, run.id))
        result = runs.result(connection, run, StageName.VALIDATE)
        _unchanged(reviews.get(connection, run.id), result, approval_hash)

    def show(self, run_id: str) -> tuple[ReviewItem, Verdict | None]:
        """One entry of the desk and its verdict, if there is one."""
        with self._studio.database.read() as connection:
            key = parse("run", run_id)
            runs.get(connection, key)
            return reviews.get(connection, key), reviews.verdict_of(connection, key)

    def remarks(self, artist_id: str, *, limit: int = 5) -> tuple[desk.Remark, ...]:
        """Why people turned down what the artist made last, newest first: data, never an instruction."""
        with self._studio.database.read() as connection:
            return desk.remarks(connection, parse("artist", artist_id), limit=limit)

    def keep(self) -> None:
        """What the desk needs done now and then: expiry, autopilot's verdicts, reminders."""
        self.expire()
        self.autopilots()
        self.remind()

    def expire(self) -> int:
        """Closes reviews nobody decided in time; returns how many."""
        now = self._studio.clock.now()
        with self._studio.database.read() as connection:
            late = desk.waiting(connection, late_at=now)
        # One transaction each: two reviews of one artist must not wait for each other's locks.
        return sum(self._expire(item, now) for item in late)

    def _expire(self, item: ReviewItem, now: datetime) -> bool:
        with self._studio.database.begin() as connection:
            run = runs.held(connection, item.run_id)
            if run.state is not RunState.AWAITING_REVIEW or reviews.get(connection, run.id).expires_at > now:
                return False  # somebody decided it, or opened it again, a moment ago
            reviews.close(connection, run.id, now)
            runs.move(connection, run.id, RunState.EXPIRED, now)
            self._note(connection, "review.expired", run, "desk", now)
        return True

    def remind(self) -> int:
        """Tells people of what expires soon, once each; returns of how many. What nobody can be told of now
        is told later."""
        if not self._to_remind():
            return 0
        # One worker at a time: a messenger may know no key that keeps it from saying the same thing twice.
        lock = Leases(self._studio.database, self._studio.settings.home).try_lock(REMINDING)
        if lock is None:
            return 0
        try:
            return len(list(takewhile(self._remind, self._to_remind())))
        finally:
            lock.release()

    def _to_remind(self) -> tuple[ReviewItem, ...]:
        settings, now = self._studio.settings, self._studio.clock.now()
        lead_s = min(settings.remind_before_s, settings.max_approval_wait_s / 2)
        with self._studio.database.read() as connection:
            quiet = not lead_s or switch.stopped(connection) is not None
            return () if quiet else desk.to_remind(connection, now + timedelta(seconds=lead_s))

    def _remind(self, item: ReviewItem) -> bool:
        """Whether all who can be told now were."""
        until = f"{item.expires_at:%Y-%m-%d %H:%M} UTC"
        # Told before it is noted: a worker that dies in between tells it again, and the key makes it one.
        told = tell_all(
            self._studio,
            Notice(
                key=f"remind:{item.run_id}:{item.opened_at:%Y%m%dT%H%M%S}",
                kind="warning",
                title=f'{item.artist_name} - "{item.title}" still waits for a verdict',
                text=f"Its review ends {until}: noktvrn review show {item.run_id}",
                run_id=item.run_id,
                artist_id=item.artist_id,
            ),
        )
        if told:
            with self._studio.database.begin() as connection:
                desk.reminded(connection, item, self._studio.clock.now())
        return told

    def approve(
        self,
        run_id: str,
        *,
        by: str,
        door: Door,
        approval_hash: str | None = None,
        reason: str = "",
        also: Also = nothing,
    ) -> Verdict:
        """Approves exactly what lies on the desk and enqueues its release, in one transaction.

        `approval_hash` is what the approver saw; without it, what lies there now.

        Raises:
            Conflict: it was decided before, or is not what the approver saw.
            NotReady: the run is not on the desk. Invalid: the reason is too long.
        """
        return self._decide(run_id, "approved", by, door, approval_hash, reason, also)

    def reject(
        self,
        run_id: str,
        *,
        by: str,
        door: Door,
        reason: str,
        approval_hash: str | None = None,
        also: Also = nothing,
    ) -> Verdict:
        """Rejects what lies on the desk; the reason is kept for those who learn from it."""
        return self._decide(run_id, "rejected", by, door, approval_hash, reason, also)

    def autopilot(self, run_id: str) -> Verdict:
        """A verdict without a person, within the label's caps.

        Raises:
            NotAllowed: a cap is reached or autopilot is off; the run stays on the desk for a person.
        """
        return self._decide(
            run_id, "approved", "autopilot", "autopilot", None, "within the label's caps", nothing
        )

    def autopilots(self) -> int:
        """The verdicts autopilot may give now, in a label that works; returns how many it gave."""
        with self._studio.database.read() as connection:
            if switch.stopped(connection) is not None:
                return 0
            mine = autopilot_caps.may_serve(connection, self._studio)
        given = 0
        for item in mine:
            # A cap is reached, or a person was faster: either way it is theirs.
            with contextlib.suppress(Mistake):
                self.autopilot(item.run_id)
                given += 1
        return given

    def switch_autopilot(self, on: bool, *, by: str, also: Also = nothing) -> bool:
        """Lets autopilot give verdicts, or not, for the whole label; returns whether it may now.

        The settings' word is above it: where they forbid autopilot, nobody switches it on.
        """
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            also(connection)
            autopilot_caps.turn(connection, on, by=by, at=now)
            return autopilot_caps.is_on(connection, self._studio)

    def may_autopilot(self) -> bool:
        """Whether autopilot may give verdicts, caps aside."""
        with self._studio.database.read() as connection:
            return autopilot_caps.is_on(connection, self._studio)

    def allowance(self) -> autopilot_caps.Allowance:
        """How autopilot stands: on or off, and what of its caps is used."""
        with self._studio.database.read() as connection:
            return autopilot_caps.allowance(connection, self._studio)

    def undo(self, run_id: str, *, by: str, door: Door, also: Also = nothing) -> Run:
        """Takes a verdict back within the time the settings allow; what it set going never begins.

        Raises:
            NotReady: verdicts cannot be taken back in this label, or there is none.
            Conflict: it is too late: the time is over, or the release has begun.
        """
        return undoing.undo(self._office, run_id, by, door, also)

    def _decide(
        self,
        run_id: str,
        decision: Literal["approved", "rejected"],
        by: str,
        door: Door,
        seen: str | None,
        reason: str,
        also: Also,
    ) -> Verdict:
        reason = _reason(reason)
        self.expire()
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            run = runs.held(connection, parse("run", run_id))
            also(connection)
            _on_desk(run, reviews.verdict_of(connection, run.id))
            if door == "autopilot":
                autopilot_caps.check(connection, self._studio, run)
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
                rejections_before=self._count(connection, run, decision),
            )
            self._enter(connection, run, verdict)
        return verdict

    def _enter(self, connection: sa.Connection, run: Run, verdict: Verdict) -> None:
        """Everything a verdict sets going, in its transaction."""
        reviews.add_verdict(connection, verdict)
        reviews.close(connection, run.id, verdict.at)
        runs.move(connection, run.id, RunState(verdict.decision), verdict.at)
        if verdict.decision == "rejected":
            desk.remark(connection, verdict)
        if verdict.door != "autopilot":
            learn_from(connection, str(run.id), approved=verdict.decision == "approved", at=verdict.at)
        told = {"door": verdict.door, "approval_hash": verdict.approval_hash, "reason": verdict.reason}
        self._note(connection, f"verdict.{verdict.decision}", run, verdict.by, verdict.at, told)
        if verdict.decision == "approved":
            self._release(connection, run)

    def _release(self, connection: sa.Connection, run: Run) -> None:
        dispatcher = self._office.dispatcher
        number, _ = dispatcher.last("release", run.id)  # an earlier approval may have fallen
        wait_s = float(self._studio.settings.undo_s)
        dispatcher.enqueue(connection, "release", run.id, again=number + 1, delay_s=wait_s)

    def _count(self, connection: sa.Connection, run: Run, decision: str) -> int:
        """Counts the artist's rejections in a row; returns how many they were before this one."""
        artist = artists.held(connection, run.artist_id)
        before = artist.consecutive_rejections
        rejections = before + 1 if decision == "rejected" else 0
        artists.save(connection, artist.model_copy(update={"consecutive_rejections": rejections}))
        return before

    def _note(
        self,
        connection: sa.Connection,
        action: str,
        run: Run,
        actor: str,
        at: datetime,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        audit.record(
            connection, action, artist_id=run.artist_id, subject=run.id, actor=actor, at=at, detail=detail
        )


def _reason(said: str) -> str:
    if len(said) > LONGEST_REASON:
        raise Invalid(
            "The reason is too long.",
            code="review.reason",
            hint=f"Use at most {LONGEST_REASON:,} characters.",
        )
    return storable(said)


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
