"""The lifecycle of an artist: which state its record speaks for, and why.

A pure rule: the artist's record and the moment come in, a ruling goes out. The order of the rules is that of
the original (see docs/lifecycle.md), every figure in them can be set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from noktvrn.model.artist import LifecycleState
from noktvrn.model.run import RunState

APPROVED = frozenset({RunState.APPROVED, RunState.RELEASING, RunState.COMPLETED})

CANDIDATE, ACTIVE, EVOLVING, PAUSED, RETIRED = LifecycleState


@dataclass(frozen=True, slots=True)
class Rules:
    """The figures of the rules; shares are 0..1. `every`: how long until a record is looked at again."""

    window: timedelta = timedelta(days=30)
    min_runs: int = 10
    rejections: int = 5
    idle: timedelta = timedelta(days=45)
    paused: timedelta = timedelta(days=90)
    pause_approval: float = 0.2
    pause_errors: float = 0.3
    evolve_approval: float = 0.4
    praise_approval: float = 0.85
    evolutions: int = 3
    every: timedelta = timedelta(hours=6)


class Record(NamedTuple):
    """What the rules go by. Counts are of runs that came to an end within the window; `rejections` are those
    in a row, `failed_evolutions` those since one succeeded or a person brought the artist back."""

    state: LifecycleState
    state_since: datetime
    joined_at: datetime
    last_run_at: datetime | None = None
    approved: int = 0
    rejected: int = 0
    failed: int = 0
    rejections: int = 0
    failed_evolutions: int = 0

    @property
    def runs(self) -> int:
        """How many runs came to an end."""
        return self.approved + self.rejected + self.failed

    @property
    def approval(self) -> float | None:
        """The share of approvals among verdicts; None while there is none."""
        decided = self.approved + self.rejected
        return self.approved / decided if decided else None

    @property
    def errors(self) -> float:
        """The share of runs that failed."""
        return self.failed / self.runs if self.runs else 0.0

    @property
    def active_at(self) -> datetime:
        """When the artist was last heard of: its last run, or when it came into its state."""
        return max(self.last_run_at or self.joined_at, self.state_since)

    def as_data(self) -> dict[str, object]:
        """The figures, for the log."""
        return {
            "runs": self.runs,
            "approved": self.approved,
            "rejected": self.rejected,
            "failed": self.failed,
            "approval": None if self.approval is None else round(self.approval, 4),
            "errors": round(self.errors, 4),
            "rejections_in_a_row": self.rejections,
            "failed_evolutions": self.failed_evolutions,
        }


class Ruling(NamedTuple):
    """The state the record speaks for, the rule that says so, the reason in a sentence, and when to look
    again. EVOLVING asks for an evolution now; what comes of it decides the state."""

    state: LifecycleState
    rule: str
    reason: str
    check_at: datetime


def counted(states: Mapping[str, int]) -> dict[str, int]:
    """Runs by state as a record counts them. Nobody's word (expired, cancelled, under way) counts nowhere."""
    return {
        "approved": sum(states.get(state.value, 0) for state in APPROVED),
        "rejected": states.get(RunState.REJECTED.value, 0),
        "failed": states.get(RunState.FAILED.value, 0),
    }


def judge(record: Record, rules: Rules, now: datetime) -> Ruling:
    """The ruling on a record. The first rule that applies decides."""
    state, rule, reason = _judged(record, rules, now)
    return Ruling(state, rule, reason, _check_at(record, state, rules, now))


def after_evolution(record: Record, rules: Rules, now: datetime, *, moved: bool, why: str) -> Ruling:
    """What becomes of an artist that was to evolve: active where it changed, else paused; retired where it
    has failed too often."""
    failures = record.failed_evolutions + 1
    if moved:
        state, rule, reason = ACTIVE, "evolved", f"It evolved: {why}"
    elif failures > rules.evolutions:
        state, rule = RETIRED, "evolutions"
        reason = f"{failures} evolutions came to nothing; {rules.evolutions} may. The last one: {why}"
    else:
        state, rule, reason = PAUSED, "not_evolved", f"It was to evolve and did not: {why}"
    return Ruling(state, rule, reason, _check_at(record._replace(state_since=now), state, rules, now))


def _judged(record: Record, rules: Rules, now: datetime) -> tuple[LifecycleState, str, str]:
    if record.state is RETIRED:
        return RETIRED, "retired", "It is retired; only a person brings it back."
    if record.rejections >= rules.rejections:
        return RETIRED, "rejections", f"{record.rejections} rejections in a row; {rules.rejections} retire."
    if record.state is PAUSED:
        return _of_paused(record, rules, now)
    idle = now - record.active_at
    if idle > rules.idle:
        return PAUSED, "idle", f"Nothing was begun for {idle.days} days; {rules.idle.days} pause."
    if record.runs < rules.min_runs:
        return _too_early(record, rules)
    return _of_record(record, rules)


def _of_paused(record: Record, rules: Rules, now: datetime) -> tuple[LifecycleState, str, str]:
    paused = now - record.state_since
    if paused > rules.paused:
        return RETIRED, "paused", f"It was paused for {paused.days} days; {rules.paused.days} retire."
    return PAUSED, "waiting", f"It has been paused for {paused.days} of {rules.paused.days} days."


def _too_early(record: Record, rules: Rules) -> tuple[LifecycleState, str, str]:
    if record.state is EVOLVING:
        return EVOLVING, "evolve", "It was to evolve and has not been answered yet."
    heard = f"{record.runs} runs within {rules.window.days} days"
    return record.state, "too_early", f"{heard}; {rules.min_runs} tell something."


def _of_record(record: Record, rules: Rules) -> tuple[LifecycleState, str, str]:
    approval, heard = record.approval, f"of {record.runs} runs"
    if approval is not None and approval < rules.pause_approval:
        return (
            PAUSED,
            "approval",
            f"{approval:.0%} {heard} approved; below {rules.pause_approval:.0%} pauses.",
        )
    if record.errors > rules.pause_errors:
        why = f"{record.errors:.0%} {heard} failed; above {rules.pause_errors:.0%} pauses."
        return PAUSED, "errors", why
    if approval is not None and approval < rules.evolve_approval:
        why = f"{approval:.0%} {heard} approved; below {rules.evolve_approval:.0%} it evolves."
        return EVOLVING, "evolve", why
    if approval is not None and approval > rules.praise_approval:
        return ACTIVE, "praised", f"{approval:.0%} {heard} approved."
    return ACTIVE, "steady", f"{0 if approval is None else approval:.0%} {heard} approved."


def _check_at(record: Record, state: LifecycleState, rules: Rules, now: datetime) -> datetime:
    """At the usual pace; a paused artist not before it can be retired, but at least once a window."""
    usual = now + rules.every
    if state is not PAUSED:
        return usual
    since = record.state_since if record.state is PAUSED else now
    return max(usual, min(since + rules.paused, now + rules.window))
