"""Routing, simulated: which share of what a clairvoyant gains over chance does each way to choose gain?

A world has 5 models and 6 tasks. A model's strength is normal (0.62, sd 0.08), its quality at a task normal
around that (sd 0.10), cut to 0.05..0.98; the table's prior is the quality with a normal error of sd 0.12, cut
the same: loosely right (chosen so that the table alone makes nearly 0.6). Calls cost 0 to 2 US cents, the
stronger the dearer on the whole; tasks come unevenly often (weights 1..4). A score is the quality with a
normal error of sd 0.2, cut to 0..1. From half-way on one model is worse at everything by 0.25 to 0.4; another
one answers nothing, score 0, from 60 to 75 % of the calls, and nobody is warned: no breaker helps. Both are
drawn at random.

Gains are the means of true quality less what the cost is worth, so that lucky scores count for nothing:
share = (chosen - random) / (best - random), the median of 60 worlds. Constants of the router were tuned on
worlds of other seeds than those judged here; both are printed.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from noktvrn.kernel.seeds import derive_seed, dice
from noktvrn.llm.routing import Candidate, Router, Steering

TASKS = ("persona", "lyrics", "titles", "captions", "plan", "critique")
MODELS = tuple(f"service{index}/model" for index in range(5))
CALLS = (100, 300, 1000)
WORLDS = 60
TUNED, JUDGED = 1000, 5000
TARGETS = {100: 0.70, 300: 0.78, 1000: 0.85}
COST_WEIGHT, PRIOR_ERROR = 0.05, 0.12
START = datetime(2026, 1, 1, tzinfo=UTC)


def _cut(value: float) -> float:
    return min(0.98, max(0.05, value))


class World:
    """One seeded world of so many calls; `value(call, task, model)` is the truth."""

    def __init__(
        self, seed: int, calls: int, cost_weight: float = COST_WEIGHT, prior_error: float = PRIOR_ERROR
    ) -> None:
        rng = dice(seed, "world")
        self.seed, self.calls, self.cost_weight = seed, calls, cost_weight
        strength = {model: rng.gauss(0.62, 0.08) for model in MODELS}
        pairs = [(task, model) for task in TASKS for model in MODELS]
        self.quality = {(task, model): _cut(rng.gauss(strength[model], 0.10)) for task, model in pairs}
        self.prior = {pair: _cut(rng.gauss(self.quality[pair], prior_error)) for pair in pairs}
        micros = {m: round(20_000 * _cut(rng.gauss((strength[m] - 0.42) * 2.5, 0.25))) for m in MODELS}
        self.micros = micros
        self.worse, self.silent = rng.sample(MODELS, 2)
        self.loss = rng.uniform(0.25, 0.4)
        weights = [rng.uniform(1, 4) for _ in TASKS]
        self.tasks = rng.choices(TASKS, weights, k=calls)

    def mean(self, call: int, task: str, model: str) -> float:
        """The expected score of a call."""
        if model == self.silent and 0.60 <= call / self.calls < 0.75:
            return 0.0
        loss = self.loss if model == self.worse and call >= self.calls / 2 else 0.0
        return max(0.0, self.quality[task, model] - loss)

    def value(self, call: int, task: str, model: str) -> float:
        """What a call is worth: its expected score less its cost."""
        return self.mean(call, task, model) - self.price(model)

    def price(self, model: str) -> float:
        """A call's cost on the scale of scores."""
        return self.cost_weight * self.micros[model] * 1e-4

    def score(self, call: int, task: str, model: str) -> float:
        """What is seen; the same whoever asks."""
        mean = self.mean(call, task, model)
        noise = dice(self.seed, call, model).gauss(0.0, 0.2)
        return min(1.0, max(0.0, mean + noise)) if mean > 0 else 0.0


class Policy(Protocol):
    """A way to choose."""

    def choose(self, call: int, task: str) -> str: ...
    def learn(self, call: int, task: str, model: str, score: float) -> None: ...


class Fixed:
    """Always the first of the list."""

    def __init__(self, world: World) -> None:
        pass

    def choose(self, call: int, task: str) -> str:
        return MODELS[0]

    def learn(self, call: int, task: str, model: str, score: float) -> None:
        pass


class Static(Fixed):
    """The table's best, less its cost."""

    def __init__(self, world: World) -> None:
        self.world = world

    def choose(self, call: int, task: str) -> str:
        return max(MODELS, key=lambda model: self.world.prior[task, model] - self.world.price(model))


class Learner:
    """Means of every (task, model), begun with the prior as two outcomes."""

    def __init__(self, world: World) -> None:
        self.world, self.rng = world, dice(world.seed, type(self).__name__)
        self.count = dict.fromkeys(world.prior, 2.0)
        self.total = {pair: 2.0 * prior for pair, prior in world.prior.items()}

    def learn(self, call: int, task: str, model: str, score: float) -> None:
        self.count[task, model] += 1
        self.total[task, model] += score

    def worth(self, task: str, model: str) -> float:
        """The mean less the cost."""
        return self.total[task, model] / self.count[task, model] - self.world.price(model)


class Thompson(Learner):
    """Draws every mean from its normal posterior."""

    def choose(self, call: int, task: str) -> str:
        spread = {model: 0.2 / math.sqrt(self.count[task, model]) for model in MODELS}
        return max(MODELS, key=lambda model: self.rng.gauss(self.worth(task, model), spread[model]))


