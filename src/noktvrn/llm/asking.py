"""One question to one model: under a ticket with its reservation, judged before the ticket is closed.

What the answer is worth is known when the books are written, so one transaction holds ticket, cost, call and,
where the work is done, the session. What an earlier process was answered is taken from its ticket.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol

from noktvrn.kernel.errors import LabelError, Refused, TimedOut, Unavailable
from noktvrn.llm.job import Draft, Work
from noktvrn.llm.prices import cost, usage_of, worst_case
from noktvrn.llm.prompt import Words
from noktvrn.llm.ranking import VALIDITY
from noktvrn.llm.repair import read
from noktvrn.llm.result import Attempt, OrchestrationStatus, Outcome, Reply, UnfitError, Usage
from noktvrn.llm.sessions import Sitting
from noktvrn.model.noun import canonical_digest
from noktvrn.outbound.failures import OUTCOME_UNKNOWN, outcome_unknown
from noktvrn.outbound.rules import Rules, Trace

if TYPE_CHECKING:
    import sqlalchemy as sa
    from pydantic import BaseModel

    from noktvrn.llm.desk import Desk
    from noktvrn.llm.endpoints import Endpoint
    from noktvrn.outbound.breakers import Permit
    from noktvrn.outbound.tickets import Order, Receipt
    from noktvrn.storage.ledger.tickets import Ticket

RESTING = "llm.resting"
NO_TIME = "llm.no_time"
NOT_SENT = frozenset([RESTING, NO_TIME, "throttle.waited", "throttle.full"])
WHY_NOT = {
    "length": "was cut off",
    "content_filter": "was filtered",
    "malformed": "is no answer",
    "truncated": "broke off",
}
DECLINED = frozenset(["llm.content_filter", "llm.filtered"])
ACCOUNT = frozenset(["outside.quota", "outside.key_refused", "outside.untrusted", "outside.redirected"])
"""Trouble with the whole service, whatever the model."""
HOPELESS = ACCOUNT | {"llm.model_gone"}
TRANSIENT = frozenset([OUTCOME_UNKNOWN, "outside.unreachable", "outside.busy"])
"""What a breaker counts: the first cannot mend itself, the second may."""


def key_of(endpoint: Endpoint, prompt_ref: str, wish: str, number: int) -> str:
    """The ticket's key: the same wish to the same model in the same words is the same request. `number` is 0
    for the first question and 1 for the one after an unfit answer."""
    by = {"by": [endpoint.base_url, endpoint.model], "prompt": prompt_ref, "wish": wish}
    return f"llm:{canonical_digest([by, number])}"


class Way(Protocol):
    """How a model is asked."""

    @property
    def may_go_on(self) -> bool:
        """Whether anybody may still be asked."""

    async def send(
        self, endpoint: Endpoint, words: Words, rules: Rules, shape: type[BaseModel] | None
    ) -> Reply:
        """The answer. Raises LabelError."""


@dataclass(slots=True)
class Asking(Generic[Draft, Work]):
    """A question under way. `patience_s` is how long the service may ask us to wait, negative: not at all."""

    desk: Desk
    sitting: Sitting[Draft, Work]
    endpoint: Endpoint
    told: Words
    round: int
    patience_s: float
    way: Way
    known: bool = False
    number: int = 0
    request_hash: str = ""
    outcome: Outcome = Outcome.FAILED
    error: Exception | None = None
    work: Work | None = None
    reply: Reply | None = None
    usage: Usage | None = None
    spent: tuple[int, bool] = (0, True)
    latency_ms: float = 0.0
    trace: Trace | None = None
    attempt: Attempt | None = None
    before: tuple[Attempt, ...] = ()
    worst: int = 0
    permits: tuple[Permit, ...] = ()

    async def ask(self) -> None:
        """Ends the session with the work.

        Raises:
            UnfitError: the answer breaks rules; its problems are what the model can be shown.
            LabelError: no answer, or none that can be used.
        """
        self.number = self.sitting.next_number()
        self.request_hash = self.told.digest()
        self.before = tuple(self.sitting.attempts)
        if self.desk.replaying:
            await self._replayed()
        else:
            await self._ticketed()
        if self.error is not None:
            raise self.error
        if self.sitting.result is None:
            self._end()

    async def _ticketed(self) -> None:
        self.worst = worst_case(self.endpoint.rates, self.told)
        try:
            if not self.known:
                await self._permitted_or_stored()
            receipt = await self.desk.tickets.asked(self._order(), self._sent, self._noted)
        except LabelError as error:
            if self.work is not None and self.error is None:  # the ledger failed, not the model
                self.sitting.written, self.sitting.attempts = False, [*self.before]
                self._loose(self._told(""))
                return
            self.error = self.error or error
            if self.attempt is None:  # no ticket was opened for it, so no transaction noted it
                self.outcome = outcome_of(error)
                self._loose(self._told(""))
            raise
        finally:
            await self._let_go()
            if self.attempt is not None:
                self.desk.ranking.learn(self.sitting.job.task, self.attempt, self.desk.clock.now())
        if self.reply is None:
            # An earlier process was answered: nothing was sent, and nothing is charged again.
            self.judge(Reply.model_validate_json(receipt.text))
            self.spent = (0, True)
            self._loose(self._told("", stored=True))

    async def _replayed(self) -> None:
        """From the cassette: no ticket, no breaker, no cost."""
        rules = self.desk.rules(self.endpoint, self.sitting.left_s, self.patience_s)
        try:
            self.judge(await self.way.send(self.endpoint, self.told, rules, self.sitting.job.shape))
        except LabelError as error:
            self.error, self.outcome = error, outcome_of(error)
            raise
        finally:
            self.spent = (0, True)
            self._loose(self._told(""))

    def _loose(self, attempt: Attempt) -> None:
        self.sitting.attempts.append(attempt)
        self.sitting.loose.append((self.number, attempt, self._said(), self.desk.clock.now()))

    def _order(self) -> Order:
        from noktvrn.outbound.tickets import Order

        job, endpoint = self.sitting.job, self.endpoint
        return Order(
            self._key(),
            endpoint.name,
            f"llm.{job.task}",
            self.request_hash,
            free=endpoint.free,
            scopes=self.desk.caps(endpoint.name, job.task, job.artist_id),
            worst_micros=self.worst,
            deadline_s=max(0.0, self.sitting.left_s),
            run_id=job.subject if job.subject.startswith("run_") else "",
        )

    async def _permitted_or_stored(self) -> None:
        """A stored answer needs nobody's permit; it is only looked for where there is none to be had."""
        try:
            await self._permitted()
        except LabelError:
            if not await self.desk.asked([self._key()]):
                raise

    def _key(self) -> str:
        return key_of(self.endpoint, self.sitting.prompt.ref, self.sitting.job.wish, self.round)

    async def _permitted(self) -> None:
        """Raises Unavailable while the service or the model is left alone."""
        for name in (self.endpoint.name, self.endpoint.ref):
            permit = await self.desk.breakers.permit(name)
            if permit is None:
                await self._let_go()
                raise resting(self.endpoint)
            self.permits += (permit,)

    async def _sent(self) -> Receipt:
        """Sends it when its turn has come, and judges the answer."""
        from noktvrn.outbound.tickets import Receipt

        started = time.perf_counter()
        nonsense = False
        try:
            if not self.permits:
                await self._permitted()
            reply = await self._in_turn()
            nonsense = reply.finish == "malformed" and reply.input_tokens is None
        except LabelError as error:
            self.error, self.outcome = error, outcome_of(error)
            raise
        finally:
            self.latency_ms = (time.perf_counter() - started) * 1000
            if self.permits:
                await self._report(nonsense=nonsense)
        self.judge(reply)
        return Receipt(reply.model_dump_json(), *self.spent)

    async def _in_turn(self) -> Reply:
        most_s = self.desk.question_s(self.endpoint)
        async with self.desk.throttle.turn(self.endpoint.name, min(most_s, self.sitting.left_s)) as wire:
            left_s = min(most_s, self.sitting.left_s)
            if left_s <= 0:
                raise out_of_time(self.endpoint)
            try:
                rules = self.desk.rules(self.endpoint, left_s, self.patience_s)
                return await self.way.send(self.endpoint, self.told, rules, self.sitting.job.shape)
            finally:
                self.trace = wire.last

    async def _report(self, *, nonsense: bool) -> None:
        """Tells the breakers what was learnt of the service. A 200 that is no answer is a failure of it."""
        code = self.error.code if isinstance(self.error, LabelError) else ""
        provider, model = self.permits
        self.permits = ()
        wait = self.trace.retry_after_s if self.trace is not None else None
        breakers = self.desk.breakers
        if code in HOPELESS:
            wide = code in ACCOUNT
            await breakers.failed(provider if wide else model, "hopeless", wait)
            await breakers.returned(model if wide else provider)
        elif code in TRANSIENT or nonsense:
            await breakers.failed(model, "transient", wait)
            await breakers.returned(provider)
        elif self.trace is not None and self.trace.whole:
            await breakers.worked(provider)
            await breakers.worked(model)
        else:
            await breakers.returned(provider)
            await breakers.returned(model)

    async def _let_go(self) -> None:
        for permit in self.permits:
            await self.desk.breakers.returned(permit)
        self.permits = ()

    def judge(self, reply: Reply) -> None:
        """What the answer is worth: the work, or the error in its place; its tokens and their price."""
        self.reply = reply
        self.usage = usage_of(reply, self.told)
        self.spent = cost(self.endpoint.rates_for(reply.model), self.usage)
        try:
            text = whole(reply, self.endpoint.title)
            draft = read(text, self.sitting.job.shape)
            self.work = self.sitting.job.finish(draft, self.endpoint.ref)
            self.outcome, self.sitting.answer = Outcome.ANSWERED, text
        except UnfitError as unfit:
            self.outcome, self.error = Outcome.UNFIT, unfit
        except LabelError as error:
            self.outcome, self.error = outcome_of(error), error
        except Exception as error:  # the answer is paid for: it is in the books before anything breaks
            self.outcome, self.error = Outcome.UNFIT, error

    def _noted(self, connection: sa.Connection, ticket: Ticket) -> None:
        """Writes the call, and the session where it ends it, in the transaction that closes the ticket."""
        from noktvrn.storage.ledger import words

        sitting, at = self.sitting, self.desk.clock.now()
        if self.error is None and self.work is None:
            self.outcome = Outcome.CANCELLED
        if self.reply is None:
            unknown = str(ticket.state) == "unknown"
            self.spent = (self.worst, self.endpoint.free) if unknown else (0, True)
        self.attempt = self._told(ticket.id)
        sitting.attempts = [*self.before, self.attempt]  # a transaction may be done twice
        words.add_calls(connection, [sitting.call(self.number, self.attempt, self._said(), at)])
        score = VALIDITY.get(self.outcome)
        if score is not None:
            words.add_outcome(connection, sitting.outcome(self.number, self.attempt, score, at))
        if self.outcome is Outcome.ANSWERED:
            self._end()
            sitting.enter(connection, at)
            sitting.written = True

    def _end(self) -> None:
        self.sitting.end(OrchestrationStatus.OK, self.work, by=(self.endpoint.name, self.endpoint.model))

    def _told(self, ticket: str, *, stored: bool = False) -> Attempt:
        code = self.error.code if isinstance(self.error, LabelError) else ""
        if isinstance(self.error, UnfitError):
            code = "llm.unfit"
        return Attempt(
            provider=self.endpoint.name,
            model=self.endpoint.model,
            outcome=self.outcome,
            round=self.round + 1,
            code="llm.stored" if stored and not code else code,
            http_status=self.trace.status if self.trace is not None else 0,
            retry_after_s=self.trace.retry_after_s if self.trace is not None else None,
            latency_ms=round(self.latency_ms, 1),
            usage=self.usage,
            cost_micros=self.spent[0],
            cost_known=self.spent[1],
            ticket=ticket,
        )

    def _said(self) -> dict[str, Any]:
        """What the books keep beside the attempt: the prompt's hash, and the answer."""
        told: dict[str, Any] = {"request_hash": self.request_hash}
        if self.reply is not None:
            told |= self.sitting.kept(self.reply.text) | {"finish": self.reply.finish}
        if isinstance(self.error, UnfitError):
            told["problems"] = list(self.error.problems)
        return told


