"""A session: one piece of writing from the wish to its end, and the rows it leaves in the books.

Every attempt becomes a call with its outcome, tokens, cost, time and the prompt's version. What was wished
and answered is kept in words or only as hashes, as the label has set it; a key never is.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Literal

from noktvrn.kernel.ids import draw
from noktvrn.llm.job import Draft, Job, Work
from noktvrn.llm.prompt import Prompt
from noktvrn.llm.result import Attempt, OrchestrationResult, OrchestrationStatus, Outcome
from noktvrn.model.noun import canonical_digest

if TYPE_CHECKING:
    import sqlalchemy as sa

    from noktvrn.storage.ledger.outcomes import Row
    from noktvrn.storage.ledger.words import Call, Session

Store = Literal["content", "hashes"]
EMBEDDED = "embedded"
"""The provider's name where the embedded writer wrote."""


@dataclass(slots=True)
class Sitting(Generic[Draft, Work]):
    """A session under way. `until` is the moment (`time.monotonic`) after which nobody is waited for;
    `numbers` counts its calls, `loose` are those that stand in no book yet."""

    job: Job[Draft, Work]
    prompt: Prompt
    store: Store
    opened_at: datetime
    until: float
    id: str = field(default_factory=lambda: draw("session"))
    attempts: list[Attempt] = field(default_factory=list)
    loose: list[tuple[int, Attempt, dict[str, Any], datetime]] = field(default_factory=list)
    numbers: int = 0
    asked_again: bool = False
    answer: str = ""
    written: bool = False
    why: str = ""
    result: OrchestrationResult[Work] | None = None

    @property
    def left_s(self) -> float:
        """Seconds until the deadline."""
        return self.until - time.monotonic()

    def next_number(self) -> int:
        """The number of the next call, from 1."""
        self.numbers += 1
        return self.numbers

    def note(self, attempt: Attempt, *, at: datetime) -> None:
        """Takes in an attempt that no transaction of its own writes down."""
        self.attempts.append(attempt)
        self.loose.append((self.next_number(), attempt, {}, at))

    def end(
        self,
        status: OrchestrationStatus,
        value: Work | None,
        *,
        by: tuple[str, str] = (EMBEDDED, ""),
        cache: Literal["hit", "miss", "off"] | None = None,
    ) -> OrchestrationResult[Work]:
        """The result; the session is what it says from now on."""
        self.result = OrchestrationResult(
            status=status,
            value=value,
            provider=by[0] if value is not None else "",
            model=by[1],
            attempts=tuple(self.attempts),
            cache=cache or ("miss" if self.job.reuse else "off"),
            prompt=self.prompt.ref,
            session_id=self.id,
            why=self.why,
        )
        return self.result

    def enter(self, connection: sa.Connection, at: datetime) -> None:
        """Writes the session with its loose calls."""
        from noktvrn.storage.ledger import words

        calls = [self.call(*row) for row in self.loose]
        words.add_session(connection, self.row(at), calls)

    def row(self, at: datetime) -> Session:
        """The session's row."""
        from noktvrn.storage.ledger.words import Session

        status = self.result.status if self.result is not None else OrchestrationStatus.FAILED
        return Session(
            self.id, self.job.task, self.job.subject, status.value, self._data(), self.opened_at, at
        )

    def call(self, number: int, attempt: Attempt, more: dict[str, Any], at: datetime) -> Call:
        """A call's row. Its cost is None where nobody knows it; what is held for it stands beside it."""
        from noktvrn.storage.ledger.words import Call

        data = attempt.as_data()
        for told in ("provider", "model", "outcome", "ticket"):
            del data[told]
        if not attempt.cost_known:
            data["held"] = attempt.cost_micros
        return Call(
            session_id=self.id,
            number=number,
            ticket_id=attempt.ticket,
            task=self.job.task,
            provider=attempt.provider,
            model=attempt.model,
            prompt=self.prompt.ref,
            outcome=attempt.outcome.value,
            cost=attempt.cost_micros if attempt.cost_known else None,
            data=data | more,
            at=at,
        )

    def outcome(self, number: int, attempt: Attempt, score: float, at: datetime) -> Row:
        """What router and trials learn from an attempt: whether its answer was valid."""
        from noktvrn.storage.ledger.outcomes import Row

        told = (self.job.task, attempt.provider, attempt.model, self.prompt.ref, score, at)
        return Row(self.id, "validity", number, *told)

    def kept(self, text: str) -> dict[str, Any]:
        """What the books keep of a text: itself, or its hash."""
        return {"text": text} if self.store == "content" else {"text_hash": canonical_digest(text)}

    def _data(self) -> dict[str, Any]:
        result = self.result
        data: dict[str, Any] = {
            "wish": self.job.wish,
            "artist_id": self.job.artist_id,
            "prompt": self.prompt.ref,
            "provider": result.provider if result else "",
            "model": result.model if result else "",
            "cache": result.cache if result else "off",
            "calls": len(self.attempts),
            "cost_micros": sum(attempt.cost_micros for attempt in self.attempts),
        }
        if self.why:
            data["why"] = self.why
        if self.attempts and self.job.request is not None and self.store == "content":
            data["request"] = self.job.request.model_dump_json()
        return data


def skipped(provider: str, model: str, code: str, outcome: Outcome = Outcome.SKIPPED) -> Attempt:
    """An attempt for which no request left the house."""
    return Attempt(provider=provider, model=model, outcome=outcome, code=code)
