"""What comes back from the writers' room: the canonical result, its attempts, and a model's raw reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from noktvrn.model.noun import Noun

Task = Literal[
    "profile", "titles", "lyrics", "captions", "critique", "proposal", "diagnosis", "plan", "summary"
]
"""Every kind of writing. Each has a prompt file of that name."""

Work = TypeVar("Work")


class OrchestrationStatus(StrEnum):
    """How a piece of writing ended."""

    OK = "ok"
    DEGRADED = "degraded"
    """The embedded writer wrote it, because no model did."""
    REFUSED = "refused"
    """Every model that was asked declined to write it, and nobody else may."""
    OVER_BUDGET = "over_budget"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """How one attempt at one model ended."""

    ANSWERED = "answered"
    UNFIT = "unfit"
    """A whole answer that breaks the shape or the rules."""
    REFUSED = "refused"
    """The model or its filter declined."""
    MALFORMED = "malformed"
    """A 200 without a usable reply: HTML, nothing, an error object, cut off."""
    FAILED = "failed"
    """The service failed, was busy, or was not reached."""
    UNKNOWN = "unknown"
    """Nobody knows whether it was served; charged at its worst case."""
    OVER_BUDGET = "over_budget"
    """No request left the house."""
    SKIPPED = "skipped"
    """No request left the house: the breaker is open, or nothing was left of the deadline."""
    CANCELLED = "cancelled"


class Usage(Noun):
    """Tokens of one attempt. `source` tells whose word it is: `clamped` ones were implausible."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    source: Literal["provider", "estimated", "clamped"] = "provider"


class Attempt(Noun):
    """One request to one model, or the reason why none was sent. Money is in millionths of a US dollar."""

    provider: str
    model: str
    outcome: Outcome
    round: int = 1
    code: str = ""
    http_status: int = 0
    retry_after_s: float | None = None
    latency_ms: float = 0.0
    usage: Usage | None = None
    cost_micros: int = 0
    cost_known: bool = True
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class OrchestrationResult(Generic[Work]):
    """What `orchestrate` returns, whatever happened.

    `value` is there when the status is `ok` or `degraded`. `cache` says whether a model was spared: `off`
    where the work must be new. `prompt` is the prompt's name, version and variant; `why` explains the choice
    of the model; `confidence` is the critic's score in 0..1 where one judged.
    """

    status: OrchestrationStatus
    value: Work | None
    provider: str
    model: str
    attempts: tuple[Attempt, ...] = ()
    cache: Literal["hit", "miss", "off"] = "off"
    prompt: str = ""
    session_id: str = ""
    why: str = ""
    confidence: float | None = None

    @property
    def cost_micros(self) -> int:
        """What all attempts cost together, unknown ones at their worst case."""
        return sum(attempt.cost_micros for attempt in self.attempts)


class Reply(Noun):
    """An answer as it came. `finish` is `stop` when the model was done; tokens are the server's word."""

    text: str
    finish: str
    model: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None


class Fallback(Noun):
    """A model's answer that was not used, and why. `code` is the error's."""

    task: Task
    provider: str
    model: str
    code: str
    at: datetime


class UnfitError(Exception):
    """An answer that breaks rules; `problems` are sentences the model can be shown."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems
