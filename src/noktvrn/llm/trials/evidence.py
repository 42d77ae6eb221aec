"""Is a prompt's new variant better? Statistics that may be looked at after every single outcome.

Scores are 0..1, one for each piece of writing. Outcomes of the candidate are held against those of the
champion that came since the last comparison, so that a drift which both feel cancels out, but for what it
moves within one comparison. With the
candidate's mean y, the champion's k scores x, a level m known beforehand and a stake s, one comparison
multiplies the evidence by

    (1 + s (y - m)) * prod(1 - s/k (x - m))

whose expectation is at most exp(s * (mean y - mean x)), thus at most 1 as long as the candidate is no
better. Such evidence (an e-process: a test martingale, averaged over stakes) exceeds 1/a with probability
at most a, whenever one looks and stops: Ville's inequality; Waudby-Smith & Ramdas, "Estimating means of
bounded random variables by betting" (2024). The same evidence with the scores turned round tells that a
candidate gains less than is worth having.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.seeds import SEED_BITS, derive_seed

STAKES = (0.25, 0.5, 0.75, 0.95)
"""Shares of the largest stake that cannot go broke; small ones find small gains, large ones large gains."""


class Decision(StrEnum):
    """What the evidence says should be done."""

    CONTINUE = "continue"
    PROMOTE = "promote"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class TrialRules:
    """How sure a trial must be. `share` of the calls goes to all candidates together.

    `false_promotions`: chance that a trial promotes any candidate that is no better. `false_drops`: chance
    that it drops one that gains `worthwhile` or more. `patience`: outcomes of a candidate after which a
    trial without a result ends.
    """

    share: float = 0.10
    false_promotions: float = 0.05
    false_drops: float = 0.10
    worthwhile: float = 0.05
    patience: int = 250


class Verdict(NamedTuple):
    """A decision and what it rests on. `gain` is the mean gain in score over the comparisons made.

    `better` is the evidence that the candidate is better (promoted at `promote_at`); `dull` that its gain is
    below `worthwhile` (dropped at `drop_at`). `outcomes` are the candidate's (at most `patience` of them),
    `against` the champion's.
    """

    decision: Decision
    candidate: str
    gain: float
    better: float
    promote_at: float
    dull: float
    drop_at: float
    outcomes: int
    against: int
    worthwhile: float
    patience: int

    @property
    def why(self) -> str:
        """The decision in a sentence."""
        known = f"a gain of {self.gain:+.3f} over {self.outcomes} against {self.against} outcomes"
        needed = f"evidence {self.better:.2f} of {self.promote_at:.0f} needed"
        if not self.outcomes or not self.against:
            return "Nothing can be compared yet."
        if self.decision is Decision.PROMOTE:
            return f"Better: {known}, {needed}."
        if self.decision is Decision.CONTINUE:
            return f"Open: {known}, {needed}."
        if self.dull >= self.drop_at:
            return f"Not worth it: {known}; a gain of {self.worthwhile:.2f} or more is ruled out."
        return f"Undecided: {known}; the trial's patience of {self.patience} outcomes is spent."


class Trial:
    """A champion and its candidates, outcome by outcome. A decision once reached stands.

    Raises:
        Invalid: no candidate, a name twice, or rules outside their range.
    """

    def __init__(self, champion: str, candidates: Sequence[str], rules: TrialRules | None = None) -> None:
        self.rules = rules or TrialRules()
        self.champion = champion
        _check(champion, candidates, self.rules)
        promote_at = len(candidates) / self.rules.false_promotions
        self._duels = {name: _Duel(name, promote_at, self.rules) for name in candidates}

    def learn(self, variant: str, score: float) -> None:
        """Takes in one outcome; those of variants that are not on trial are passed over.

        Raises:
            Invalid: the score is not within 0..1.
        """
        if not 0.0 <= score <= 1.0:
            raise Invalid(
                f"A score of {score} is not between 0 and 1.", code="trial.score", hint="Scale it to 0..1."
            )
        if variant == self.champion:
            for duel in self._duels.values():
                duel.meet(score)
        elif variant in self._duels:
            self._duels[variant].enter(score)

    def verdicts(self) -> tuple[Verdict, ...]:
        """What is known of each candidate, in the order they were named."""
        return tuple(duel.verdict() for duel in self._duels.values())


def judge(
    outcomes: Iterable[tuple[str, float]],
    champion: str,
    candidates: Sequence[str],
    rules: TrialRules | None = None,
) -> tuple[Verdict, ...]:
    """The verdicts after these outcomes (variant, score), oldest first. The same rows, the same verdicts."""
    trial = Trial(champion, candidates, rules)
    for variant, score in outcomes:
        trial.learn(variant, score)
    return trial.verdicts()


def assigned(champion: str, candidates: Sequence[str], *, seed: int, share: float = 0.10) -> str:
    """The variant a call is given: a candidate for `share` of all seeds (each alike), else the champion."""
    drawn = derive_seed(seed, "trial") / 2**SEED_BITS
    if not candidates or drawn >= share:
        return champion
    return candidates[min(int(drawn / share * len(candidates)), len(candidates) - 1)]


def one_score(scores: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    """Several judges' scores of one work as one: the weighted mean of those there are, None without any."""
    known = [(score, weights[kind]) for kind, score in scores.items() if weights.get(kind, 0.0) > 0]
    total = sum(weight for _, weight in known)
    return sum(score * weight for score, weight in known) / total if total else None


