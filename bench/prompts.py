"""Prompt trials, simulated: is a planted better variant found, and is noise never promoted?

Scores are normal (mean 0.6 unless told, sd 0.2), cut to 0..1; every call is given to a variant by its seed
(a tenth to the candidate). Each trial is looked at after every outcome, until it decides. Drifting: the mean
of all variants moves by 0.3 within 1,000 calls, up or down, or jumps by 0.25 at call 300. Skewed: nine of
ten scores near 0.9, the rest 0. A peer decides by a t-test at 5 %, looked at after every outcome from the
tenth on.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

from noktvrn.kernel.seeds import derive_seed, dice
from noktvrn.llm.trials.evidence import Decision, Trial, TrialRules, assigned

TRIALS = 200
MOST_CALLS = 8000
SEED = 20
Score = Callable[[random.Random, int], float]


class Ended(NamedTuple):
    """How a simulated trial ended: after how many calls, how many of them the candidate's."""

    decision: Decision
    calls: int
    outcomes: int


def normal(mean: float = 0.6) -> Score:
    """Scores around a mean that stays."""
    return lambda rng, call: rng.gauss(mean, 0.2)


def drifting(slope: float) -> Score:
    """Scores whose mean moves by `slope` within 1,000 calls, once."""
    return lambda rng, call: rng.gauss(0.6 + slope * (min(call, 1000) / 1000 - 0.5), 0.2)


def jumping(height: float) -> Score:
    """Scores whose mean moves by `height` at call 300."""
    return lambda rng, call: rng.gauss(0.6 + (height if call >= 300 else 0.0), 0.2)


def skewed() -> Score:
    """Nearly always good, now and then worth nothing."""
    return lambda rng, call: rng.gauss(0.9, 0.03) if rng.random() < 0.9 else 0.0


def play(number: int, score: Score, gains: tuple[float, ...], rules: TrialRules) -> Ended:
    """One trial from its first call to its decision; the first candidate that ends it tells how."""
    names = tuple(f"v{index}" for index in range(len(gains)))
    trial, rng = Trial("champion", names, rules), dice(SEED, number)
    gain = dict(zip(names, gains, strict=True))
    for call in range(MOST_CALLS):
        variant = assigned("champion", names, seed=derive_seed(SEED, number, "call", call), share=rules.share)
        trial.learn(variant, min(1.0, max(0.0, score(rng, call) + gain.get(variant, 0.0))))
        verdicts = trial.verdicts()
        promoted = [one for one in verdicts if one.decision is Decision.PROMOTE]
        if promoted or all(one.decision is Decision.DROP for one in verdicts):
            last = (promoted or list(verdicts))[0]
            return Ended(last.decision, call + 1, last.outcomes)
    return Ended(Decision.CONTINUE, MOST_CALLS, 0)


def peeked_t_test(number: int, score: Score, rules: TrialRules) -> bool:
    """Whether a one-sided t-test at 5 %, looked at after every outcome, ever promotes the candidate."""
    rng = dice(SEED, number)
    sums: dict[bool, list[float]] = {True: [0.0, 0.0, 0.0], False: [0.0, 0.0, 0.0]}
    for call in range(MOST_CALLS):
        mine = rng.random() < rules.share
        value = min(1.0, max(0.0, score(rng, call)))
        side = sums[mine]
        side[0], side[1], side[2] = side[0] + 1, side[1] + value, side[2] + value * value
        if sums[True][0] >= rules.patience:
            return False
        if mine and sums[True][0] >= 10 and sums[False][0] >= 10 and _t(sums[True], sums[False]) > 1.645:
            return True
    return False


def _t(ours: list[float], theirs: list[float]) -> float:
    means = [side[1] / side[0] for side in (ours, theirs)]
    spread = sum(
        (side[2] / side[0] - mean * mean) / (side[0] - 1)
        for side, mean in zip((ours, theirs), means, strict=True)
    )
    return (means[0] - means[1]) / math.sqrt(spread) if spread > 0 else 0.0


def row(title: str, score: Score, gains: tuple[float, ...], *, trials: int = TRIALS) -> None:
    """Plays trials and prints how they ended."""
    rules = TrialRules()
    ends = [play(number, score, gains, rules) for number in range(trials)]
    found = [end for end in ends if end.decision is Decision.PROMOTE]
    dropped = [end for end in ends if end.decision is Decision.DROP]
    calls = statistics.median(end.calls for end in found) if found else math.nan
    outcomes = sorted(end.outcomes for end in found)
    ninth = outcomes[int(0.9 * len(outcomes))] if outcomes else math.nan
    half = statistics.median(outcomes) if outcomes else math.nan
    ended = statistics.median(end.calls for end in dropped) if dropped else math.nan
    print(
        f"{title:<34} promoted {len(found) / trials:6.1%}  after {half:4.0f} outcomes "
        f"(9 of 10 by {ninth:4.0f}), {calls:5.0f} calls; "
        f"dropped {len(dropped) / trials:6.1%} after {ended:5.0f} calls"
    )


def outcome_us() -> float:
    """CPU time of taking in an outcome, in microseconds, over trials that have not decided yet."""
    scores = [("champion" if call % 10 else "v0", 0.6 + 0.1 * (call % 3)) for call in range(200)]
    trials = [Trial("champion", ["v0"]) for _ in range(100)]
    started = time.process_time()
    for trial in trials:
        for variant, score in scores:
            trial.learn(variant, score)
    assert all(trial.verdicts()[0].decision is Decision.CONTINUE for trial in trials)
    return (time.process_time() - started) / (len(trials) * len(scores)) * 1e6


def main() -> None:
    """Prints every case."""
    row("planted +0.08", normal(), (0.08,))
    row("planted +0.12", normal(), (0.12,))
    row("planted +0.05", normal(), (0.05,))
    row("planted +0.08 beside two of +0", normal(), (0.0, 0.08, 0.0))
    row("no better", normal(), (0.0,))
    row("no better (1,000 trials)", normal(), (0.0,), trials=1000)
    row("none of three better", normal(), (0.0, 0.0, 0.0))
    row("worse by 0.08", normal(), (-0.08,))
    row("no better, skewed", skewed(), (0.0,))
    row("no better, drifting up", drifting(0.3), (0.0,))
    row("no better, drifting down", drifting(-0.3), (0.0,))
    row("no better, jumping", jumping(0.25), (0.0,))
    row("planted +0.08, drifting down", drifting(-0.3), (0.08,))
    peeked = sum(peeked_t_test(number, normal(), TrialRules()) for number in range(TRIALS))
    print(f"{'peer: t-test, peeked, no better':<34} promoted {peeked / TRIALS:6.1%}")
    print(f"one outcome takes {outcome_us():.1f} us of CPU time")


if __name__ == "__main__":
    main()
