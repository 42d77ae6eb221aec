"""The ranking of takes: what passes first, then evaluators, then fewer warnings, then who came first."""

from __future__ import annotations

from noktvrn.model.evaluation import Evaluation
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.music.ranking import rank, score


def report(errors: int = 0, warnings: int = 0, *scores: float) -> Report:
    found = [Finding(rule=f"e{i}", severity=Severity.ERROR, message="x") for i in range(errors)]
    found += [Finding(rule=f"w{i}", severity=Severity.WARNING, message="x") for i in range(warnings)]
    said = tuple(
        Evaluation(evaluator=f"judge {i}", version="1", licence_class="procedural", scores={"all": value})
        for i, value in enumerate(scores)
    )
    return Report(subject="track", checked=5, findings=tuple(found), evaluations=said)


def order(*reports: Report) -> list[int]:
    return [one.take for one in rank(dict(enumerate(reports, 1)))]


def test_a_take_that_does_not_pass_comes_last_however_it_is_scored() -> None:
    assert order(report(1, 0, 1.0), report(0, 9, 0.1)) == [2, 1]
    assert order(report(2), report(1)) == [2, 1]


def test_evaluators_decide_before_warnings_do() -> None:
    assert order(report(0, 0, 0.5), report(0, 3, 0.9)) == [2, 1]
    assert order(report(0, 2, 0.700), report(0, 1, 0.701)) == [2, 1]
    assert order(report(0, 1, 0.701), report(0, 1, 0.700)) == [1, 2]


def test_without_evaluators_warnings_decide_and_then_the_order() -> None:
    assert order(report(0, 2), report(0, 1), report(0, 1)) == [2, 3, 1]
    assert rank({1: report()})[0].score is None


def test_every_evaluator_counts_once() -> None:
    assert score(report(0, 0, 0.2, 0.8)) == 0.5
    assert score(report()) is None


def test_the_reasons_are_told() -> None:
    best, worst = rank({1: report(1, 0), 2: report(0, 2, 0.25)})
    assert (best.take, best.passed, best.why) == (2, True, "passes, its evaluators say 0.25, 2 warning(s)")
    assert (worst.passed, worst.why) == (False, "does not pass (e0), nobody scored it, 0 warning(s)")
