"""A run: one brief on its way to a release. One state enum and one transition table for everybody."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from noktvrn.kernel.errors import Conflict
from noktvrn.kernel.ids import ArtistId, BriefId, RunId
from noktvrn.model.finding import Finding
from noktvrn.model.noun import Noun


class RunState(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    PRODUCING = "producing"
    AWAITING_REVIEW = "awaiting_review"
    APPROVED = "approved"
    RELEASING = "releasing"
    HELD = "held"
    COMPLETED = "completed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    FAILED = "failed"
    CANCELLED = "cancelled"


_AGAIN = frozenset({RunState.PRODUCING, RunState.QUEUED})

TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.PRODUCING, RunState.CANCELLED, RunState.FAILED, RunState.HELD}),
    RunState.PRODUCING: frozenset(
        {
            RunState.AWAITING_REVIEW,
            RunState.FAILED,
            RunState.CANCELLED,
            RunState.COMPLETED,
            RunState.HELD,
            RunState.QUEUED,
        }
    ),
    RunState.AWAITING_REVIEW: frozenset(
        {RunState.APPROVED, RunState.REJECTED, RunState.EXPIRED, RunState.CANCELLED, *_AGAIN}
    ),
    RunState.APPROVED: frozenset(
        {
            RunState.RELEASING,
            RunState.AWAITING_REVIEW,
            RunState.FAILED,
            RunState.CANCELLED,
            RunState.HELD,
            *_AGAIN,
        }
    ),
    RunState.RELEASING: frozenset({RunState.COMPLETED, RunState.FAILED, RunState.HELD}),
    RunState.HELD: frozenset({RunState.RELEASING, RunState.CANCELLED, RunState.FAILED, *_AGAIN}),
    RunState.COMPLETED: frozenset({RunState.QUEUED}),
    RunState.REJECTED: frozenset({RunState.AWAITING_REVIEW, *_AGAIN}),
    RunState.EXPIRED: frozenset({RunState.AWAITING_REVIEW, RunState.CANCELLED, *_AGAIN}),
    RunState.FAILED: frozenset({RunState.RELEASING, RunState.CANCELLED, *_AGAIN}),
    RunState.CANCELLED: frozenset({RunState.RELEASING, *_AGAIN}),
}
"""From the desk back to PRODUCING goes a run whose person chose another of its takes; to QUEUED where its
artist has another production under way. Back to the desk goes one whose verdict is taken back. HELD is a run
that met the label's switch: `noktvrn start` lets it go on. From COMPLETED back to QUEUED goes a song that is
made anew before its record's verdict."""


UNDER_WAY = frozenset({RunState.QUEUED, RunState.PRODUCING, RunState.APPROVED, RunState.RELEASING})
"""States of a run that a workflow is at work on, or that waits for one."""


class StageName(StrEnum):
    """The stages in the order of their going."""

    BRIEF = "brief"
    PLAN = "song_plan"
    LYRICS = "lyrics"
    TRACK = "track"
    CRITIC = "critic"
    COVER = "cover"
    VIDEO = "video"
    TEASER = "teaser"
    VALIDATE = "validate"
    PREVIEW = "preview"
    SEAL = "seal"
    DELIVER = "deliver"


PRODUCE_STAGES = tuple(StageName)[:10]
RELEASE_STAGES = tuple(StageName)[10:]


class StageRecord(Noun):
    """What one attempt at one stage came to. `result` is the stage's noun as data."""

    stage: StageName
    attempt: int = Field(ge=1)
    seed: int
    state: str = Field(pattern="^(started|done|failed|skipped|superseded)$")
    started_at: datetime
    ended_at: datetime | None = None
    result: dict[str, Any] | None = None
    findings: tuple[Finding, ...] = ()
    checked: int = Field(default=0, description="rules that were checked")
    error: str = ""


class Run(Noun):
    """A run as the ledger keeps it."""

    id: RunId
    artist_id: ArtistId
    brief_id: BriefId
    state: RunState
    autopilot: bool = False
    created_at: datetime
    updated_at: datetime
    error: str = ""
    hint: str = ""
    exit_code: int = Field(default=0, description="of the error a run failed with")
    priority: int = Field(default=0, ge=0, le=9, description="0: a person waits, 1: a batch, 2: later")
    admitted: bool = Field(
        default=False, description="its workflow was enqueued; a queued run without waits for its artist"
    )
    parent: RunId | None = Field(default=None, description="of a song of a record: the record's own run")

    @property
    def waits_its_turn(self) -> bool:
        """Whether it waits until its artist has no other production under way."""
        return self.state is RunState.QUEUED and not self.admitted

    def move(
        self, state: RunState, at: datetime, *, error: str = "", hint: str = "", exit_code: int = 0
    ) -> Run:
        """This run in its next state.

        Raises:
            Conflict: the transition table does not allow it.
        """
        if state not in TRANSITIONS[self.state] or (self.parent is None and self._is_of_a_song(state)):
            raise Conflict(
                f"Run {self.id} is {self.state.value} and cannot become {state.value}.",
                code="run.bad_transition",
                hint=f"`noktvrn run show {self.id}` tells where it stands.",
            )
        trouble = {"error": error, "hint": hint, "exit_code": exit_code}
        return self.model_copy(update={"state": state, "updated_at": at, **trouble})

    def _is_of_a_song(self, state: RunState) -> bool:
        """Whether only the songs of a record go this way: complete without a verdict of their own, and made
        anew when they are."""
        made, again = RunState.COMPLETED, RunState.QUEUED
        return (self.state, state) in ((RunState.PRODUCING, made), (made, again))
