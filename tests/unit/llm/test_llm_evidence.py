"""Trials of prompts: a better variant is found, noise is not promoted, every verdict explains itself."""

from __future__ import annotations

import pytest

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.seeds import dice
from noktvrn.llm.trials.evidence import Decision, Trial, TrialRules, Verdict, assigned, judge, one_score


def outcomes(number: int, gain: float, *, calls: int = 2500, slope: float = 0.0) -> list[tuple[str, float]]:
    """Scores around 0.6 (sd 0.2) of a champion and, for a tenth of the calls, of a candidate."""
    rng, found = dice(7, number), []
    for call in range(calls):
        variant = assigned("champion", ["new"], seed=number * 10_000 + call)
        mean = 0.6 + slope * call / calls + (gain if variant == "new" else 0.0)
        found.append((variant, min(1.0, max(0.0, rng.gauss(mean, 0.2)))))
    return found


def decided(number: int, gain: float, *, slope: float = 0.0) -> Verdict:
    (verdict,) = judge(outcomes(number, gain, slope=slope), "champion", ["new"])
    return verdict


def test_a_planted_better_variant_is_found_within_two_hundred_of_its_outcomes() -> None:
    verdicts = [decided(number, 0.08) for number in range(60)]
    found = sorted(one.outcomes for one in verdicts if one.decision is Decision.PROMOTE)
    assert len(found) >= 55
    assert found[len(found) // 2] <= 80
    assert found[49] <= 200


@pytest.mark.parametrize("slope", [0.0, 0.3, -0.3])
def test_noise_is_not_promoted_though_looked_at_after_every_outcome(slope: float) -> None:
    """One in twenty is allowed: of a hundred trials, eleven would be a one-in-a-hundred accident."""
    verdicts = [decided(number, 0.0, slope=slope) for number in range(100)]
    assert sum(one.decision is Decision.PROMOTE for one in verdicts) <= 10


def test_a_worse_variant_is_dropped_early() -> None:
    verdicts = [decided(number, -0.1) for number in range(30)]
    assert {one.decision for one in verdicts} == {Decision.DROP}
    assert max(one.outcomes for one in verdicts) < 100


def test_the_expected_evidence_for_no_gain_is_at_most_one() -> None:
    """The guarantee at its heart: all blocks of a candidate and one or two champions of 0s and 1s."""
    chance = 0.3
    for champions in (1, 2):
        expected = 0.0
        for pattern in range(2 ** (champions + 1)):
            scores = [float(pattern >> place & 1) for place in range(champions + 1)]
            ones = sum(scores)
            likely = chance**ones * (1 - chance) ** (champions + 1 - ones)
            trial = Trial("champion", ["new"])
            for score in scores[1:]:
                trial.learn("champion", score)
            trial.learn("new", scores[0])
            expected += likely * trial.verdicts()[0].better
        assert 0.9 < expected <= 1.0


def test_a_decision_stands_whatever_comes_after() -> None:
    trial = Trial("champion", ["new"])
    for _ in range(20):
        trial.learn("champion", 0.4)
        trial.learn("new", 0.9)
    (promoted,) = trial.verdicts()
    assert promoted.decision is Decision.PROMOTE
    for _ in range(50):
        trial.learn("champion", 0.9)
        trial.learn("new", 0.1)
    assert trial.verdicts() == (promoted,)


def test_the_same_outcomes_give_the_same_verdicts() -> None:
    assert decided(3, 0.08) == decided(3, 0.08)


def test_every_verdict_explains_itself() -> None:
    waiting = judge([("new", 0.9)], "champion", ["new"])[0]
    assert waiting.decision is Decision.CONTINUE
    assert waiting.why == "Nothing can be compared yet."
    still = judge([("champion", 0.5), ("new", 0.75)], "champion", ["new"])[0]
    assert still.why.startswith("Open: a gain of +0.250 over 1 against 1 outcomes, evidence 1.")
    assert decided(0, 0.2).why.startswith("Better: a gain of +0.")
    assert "a gain of 0.05 or more is ruled out" in decided(0, -0.2).why
    level = [("champion", 0.6), ("new", 0.64)] * 10
    spent = judge(level, "champion", ["new"], TrialRules(patience=10))[0]
    assert spent.decision is Decision.DROP
    assert "patience of 10 outcomes is spent" in spent.why


def test_several_candidates_share_the_chance_of_a_false_promotion() -> None:
    trial = Trial("champion", ["a", "b"])
    trial.learn("champion", 0.5)
    trial.learn("b", 0.5)
    trial.learn("retired long ago", 0.5)
    first, second = trial.verdicts()
    assert (first.candidate, second.candidate) == ("a", "b")
    assert first.promote_at == second.promote_at == 40.0
    assert (first.outcomes, second.outcomes) == (0, 1)


def test_calls_are_assigned_by_their_seed_within_the_share() -> None:
    drawn = [assigned("champion", ["a", "b"], seed=seed, share=0.2) for seed in range(5000)]
    assert drawn == [assigned("champion", ["a", "b"], seed=seed, share=0.2) for seed in range(5000)]
    assert 0.09 < drawn.count("a") / 5000 < 0.11
    assert 0.09 < drawn.count("b") / 5000 < 0.11
    assert assigned("champion", [], seed=1) == "champion"


def test_several_judges_make_one_score() -> None:
    weights = {"critic": 1.0, "verdict": 3.0}
    assert one_score({"critic": 0.4, "verdict": 0.8, "mood": 0.0}, weights) == pytest.approx(0.7)
    assert one_score({"mood": 1.0}, weights) is None


@pytest.mark.parametrize("score", [-0.01, 1.01, float("nan")])
def test_scores_are_between_nought_and_one(score: float) -> None:
    with pytest.raises(Invalid):
        Trial("champion", ["new"]).learn("champion", score)


@pytest.mark.parametrize(
    ("candidates", "rules"),
    [
        ([], TrialRules()),
        (["champion"], TrialRules()),
        (["a", "a"], TrialRules()),
        (["a"], TrialRules(false_promotions=0.0)),
        (["a"], TrialRules(worthwhile=1.0)),
        (["a"], TrialRules(patience=0)),
    ],
)
def test_a_trial_that_cannot_be_one_is_told(candidates: list[str], rules: TrialRules) -> None:
    with pytest.raises(Invalid):
        Trial("champion", candidates, rules)
