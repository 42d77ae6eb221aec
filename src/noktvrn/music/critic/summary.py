"""A report as people read it: worst first, each with what was measured, the limit and what to do."""

from __future__ import annotations

from noktvrn.model.finding import Finding, Report, Severity

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def summary(report: Report) -> list[str]:
    """Lines of text: a headline, then two lines a finding, then what evaluators said; no styling."""
    findings = sorted(report.findings, key=lambda finding: _ORDER.index(finding.severity))
    lines = [_headline(report)]
    for finding in findings:
        lines += _told(finding)
    for judged in report.evaluations:
        scores = ", ".join(f"{name} {value:.2f}" for name, value in sorted(judged.scores.items()))
        lines.append(f"{judged.evaluator} {judged.version}: {judged.overall:.2f} ({scores})")
    return lines


def _headline(report: Report) -> str:
    counts = [sum(f.severity is severity for f in report.findings) for severity in _ORDER]
    verdict = "passes" if report.passed else "does not pass"
    return f"It {verdict}: {report.checked} checks, {counts[0]} error(s), {counts[1]} warning(s)."


def _told(finding: Finding) -> list[str]:
    lines = [f"{finding.severity.value:<7}  {finding.message}  [{finding.rule}]"]
    figures = [
        f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in (("measured", finding.measured), ("limit", finding.limit))
        if value is not None
    ]
    told = "; ".join([*figures, *([finding.hint] if finding.hint else [])])
    return [*lines, f"         {told}"] if told else lines
