"""Draft, critique, validate, mend: until the work is good enough, or enough was tried.

The best draft wins, never the last one blindly. Nothing here can lose a draft: a critic or a refiner that
does not answer ends the loop with what there is. All of it shares the deadline of one piece of writing and
its budgets. The house's measures come first and cost nothing; a model judges only what they let pass.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Generic

from noktvrn.llm.agents.aside import Aside
from noktvrn.llm.agents.critic import Critique, both, critique_job, house_critique
from noktvrn.llm.agents.refiner import revised
from noktvrn.llm.agents.validator import Validation, validate
from noktvrn.llm.job import Draft, Job, Work
from noktvrn.llm.prompt import Prompt
from noktvrn.llm.result import Attempt, OrchestrationResult, OrchestrationStatus
from noktvrn.llm.sessions import EMBEDDED
from noktvrn.model.noun import canonical_digest
from noktvrn.outbound.loop import run

if TYPE_CHECKING:
    import sqlalchemy as sa

    from noktvrn.llm.orchestrator import Orchestrator
    from noktvrn.llm.trials.trials import Trials


STORED = "llm.stored"
"""The code of an attempt whose answer an earlier process was given."""


@dataclass(frozen=True, slots=True)
class Care:
    """How much care is taken: work that scores `confidence` is good enough; at most `iterations` drafts are
    mended. With 0 no critic is asked and nothing is mended, so that a draft costs what it costs."""

    confidence: float = 0.8
    iterations: int = 2


@dataclass(frozen=True, slots=True)
class _Drafted(Generic[Work]):
    """A draft with what was said of it. `critique` has a model's word in it where `judged`."""

    result: OrchestrationResult[Work]
    validation: Validation
    house: Critique
    critique: Critique
    judged: bool = False

    def beats(self, other: _Drafted[Work]) -> bool:
        """Whether it is better; like is held against like."""
        if self.judged and other.judged:
            return self.critique.score > other.critique.score
        return self.house.score > other.house.score


@dataclass(slots=True)
class _Improving(Generic[Draft, Work]):
    """One piece of writing on its way through the loop."""

    room: Orchestrator
    job: Job[Draft, Work]
    asked: Prompt
    care: Care
    until: float
    drafts: list[_Drafted[Work]] = field(default_factory=list)
    critics: list[Attempt] = field(default_factory=list)

    async def better(self, first: OrchestrationResult[Work]) -> OrchestrationResult[Work]:
        """The best draft there is after at most so many tries."""
        best = await self._judged(first)
        for number in range(1, self.care.iterations + 1):
            if best.critique.score >= self.care.confidence and best.validation.passed:
                break
            candidate = await self._mended(best, number)
            if candidate is None:
                break
            if candidate.validation.passed and (candidate.beats(best) or not best.validation.passed):
                best = candidate
        return await self._ended(best)

    async def _mended(self, best: _Drafted[Work], number: int) -> _Drafted[Work] | None:
        """The next draft, or None where no model gave one in what is left of the time and the money."""
        assert best.result.value is not None  # noqa: S101 - a draft without a value is none
        notes = best.validation.problems + best.critique.notes
        room = self._room()
        if room is None:
            return None
        result = await room.orchestrate(revised(self.job, best.result.value, notes, number))
        return await self._judged(result) if result.value is not None else None

    async def _judged(self, result: OrchestrationResult[Work]) -> _Drafted[Work]:
        assert result.value is not None  # noqa: S101 - the caller has looked
        house = house_critique(self.job, result.value, self.asked.rubric)
        drafted = _Drafted(result, validate(self.job, result.value), house, house)
        wanted = self.asked.critic == "model" and self.care.iterations > 0 and result.provider != EMBEDDED
        if wanted and drafted.validation.passed and house.score >= self.care.confidence:
            drafted = await self._by_a_model(drafted)
        self.drafts.append(drafted)
        return drafted

    async def _by_a_model(self, drafted: _Drafted[Work]) -> _Drafted[Work]:
        author = f"{drafted.result.provider}/{drafted.result.model}"
        room = self._room(author)
        if room is None or drafted.result.value is None:
            return drafted
        told = await room.orchestrate(critique_job(self.job, drafted.result.value, self.asked, drafted.house))
        self.critics.extend(told.attempts)
        if told.value is None or told.provider == EMBEDDED:
            return drafted
        return replace(drafted, critique=both(drafted.house, told.value, self.asked.rubric), judged=True)

    def _room(self, author: str = "") -> Orchestrator | None:
        """The same room for what is left of the deadline, without the author of what is judged, if there is
        anybody else."""
        from noktvrn.llm.orchestrator import Orchestrator

        left_s = self.until - time.monotonic()
        if left_s <= 0:
            return None
        desk = self.room.desk
        others = tuple(one for one in desk.endpoints if one.ref != author)
        terms = replace(desk.terms, deadline_s=left_s)
        instead = "The house's own judgement" if author else "The draft as it is"
        aside = Aside(desk.notices, [one.title for one in desk.endpoints], instead)
        return Orchestrator(replace(desk, terms=terms, endpoints=others or desk.endpoints, notices=aside))

    async def _ended(self, best: _Drafted[Work]) -> OrchestrationResult[Work]:
        """The best draft as the result; the embedded writer's work where even that breaks a rule."""
        desk, at = self.room.desk, self.room.desk.clock.now()
        await desk.scribe.write(lambda connection: self._enter(connection, best, at))
        self._teach(at)
        drafting = (attempt for one in self.drafts for attempt in one.result.attempts)
        result = replace(best.result, attempts=(*drafting, *self.critics), confidence=best.critique.score)
        if best.validation.passed:
            return result
        work = self.job.embedded() if self.job.embedded is not None else None
        status = OrchestrationStatus.DEGRADED if work is not None else OrchestrationStatus.FAILED
        by = EMBEDDED if work is not None else ""
        return replace(result, status=status, value=work, provider=by, model="", confidence=None)

    def _teach(self, at: datetime) -> None:
        for one in self.drafts:
            if one.result.provider != EMBEDDED and _is_new(one):
                author = f"{one.result.provider}/{one.result.model}"
                self.room.desk.ranking.router.learn(self.job.task, author, _worth(one), at=at)

    def _enter(self, connection: sa.Connection, best: _Drafted[Work], at: datetime) -> None:
        """The whole story under the first draft's session, and a score for every draft's own."""
        from noktvrn.storage.ledger import outcomes, words

        story = self.drafts[0].result.session_id
        for number, one in enumerate(self.drafts):
            for kind, data in self._said(one, number):
                words.add_review(connection, story, kind, data, at=at)
            row = outcomes.Row(
                session_id=one.result.session_id,
                kind="critic",
                number=1,
                task=self.job.task,
                provider=one.result.provider,
                model=one.result.model,
                prompt=one.result.prompt,
                score=_worth(one),
                at=at,
            )
            if _is_new(one):
                outcomes.add(connection, row)
        chosen = {"session": best.result.session_id, "of": len(self.drafts), "score": best.critique.score}
        words.add_review(connection, story, "choice", chosen, at=at)

    def _said(self, one: _Drafted[Work], number: int) -> list[tuple[str, dict[str, Any]]]:
        assert self.job.standards is not None  # noqa: S101 - only such jobs come here
        assert one.result.value is not None  # noqa: S101
        shown = self.job.standards.shown(one.result.value)
        kept = {"work": shown} if self.room.desk.terms.store == "content" else {}
        draft = {
            "session": one.result.session_id,
            "by": f"{one.result.provider}/{one.result.model}".rstrip("/"),
            "prompt": one.result.prompt,
            "hash": canonical_digest(shown),
            **kept,
        }
        return [
            ("refinement" if number else "draft", draft),
            ("validation", {"draft": number, "problems": list(one.validation.problems)}),
            ("critique", {"draft": number, **one.critique.as_data()}),
        ]


async def improved(
    room: Orchestrator,
    job: Job[Draft, Work],
    care: Care | None = None,
    *,
    trials: Trials | None = None,
) -> OrchestrationResult[Work]:
    """The best work for a job within the deadline and the budgets, and how sure the critics are of it.

    Args:
        trials: where a task's prompt is on trial the embedded writer's works are scored as well, so that its
            manners can be told apart. They are never mended.
    """
    until = time.monotonic() + room.desk.terms.deadline_s
    job, asked = mannered(room, job)
    first = await room.orchestrate(job)
    if not _judgeable(job, first, trials):
        return first
    if first.provider == EMBEDDED:
        care = Care(iterations=0)
    result = await _Improving(room, job, asked, care or Care(), until).better(first)
    if trials is not None:
        await asyncio.to_thread(trials.learn, job.task)
    return result


def improved_now(
    room: Orchestrator,
    job: Job[Draft, Work],
    care: Care | None = None,
    *,
    trials: Trials | None = None,
) -> OrchestrationResult[Work]:
    """The same for plain code, which waits. Without models nothing asynchronous is begun unless works are
    to be scored."""
    if room.desk.endpoints or (trials is not None and trials.on(job.task)):
        return run(improved(room, job, care, trials=trials))
    return room.run(mannered(room, job)[0])


def mannered(room: Orchestrator, job: Job[Draft, Work]) -> tuple[Job[Draft, Work], Prompt]:
    """The job with the manner its prompt's variant gives the embedded writer, and that prompt."""
    asked = room.desk.choose(job.task, room.desk.seed(job.wish))
    if asked.manner and job.mannered is not None:
        job = replace(job, embedded=partial(job.mannered, asked.manner))
    return job, asked


def _judgeable(job: Job[Draft, Work], first: OrchestrationResult[Work], trials: Trials | None) -> bool:
    if first.value is None or job.standards is None:
        return False
    return first.provider != EMBEDDED or (trials is not None and trials.on(job.task))


def _is_new(one: _Drafted[Any]) -> bool:
    """Whether it was written just now: an answer that is used again teaches nothing twice."""
    stored = any(attempt.code == STORED for attempt in one.result.attempts)
    return one.result.cache != "hit" and not stored


def _worth(one: _Drafted[Any]) -> float:
    """What a draft's author is taught: nothing is worth less than a broken rule."""
    return min(1.0, max(0.0, one.critique.score)) if one.validation.passed else 0.0
