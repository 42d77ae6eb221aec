"""One piece of writing, from the wish to a checked work: models in order of choice, the embedded one last.

Each model is asked once; once in all an unfit answer is asked for again, with the list of what was wrong.
What cannot be used goes on to the next model. All share one deadline, and the caller always gets a result.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from noktvrn.kernel.errors import LabelError, Refused
from noktvrn.llm.asking import Asking, Way, key_of, out_of_time
from noktvrn.llm.cassette import NOT_ON_IT
from noktvrn.llm.job import Draft, Job, Work
from noktvrn.llm.prompt import Prompt, Words, words
from noktvrn.llm.result import OrchestrationResult, OrchestrationStatus, Outcome, UnfitError
from noktvrn.llm.sessions import Sitting, skipped
from noktvrn.outbound.failures import outcome_unknown
from noktvrn.outbound.loop import run
from noktvrn.storage.ledger.switch import STOPPED

if TYPE_CHECKING:
    import sqlalchemy as sa

    from noktvrn.llm.desk import Desk
    from noktvrn.llm.endpoints import Endpoint
    from noktvrn.llm.stream import Piece
    from noktvrn.llm.text import DraftBase

PATIENCE_S, NO_PATIENCE_S = 5.0, -1.0
"""How long the last healthy service may ask us to wait; with a healthy spare nobody waits."""
ROUNDS = (0, 1)


class Orchestrator:
    """Writes jobs; safe to share between threads and event loops."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def orchestrate(
        self, job: Job[Draft, Work], schema: type[DraftBase] | None = None
    ) -> OrchestrationResult[Work]:
        """The work, and how it came about. `schema` replaces the job's shape of the draft.

        It raises nothing that has its cause outside: a job without an embedded writer that no model did ends
        as refused, over budget or failed, with no value. Cancelled, it closes its connection and is in the
        books as cancelled.

        Raises:
            NotReady: the label is stopped (`label.stopped`).
        """
        if schema is not None:
            job = replace(job, shape=schema)  # type: ignore[arg-type]  # a job takes any draft
        sitting = self._sitting(job)
        if job.reuse and self.desk.cache is not None and self.desk.endpoints:
            from noktvrn.llm.reuse import reused

            return await reused(self, sitting)
        return await self.written(sitting)

    def run(self, job: Job[Draft, Work]) -> OrchestrationResult[Work]:
        """The same for plain code, which waits. Without models nothing asynchronous is begun."""
        if self.desk.endpoints:
            return run(self.orchestrate(job))
        sitting = self._sitting(job)
        result = _embedded(sitting, OrchestrationStatus.OK)
        self.desk.scribe.write_now(lambda connection: sitting.enter(connection, self.desk.clock.now()))
        return result

    async def stream(
        self, job: Job[Draft, Work], *, restarts: bool = False
    ) -> AsyncGenerator[Piece[Work], None]:
        """The words as they come, the result last. `restarts`: the caller can take back what it has shown.

        Close it (`aclosing`) to cancel what is under way.
        """
        from noktvrn.llm.stream import streamed

        async with aclosing(streamed(self, self._sitting(job), restarts=restarts)) as pieces:
            async for piece in pieces:
                yield piece

    async def written(
        self, sitting: Sitting[Draft, Work], way: Way | None = None
    ) -> OrchestrationResult[Work]:
        """Sees a session through; `way` is how models are asked, where not by plain question and answer."""
        way = way or self.desk
        try:
            if self.desk.endpoints:
                await self._by_models(sitting, way)
            if sitting.result is None and not way.may_go_on:
                sitting.end(OrchestrationStatus.FAILED, None)
            if sitting.result is None:
                await asyncio.to_thread(self._by_hand, sitting)
        except asyncio.CancelledError:
            await self._cancelled(sitting)
            raise
        except LabelError as error:
            if error.code == STOPPED:
                await self._cancelled(sitting)
            raise
        if not sitting.written:
            await self._enter(sitting)
        assert sitting.result is not None  # noqa: S101 - one of the two has set it
        return sitting.result

    def _sitting(self, job: Job[Draft, Work]) -> Sitting[Draft, Work]:
        desk = self.desk
        until = time.monotonic() + desk.terms.deadline_s
        prompt = desk.choose(job.task, desk.seed(job.wish))
        return Sitting(job, prompt, desk.terms.store, desk.clock.now(), until)

    async def _enter(self, sitting: Sitting[Any, Any]) -> None:
        at = self.desk.clock.now()
        await self.desk.scribe.write(lambda connection: sitting.enter(connection, at))

    async def _cancelled(self, sitting: Sitting[Any, Any]) -> None:
        """Enters it as cancelled, unless its answer is on its way into the books: then it stands there."""
        at = self.desk.clock.now()

        def enter(connection: sa.Connection) -> None:
            if not sitting.written:  # the scribe keeps the order: the answer was written before this
                sitting.end(OrchestrationStatus.CANCELLED, None)
                sitting.enter(connection, at)

        await self.desk.scribe.write(enter)

    async def _by_models(self, sitting: Sitting[Draft, Work], way: Way) -> None:
        """Ends the session with the work of the first model that does it; without it where none does."""
        order, known = await self._order(sitting)
        told = False
        for place, endpoint in enumerate(order):
            spares = order[place + 1 :]
            healthy = any(spare.ref not in self.desk.open for spare in spares)
            error = await self._tried(sitting, endpoint, way, known, healthy=healthy)
            if error is None:
                return
            stop = self._stops(error, endpoint)
            told |= self._tell(endpoint, error, None if stop else next(iter(spares), None))
            if stop or not way.may_go_on:
                break
        if not told:
            reasons = [one.code for one in sitting.attempts if one.code]
            self.desk.notices.all_failed(sitting.job.task, reasons)

    async def _tried(
        self,
        sitting: Sitting[Draft, Work],
        endpoint: Endpoint,
        way: Way,
        known: frozenset[str],
        *,
        healthy: bool,
    ) -> LabelError | None:
        """Why this model did not do it; None: it did. A question on no cassette is nobody's failure, and a
        label that was stopped is no reason for anybody else to write."""
        try:
            await self._by(sitting, endpoint, way, known, healthy=healthy)
        except LabelError as error:
            if error.code in (NOT_ON_IT, STOPPED):
                raise
            return error
        return None

    async def _order(self, sitting: Sitting[Any, Any]) -> tuple[list[Endpoint], frozenset[str]]:
        """Whom to ask. Whoever was asked for this very wish before comes first: what is paid for is used."""
        desk, job = self.desk, sitting.job
        order = list(desk.endpoints)
        if len(order) > 1:
            by_ref = {endpoint.ref: endpoint for endpoint in order}
            choice = desk.ranking.choose(job.task, desk.endpoints, desk.seed(job.wish), desk.clock.now())
            sitting.why = str(choice)
            order = [by_ref[ref] for ref in choice.order]
        others = desk.other_wordings(sitting.prompt)
        if desk.replaying or (len(order) == 1 and not others):
            return order, frozenset()
        before = await self._asked_before(sitting, order, others)
        return sorted(order, key=lambda one: one.ref not in before), before

    async def _asked_before(
        self, sitting: Sitting[Any, Any], order: list[Endpoint], others: tuple[Prompt, ...]
    ) -> frozenset[str]:
        """Which of these models were asked for this very wish. Where that was in other words, because a trial
        began or ended meanwhile, those words are kept: the answer to them is paid for."""
        wish = sitting.job.wish
        for prompt in (sitting.prompt, *others):
            keys = {key_of(one, prompt.ref, wish, 0): one.ref for one in order}
            known = await self.desk.asked(keys)
            if known:
                sitting.prompt = prompt
                return frozenset(keys[key] for key in known)
        return frozenset()

    async def _by(
        self,
        sitting: Sitting[Draft, Work],
        endpoint: Endpoint,
        way: Way,
        known: frozenset[str],
        *,
        healthy: bool,
    ) -> None:
        """Ends the session with the work of one model. Raises LabelError when it gave none."""
        told = words(sitting.prompt, sitting.job.facts)
        for number in ROUNDS:
            if sitting.left_s <= 0:
                self._skip(sitting, endpoint, out_of_time(endpoint))
            patience = NO_PATIENCE_S if healthy else PATIENCE_S
            asking: Asking[Draft, Work] = Asking(
                self.desk, sitting, endpoint, told, number, patience, way, known=endpoint.ref in known
            )
            try:
                return await asking.ask()
            except UnfitError as unfit:
                again = words(sitting.prompt, sitting.job.facts, unfit.problems)
            except Refused as error:
                longer = self._longer(endpoint, told) if error.code == "llm.length" and not healthy else None
                if longer is None:
                    raise
                again = longer
            if sitting.asked_again or number == ROUNDS[-1] or not way.may_go_on:
                break
            sitting.asked_again, told = True, again
        raise Refused(
            f"{endpoint.title} wrote nothing that fits.", code="llm.unfit", hint="Try another model."
        )

    def _longer(self, endpoint: Endpoint, told: Words) -> Words | None:
        """The same words with room for twice the answer, where the model gives that much."""
        most = min(2 * told.max_tokens, endpoint.longest_answer)
        return told.model_copy(update={"max_tokens": most}) if most > told.max_tokens else None

    def _stops(self, error: LabelError, endpoint: Endpoint) -> bool:
        return outcome_unknown(error) and not endpoint.free and self.desk.terms.unknown == "embedded"

    def _skip(self, sitting: Sitting[Any, Any], endpoint: Endpoint, error: LabelError) -> None:
        attempt = skipped(endpoint.name, endpoint.model, error.code)
        sitting.note(attempt, at=self.desk.clock.now())
        raise error

    def _tell(self, endpoint: Endpoint, error: LabelError, to: Endpoint | None) -> bool:
        next_one = to.title if to is not None else "the embedded writer"
        return self.desk.notices.passed_over(endpoint.title, endpoint.model, error, to=next_one)

    def _by_hand(self, sitting: Sitting[Any, Any]) -> None:
        _embedded(sitting, OrchestrationStatus.DEGRADED if self.desk.endpoints else OrchestrationStatus.OK)


def _embedded(sitting: Sitting[Draft, Work], status: OrchestrationStatus) -> OrchestrationResult[Work]:
    """The embedded writer's work; without one, the status that says why there is none."""
    if sitting.job.embedded is not None:
        manner, mannered = sitting.prompt.manner, sitting.job.mannered
        return sitting.end(status, mannered(manner) if manner and mannered else sitting.job.embedded())
    outcomes = {attempt.outcome for attempt in sitting.attempts} - {Outcome.SKIPPED}
    if outcomes and outcomes <= {Outcome.REFUSED}:
        return sitting.end(OrchestrationStatus.REFUSED, None)
    if outcomes and outcomes <= {Outcome.OVER_BUDGET}:
        return sitting.end(OrchestrationStatus.OVER_BUDGET, None)
    return sitting.end(OrchestrationStatus.FAILED, None)