def whole(reply: Reply, title: str) -> str:
    """The text of a complete reply. Raises Refused for any other: asking the same again is no cure."""
    if reply.finish == "stop" and reply.text.strip():
        return reply.text
    raise Refused(
        f"{title}'s answer {WHY_NOT.get(reply.finish, 'is empty')}.",
        code=f"llm.{reply.finish}" if reply.finish in WHY_NOT else "llm.empty",
        hint="Try another model.",
    )


def resting(endpoint: Endpoint) -> LabelError:
    """The error of a service that is left alone."""
    return Unavailable(
        f"{endpoint.title} failed a moment ago and is left alone for a while.",
        code=RESTING,
        hint="It is asked again within minutes.",
    )


def out_of_time(endpoint: Endpoint) -> LabelError:
    """The error of a question for which no time is left."""
    return TimedOut(
        f"No time was left to ask {endpoint.title}.",
        code=NO_TIME,
        hint="NOKTVRN_LLM_DEADLINE is how long a piece of writing may wait for models in all.",
    )


def outcome_of(error: LabelError) -> Outcome:
    """How an attempt that ended with this error ended."""
    if outcome_unknown(error):
        return Outcome.UNKNOWN
    if error.code in NOT_SENT:
        return Outcome.SKIPPED
    if error.code == "budget.full":
        return Outcome.OVER_BUDGET
    if error.code in DECLINED:
        return Outcome.REFUSED
    if isinstance(error, Refused) and error.code.removeprefix("llm.") in (*WHY_NOT, "empty"):
        return Outcome.MALFORMED
    return Outcome.FAILED
