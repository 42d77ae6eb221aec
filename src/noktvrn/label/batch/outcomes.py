"""What productions came to, in the words of the system this label goes back to.

Its runs ended as `approved`, `rejected`, `error` or `generation_failed_track`; nobody's answer was a
rejection there. Every state of a run has its place in one of them, or in what is under way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from noktvrn.model.run import RunState

TRACK_FAILED = "generation_failed_track"

OUTCOMES: dict[RunState, str] = {
    RunState.QUEUED: "started",
    RunState.PRODUCING: "started",
    RunState.HELD: "started",
    RunState.AWAITING_REVIEW: "pending_approval",
    RunState.APPROVED: "approved",
    RunState.RELEASING: "approved",
    RunState.COMPLETED: "approved",
    RunState.REJECTED: "rejected",
    RunState.EXPIRED: "rejected",
    RunState.FAILED: "error",
    RunState.CANCELLED: "cancelled",
}
"""Outcome by state. A run that failed without a take the critic let pass is `generation_failed_track`."""


def outcomes(states: Mapping[str, int], without_track: int) -> dict[str, int]:
    """Runs by outcome from runs by state; of the failed ones `without_track` have no take that passed."""
    found = Counter(dict.fromkeys((*dict.fromkeys(OUTCOMES.values()), TRACK_FAILED), 0))
    for state, count in states.items():
        found[OUTCOMES[RunState(state)]] += count
    found[OUTCOMES[RunState.FAILED]] -= without_track
    found[TRACK_FAILED] += without_track
    return dict(found)