class _Duel:
    """One candidate against the champion. Scores wait until both sides have one; then they are compared."""

    def __init__(self, name: str, promote_at: float, rules: TrialRules) -> None:
        self._name, self._rules, self._promote_at = name, rules, promote_at
        self._decision = Decision.CONTINUE
        self._better = [1.0] * len(STAKES)
        self._dull = [1.0] * len(STAKES)
        self._ours: list[float] = []
        self._theirs: list[float] = []
        self._level, self._seen = 0.5, 1
        self._gains, self._comparisons = 0.0, 0
        self._outcomes, self._against = 0, 0

    def enter(self, score: float) -> None:
        """An outcome of the candidate."""
        if self._decision is Decision.CONTINUE:
            self._ours.append(score)
            self._outcomes += 1
            self._compare()

    def meet(self, score: float) -> None:
        """An outcome of the champion."""
        if self._decision is Decision.CONTINUE:
            self._theirs.append(score)
            self._against += 1
            self._compare()

    def _compare(self) -> None:
        if not self._ours or not self._theirs:
            return
        ours, level, worth = sum(self._ours) / len(self._ours), self._level, self._rules.worthwhile
        _bet(self._better, ours, self._theirs, level)
        _bet(self._dull, 1.0 - (ours - worth), [1.0 - score for score in self._theirs], 1.0 - level)
        self._gains += ours - sum(self._theirs) / len(self._theirs)
        self._comparisons += 1
        for score in self._theirs:
            self._seen += 1
            self._level += (score - self._level) / self._seen
        self._ours, self._theirs = [], []
        self._decision = self._decided()

    def _decided(self) -> Decision:
        if _mean(self._better) >= self._promote_at:
            return Decision.PROMOTE
        if _mean(self._dull) >= 1.0 / self._rules.false_drops or self._outcomes >= self._rules.patience:
            return Decision.DROP
        return Decision.CONTINUE

    def verdict(self) -> Verdict:
        """Where the duel stands."""
        return Verdict(
            decision=self._decision,
            candidate=self._name,
            gain=self._gains / self._comparisons if self._comparisons else 0.0,
            better=_mean(self._better),
            promote_at=self._promote_at,
            dull=_mean(self._dull),
            drop_at=1.0 / self._rules.false_drops,
            outcomes=self._outcomes,
            against=self._against,
            worthwhile=self._rules.worthwhile,
            patience=self._rules.patience,
        )


def _bet(evidence: list[float], ours: float, theirs: Sequence[float], level: float) -> None:
    """Multiplies each stake's evidence by one comparison; stakes are such that no factor falls below 0."""
    count = len(theirs)
    most = 1.0 / max(level, (1.0 - level) / count)
    for index, stake in enumerate(STAKES):
        staked = stake * most
        factor = 1.0 + staked * (ours - level)
        for score in theirs:
            factor *= 1.0 - staked / count * (score - level)
        evidence[index] *= factor


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _check(champion: str, candidates: Sequence[str], rules: TrialRules) -> None:
    chances = (rules.share, rules.false_promotions, rules.false_drops)
    names = {champion, *candidates}
    if not candidates or len(names) != 1 + len(candidates):
        raise Invalid(
            "A trial needs a champion and candidates of different names.",
            code="trial.variants",
            hint="`noktvrn prompt list` shows the variants there are.",
        )
    if not all(0.0 < chance < 1.0 for chance in chances) or not 0.0 < rules.worthwhile < 1.0:
        raise Invalid("A trial's chances lie between 0 and 1.", code="trial.rules", hint="Use the defaults.")
    if rules.patience < 1:
        raise Invalid("A trial's patience is too short.", code="trial.rules", hint="Use at least 1.")