class Greedy(Learner):
    """The best mean, but one call in twenty at random."""

    def choose(self, call: int, task: str) -> str:
        if self.rng.random() < 0.05:
            return self.rng.choice(MODELS)
        return max(MODELS, key=lambda model: self.worth(task, model))


class PlainUcb(Learner):
    """UCB1 on these means, without fading and without sharing between tasks."""

    def choose(self, call: int, task: str) -> str:
        heard = math.log(sum(self.count[task, model] for model in MODELS))
        bonus = {model: 0.15 * math.sqrt(heard / self.count[task, model]) for model in MODELS}
        return max(MODELS, key=lambda model: self.worth(task, model) + bonus[model])


class Ours:
    """The house's router."""

    def __init__(self, world: World) -> None:
        self.world = world
        priors = {model: {task: world.prior[task, model] for task in TASKS} for model in MODELS}
        steering = Steering(cost_weight=world.cost_weight, explorable=frozenset(TASKS))
        self.router = Router(steering, priors)
        self.candidates = {
            task: [Candidate(m, world.prior[task, m], world.micros[m], 0.0, False) for m in MODELS]
            for task in TASKS
        }

    def choose(self, call: int, task: str) -> str:
        return self.router.rank(task, self.candidates[task], seed=derive_seed(self.world.seed, call)).order[0]

    def learn(self, call: int, task: str, model: str, score: float) -> None:
        self.router.learn(task, model, score, at=START + timedelta(minutes=call))


POLICIES: dict[str, Callable[[World], Policy]] = {
    "fixed order": Fixed,
    "static table": Static,
    "thompson": Thompson,
    "eps-greedy": Greedy,
    "plain ucb": PlainUcb,
    "ours": Ours,
}


def share(world: World, build: Callable[[World], Policy]) -> float:
    """The share of the clairvoyant's gain over chance that a policy makes in a world."""
    policy, made, best, chance = build(world), 0.0, 0.0, 0.0
    for call, task in enumerate(world.tasks):
        model = policy.choose(call, task)
        policy.learn(call, task, model, world.score(call, task, model))
        values = [world.value(call, task, one) for one in MODELS]
        made += world.value(call, task, model)
        best += max(values)
        chance += sum(values) / len(values)
    return (made - chance) / (best - chance)


def shares(name: str, calls: int, first: int, *shape: float) -> list[float]:
    """A policy's shares in `WORLDS` worlds from this seed on."""
    return [share(World(first + number, calls, *shape), POLICIES[name]) for number in range(WORLDS)]


def asked_again(number: int) -> int | None:
    """A model far better than the others answers nothing from call 100 to 200: how many calls after that is
    it asked again? None: not within 1,000.
    """
    router, rng = Router(Steering(explorable=frozenset(TASKS))), dice(JUDGED, "recovery", number)
    level = dict(zip(MODELS, (0.85, 0.6, 0.6, 0.55, 0.5), strict=True))
    named = [Candidate(model, mean, 0, 0.0, True) for model, mean in level.items()]
    for call in range(1200):
        asked = router.rank("lyrics", named, seed=call).order[0]
        silent = asked == MODELS[0] and 100 <= call < 200
        if call >= 200 and asked == MODELS[0]:
            return call - 199
        score = 0.0 if silent else _cut(rng.gauss(level[asked], 0.2))
        router.learn("lyrics", asked, score, at=START + timedelta(minutes=call))
    return None


def decision_us(models: int = 10, rounds: int = 2000) -> float:
    """Median CPU time of one ranking of so many models, in microseconds."""
    router = Router(Steering(explorable=frozenset(TASKS)))
    named = [Candidate(f"service{n}/model", 0.5 + n / 40, 1000 * n, 1.0, False) for n in range(models)]
    spent: list[int] = []
    for call in range(rounds):
        before = time.process_time_ns()
        choice = router.rank("lyrics", named, seed=call)
        spent.append(time.process_time_ns() - before)
        router.learn("lyrics", choice.order[0], 0.6, at=START + timedelta(minutes=call))
    return statistics.median(spent) / 1000


def table(title: str, first: int, *shape: float) -> None:
    """Prints the median shares, and in how many worlds ours made less than the static table."""
    print(f"{title:<34}" + "".join(f"{calls:>8}" for calls in CALLS))
    found = {name: [shares(name, calls, first, *shape) for calls in CALLS] for name in POLICIES}
    for name, columns in found.items():
        print(f"  {name:<32}" + "".join(f"{statistics.median(column):8.2f}" for column in columns))
    pairs = zip(found["ours"], found["static table"], strict=True)
    below = [sum(a < b for a, b in zip(ours, static, strict=True)) for ours, static in pairs]
    print(f"  {'worlds of 60 below static table':<32}" + "".join(f"{count:>8}" for count in below))


def main() -> None:
    """Prints every table, the recovery and the decision time."""
    table("worlds it was tuned on", TUNED)
    table("other worlds", JUDGED)
    print("  target                          " + "".join(f"{TARGETS[calls]:8.2f}" for calls in CALLS))
    table("other worlds, cost three times", JUDGED, 3 * COST_WEIGHT)
    table("other worlds, a worse table", JUDGED, COST_WEIGHT, 0.16)
    table("still other worlds", 2 * JUDGED)
    again = [asked_again(number) for number in range(100)]
    waits = sorted(1001 if wait is None else wait for wait in again)
    print(f"a recovered model is asked again after {waits[50]} calls (median), {waits[-1]} (longest of 100)")
    print(f"one decision among 10 models: {decision_us():.1f} us of CPU time (limit 50)")


if __name__ == "__main__":
    main()
