"""The ranking of takes: what passes before what does not, then evaluators, then fewer warnings."""

from __future__ import annotations

from collections.abc import Mapping

from noktvrn.model.finding import Report, Severity
from noktvrn.model.take import RankedTake

SAME = 0.005
"""Scores nearer than this are one score: no ear tells them apart, and warnings then decide."""


def rank(reports: Mapping[int, Report]) -> tuple[RankedTake, ...]:
    """The takes, best first, by the critic's report on each; equal ones in the order they were recorded."""
    return tuple(sorted((_told(take, report) for take, report in sorted(reports.items())), key=_order))


def score(report: Report) -> float | None:
    """What the evaluators say of a take, each counting once; None where none said anything."""
    said = [evaluation.overall for evaluation in report.evaluations]
    return round(sum(said) / len(said), 4) if said else None


def _told(take: int, report: Report) -> RankedTake:
    errors = [f.rule for f in report.findings if f.severity is Severity.ERROR]
    warnings = sum(f.severity is Severity.WARNING for f in report.findings)
    points = score(report)
    judged = "nobody scored it" if points is None else f"its evaluators say {points:.2f}"
    passing = f"does not pass ({', '.join(errors)})" if errors else "passes"
    return RankedTake(
        take=take,
        errors=len(errors),
        warnings=warnings,
        score=points,
        why=f"{passing}, {judged}, {warnings} warning(s)",
    )


def _order(ranked: RankedTake) -> tuple[int, float, int, int]:
    steps = 0.0 if ranked.score is None else round(ranked.score / SAME)
    return ranked.errors, -steps, ranked.warnings, ranked.take
