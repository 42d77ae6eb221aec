"""Whom to ask first: the router's choice among the configured models, with what each costs and takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noktvrn.llm.prices import cost
from noktvrn.llm.prompt import prompt
from noktvrn.llm.result import Attempt, Outcome, Task, Usage

if TYPE_CHECKING:
    from datetime import datetime

    from noktvrn.llm.endpoints import Endpoint
    from noktvrn.llm.routing import Candidate, Choice, Router

FACTS_TOKENS = 1500
"""What the facts of a request take, about: the expected cost need only be right among models."""
ANSWER_SHARE = 0.25
"""The share of the longest answer that an answer takes, about."""
LATENCY_S = 3.0
"""Until one has been seen."""
SMOOTHING = 0.2
VALIDITY = {
    Outcome.ANSWERED: 1.0,
    Outcome.UNFIT: 0.0,
    Outcome.MALFORMED: 0.0,
    Outcome.REFUSED: 0.0,
}
"""What an outcome says of a model's writing. Outages say nothing of it: they are the breaker's."""


class Ranking:
    """Ranks endpoints by a router; keeps how long each of them takes."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self._latency_s: dict[str, float] = {}

    def choose(
        self, task: Task, endpoints: tuple[Endpoint, ...], seed: int, at: datetime, *, explore: bool = True
    ) -> Choice:
        """The endpoints' names in the order they should be asked, with every number behind it."""
        found = [self._candidate(task, endpoint) for endpoint in endpoints]
        return self.router.rank(task, found, seed=seed, explore=explore, at=at)

    def learn(self, task: Task, attempt: Attempt, at: datetime) -> None:
        """Takes in how an attempt ended, and how long it took."""
        ref = f"{attempt.provider}/{attempt.model}"
        score = VALIDITY.get(attempt.outcome)
        if score is not None:
            self.router.learn(task, ref, score, at=at, kind="validity")
            known = self._latency_s.get(ref, attempt.latency_ms / 1000)
            self._latency_s[ref] = known + SMOOTHING * (attempt.latency_ms / 1000 - known)

    def _candidate(self, task: Task, endpoint: Endpoint) -> Candidate:
        from noktvrn.llm.routing import Candidate

        return Candidate(
            name=endpoint.ref,
            prior=endpoint.prior(task),
            cost_micros=0 if endpoint.free else _expected(task, endpoint),
            latency_s=self._latency_s.get(endpoint.ref, LATENCY_S),
            free=endpoint.free,
        )


def _expected(task: Task, endpoint: Endpoint) -> int:
    """What a call costs, about, in millionths of a US dollar."""
    asked = prompt(task)
    given = len(asked.system + asked.wish) // 4 + FACTS_TOKENS
    made = int(asked.max_tokens * ANSWER_SHARE)
    return cost(endpoint.rates, Usage(input_tokens=given, output_tokens=made))[0]
