"""Chooses the model for a task: upper confidence bounds over (task, model), taught by outcomes.

After Auer et al., "Finite-time analysis of the multiarmed bandit problem" (2002), with the discounting of
Garivier & Moulines, "On upper-confidence bound policies for switching bandit problems" (2011), a prior worth
`PRIOR_WEIGHT` outcomes, and a share of what a model showed at other tasks. Plain floats: a choice costs
microseconds. A router belongs to one thread, the event loop's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.seeds import derive_seed
from noktvrn.llm.routing.choice import Candidate, Choice, Reason
from noktvrn.llm.routing.evidence import LATE, NOTHING, WEIGHTS, Clock, Known
from noktvrn.llm.routing.steering import Steering
from noktvrn.storage.ledger.outcomes import Row

PRIOR_WEIGHT = 3.0
POOL_WEIGHT = 4.0
"""Outcomes a model's share of all its tasks must outweigh."""
CURIOSITY = 0.15
"""Scale of the bonus, in the order of the scores' standard deviation."""
TASK_OUTCOMES, POOL_OUTCOMES, DAYS = 60.0, 150.0, 60.0
"""Half-lives of evidence: outcomes at the task, outcomes at all tasks, days."""

_final = attrgetter("final")


class Router:
    """Ranks models for a task and learns from what they wrote.

    `priors` ("provider/model" -> task -> 0..1) lets what a model shows at one task count a little at others.
    """

    def __init__(
        self, steering: Steering | None = None, priors: Mapping[str, Mapping[str, float]] | None = None
    ) -> None:
        self._steering = steering or Steering()
        self._priors = priors or {}
        self._known: dict[str, dict[str, Known]] = {}
        self._clocks: dict[str, Clock] = {}
        self._pool: dict[str, Known] = {}
        self._pool_clock = Clock(POOL_OUTCOMES, DAYS)
        self._usual: dict[tuple[str, str], Known] = {}

    def rank(
        self,
        task: str,
        candidates: Sequence[Candidate],
        *,
        seed: int,
        explore: bool = True,
        at: datetime | None = None,
    ) -> Choice:
        """The candidates in the order they should be asked. `seed` breaks ties; `at` lets evidence fade
        up to now (without it, up to the last outcome). The same outcomes, candidates and seed give the
        same choice.
        """
        steering = self._steering
        explore = explore and task in steering.explorable
        clock, known = self._clocks.get(task), self._known.get(task, {})
        now, pool_now = clock.read(at) if clock else 0.0, self._pool_clock.read(at)
        faded = [known.get(one.name, NOTHING).faded(now) for one in candidates]
        curiosity = (
            CURIOSITY * math.sqrt(math.log(2.0 + sum(one.weight for one in faded))) if explore else 0.0
        )
        rows = [
            self._reason(task, one, past, curiosity, pool_now)
            for one, past in zip(candidates, faded, strict=True)
        ]
        return _ordered(task, rows, seed)

    def _reason(self, task: str, one: Candidate, past: Known, curiosity: float, pool_now: float) -> Reason:
        steering = self._steering
        pool = self._pool.get(one.name, NOTHING).faded(pool_now)
        carried = pool.total / (pool.weight + POOL_WEIGHT)
        weight = past.weight + PRIOR_WEIGHT
        mean = (PRIOR_WEIGHT * (one.prior + carried) + past.total) / weight
        dear = not one.free and one.cost_micros > steering.explore_micros
        bonus = 0.0 if dear else curiosity / math.sqrt(weight)
        cost = 0.0 if one.free else steering.cost_weight * one.cost_micros * 1e-4
        latency = steering.latency_weight * one.latency_s
        final = mean + bonus - cost - latency
        pinned = steering.pinned(task, one.name)
        return Reason(one.name, one.prior, carried, past.weight, mean, bonus, cost, latency, final, pinned)

    def learn(self, task: str, name: str, score: float, *, at: datetime, kind: str = "critic") -> None:
        """Takes in one outcome of a model ("provider/model"), 0..1.

        Raises:
            Invalid: the score is not within 0..1, or the kind is unknown.
        """
        if not 0.0 <= score <= 1.0 or kind not in WEIGHTS:
            raise Invalid(
                f"{score} by {kind[:20]!r} is no outcome.",
                code="llm.outcome",
                hint=f"Scores are 0..1, kinds {', '.join(WEIGHTS)}.",
            )
        weight = WEIGHTS[kind]
        value = self._comparable(task, kind, score)
        clock = self._clocks.setdefault(task, Clock(TASK_OUTCOMES, DAYS))
        known = self._known.setdefault(task, {})
        known[name] = known.get(name, NOTHING).faded(clock.tick(at)).plus(weight, value)
        pool_now = self._pool_clock.tick(at)
        prior = self._priors.get(name, {}).get(task)
        if prior is not None:
            self._pool[name] = self._pool.get(name, NOTHING).faded(pool_now).plus(weight, value - prior)

    def load(self, outcomes: Iterable[Row]) -> None:
        """Takes in stored outcomes, oldest first."""
        for row in outcomes:
            self.learn(row.task, f"{row.provider}/{row.model}", row.score, at=row.at, kind=row.kind)

    def _comparable(self, task: str, kind: str, score: float) -> float:
        """The score on the scale of those every work gets: a late kind's distance from its own usual."""
        slot = (task, kind if kind in LATE else "")
        usual = self._usual[slot] = self._usual.get(slot, NOTHING).plus(WEIGHTS[kind], score)
        level = self._usual.get((task, ""))
        if kind not in LATE or level is None:
            return score
        return level.total / level.weight + score - usual.total / usual.weight


def _ordered(task: str, rows: list[Reason], seed: int) -> Choice:
    """The pinned ones first; then the highest bound; behind it the spares by value."""
    if len({row.final for row in rows}) < len(rows):
        rows.sort(key=lambda row: derive_seed(seed, "route", row.name))
    ranked = sorted(rows, key=_final, reverse=True)
    spares = sorted(rows, key=lambda row: row.final - row.bonus, reverse=True)
    pinned = [row for row in spares if row.pinned]
    first = pinned[:1] or ranked[:1]
    rest = [row for row in [*pinned, *(row for row in spares if not row.pinned)] if row not in first]
    why = (*first, *rest)
    explored = not pinned and bool(first) and first[0] is not spares[0]
    return Choice(task, tuple(row.name for row in why), why, explored)
