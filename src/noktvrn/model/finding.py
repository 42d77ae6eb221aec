"""What a check found."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from noktvrn.model.evaluation import Evaluation
from noktvrn.model.noun import Noun


class Severity(StrEnum):
    """E blocks, W wants a look, I informs (facts of the trade: the store rules use the same three)."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(Noun):
    """One result of one rule. `rule` is stable (`audio.true_peak`), `hint` says how to mend it."""

    rule: str
    severity: Severity
    message: str
    hint: str = ""
    source: str = Field(default="", description="where the rule comes from: `store rule 20`")
    measured: float | str | None = None
    limit: float | str | None = None


class Report(Noun):
    """The findings of one set of checks over one thing, and how many rules were run."""

    subject: str
    checked: int
    findings: tuple[Finding, ...] = ()
    evaluations: tuple[Evaluation, ...] = Field(
        default=(), description="what evaluators said; blocks nothing"
    )

    @property
    def passed(self) -> bool:
        """Whether nothing blocks."""
        return not any(f.severity is Severity.ERROR for f in self.findings)
