"""Chooses the model for a task: upper confidence bounds over (task, model), taught by outcomes.

After Auer et al., "Finite-time analysis of the multiarmed bandit problem" (2002), with the discounting of
Garivier & Moulines, "On upper-confidence bound policies for switching bandit problems" (2011) and a prior
worth `PRIOR_WEIGHT` outcomes. A model that breaks or recovers does so at every task: what surprises at one is
kept as its form, which counts at all of them and fades quickly; the task's own evidence learns the rest.
Plain floats: a choice costs microseconds.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.seeds import derive_seed
from noktvrn.llm.routing.choice import Candidate, Choice, Reason
from noktvrn.llm.routing.evidence import LATE, NOTHING, WEIGHTS, Clock, Known
from noktvrn.llm.routing.steering import MICROS_A_CENT, Steering
from noktvrn.storage.ledger.outcomes import Row

PRIOR_WEIGHT = 3.0
FORM_WEIGHT = 4.0
"""Surprises it takes until form counts for half of them."""
CURIOSITY = 0.06
"""Scale of the bonus, on the scale of scores."""
TASK_OUTCOMES, TASK_DAYS = 120.0, 60.0
"""Half-life of evidence: so many outcomes at the task, or so many days."""
FORM_OUTCOMES, FORM_DAYS = 50.0, 7.0
"""Half-life of form: so many outcomes at any task, or so many days."""

_final = attrgetter("final")


class Router:
    """Ranks models for a task and learns from what they wrote. Safe to share between threads.

    `priors` ("provider/model" -> task -> 0..1) are what outcomes are held against to tell a model's form;
    without them a model's first outcome at a task says nothing of its form.
    """

    def __init__(
        self, steering: Steering | None = None, priors: Mapping[str, Mapping[str, float]] | None = None
    ) -> None:
        self._steering = steering or Steering()
        self._priors = priors or {}
        self._known: dict[str, dict[str, Known]] = {}
        self._clocks: dict[str, Clock] = {}
        self._form: dict[str, Known] = {}
        self._form_clock = Clock(FORM_OUTCOMES, FORM_DAYS)
        self._usual: dict[tuple[str, str], tuple[float, float]] = {}
        self._learning = threading.Lock()

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
        explore = explore and task in self._steering.explorable
        clock, known = self._clocks.get(task), self._known.get(task, {})
        now = clock.read(at) if clock else 0.0
        faded = [known.get(one.name, NOTHING).at(now) for one in candidates]
        heard = sum(weight for weight, _ in faded)
        curiosity = CURIOSITY * math.sqrt(math.log(2.0 + heard)) if explore else 0.0
        form_now = self._form_clock.read(at)
        rows = [
            self._reason(task, one, past, self._form_of(one.name, form_now), curiosity)
            for one, past in zip(candidates, faded, strict=True)
        ]
        return _ordered(task, rows, seed)

    def _reason(
        self, task: str, one: Candidate, past: tuple[float, float], form: float, curiosity: float
    ) -> Reason:
        steering, (evidence, total) = self._steering, past
        weight = evidence + PRIOR_WEIGHT
        mean = (PRIOR_WEIGHT * one.prior + total) / weight + form
        dear = not one.free and one.cost_micros > steering.explore_micros
        bonus = 0.0 if dear else curiosity / math.sqrt(weight)
        cost = 0.0 if one.free else steering.cost_weight * one.cost_micros / MICROS_A_CENT
        latency = steering.latency_weight * one.latency_s
        final = mean + bonus - cost - latency
        pinned = steering.pinned(task, one.name)
        return Reason(one.name, one.prior, evidence, form, mean, bonus, cost, latency, final, pinned)

    def _form_of(self, name: str, now: float) -> float:
        weight, total = self._form.get(name, NOTHING).at(now)
        return total / (weight + FORM_WEIGHT)

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
        with self._learning:
            self._learn(task, name, self._comparable(task, kind, score), WEIGHTS[kind], at)

    def _learn(self, task: str, name: str, value: float, weight: float, at: datetime) -> None:
        now = self._clocks.setdefault(task, Clock(TASK_OUTCOMES, TASK_DAYS)).tick(at)
        form_now = self._form_clock.tick(at)
        known = self._known.setdefault(task, {})
        past = known.get(name, NOTHING)
        surprise = value - self._expected(task, name, past.at(now), value)
        self._form[name] = self._form.get(name, NOTHING).plus(weight, surprise, form_now)
        known[name] = past.plus(weight, value - self._form_of(name, form_now), now)

    def _expected(self, task: str, name: str, past: tuple[float, float], value: float) -> float:
        """What the model was thought to score at the task, its form aside; `value` where nothing is known."""
        prior = self._priors.get(name, {}).get(task)
        trust = 0.0 if prior is None else PRIOR_WEIGHT
        weight, total = past
        return (trust * (prior or 0.0) + total) / (trust + weight) if trust + weight else value

    def load(self, outcomes: Iterable[Row]) -> None:
        """Takes in stored outcomes, oldest first; those of the embedded writer, which names no model, are not
        the router's.
        """
        for row in (row for row in outcomes if row.model):
            self.learn(row.task, f"{row.provider}/{row.model}", row.score, at=row.at, kind=row.kind)

    def _comparable(self, task: str, kind: str, score: float) -> float:
        """The score on the scale of those every work gets: a late kind's distance from its own usual."""
        slot, weight = (task, kind if kind in LATE else ""), WEIGHTS[kind]
        count, total = self._usual.get(slot, (0.0, 0.0))
        count, total = self._usual[slot] = count + weight, total + weight * score
        level = self._usual.get((task, ""))
        if kind not in LATE or level is None:
            return score
        return level[1] / level[0] + score - total / count


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
