"""The jury: every evaluator is heard; one that fails is told and left out, and never stops a production."""

from __future__ import annotations

from collections.abc import Iterable

from noktvrn.kernel.errors import LabelError
from noktvrn.model.evaluation import Evaluation
from noktvrn.model.finding import Finding, Severity
from noktvrn.roles.evaluator import EvaluationRequest, Evaluator


def hear(
    evaluators: Iterable[Evaluator], request: EvaluationRequest
) -> tuple[tuple[Evaluation, ...], tuple[Finding, ...]]:
    """What the evaluators say of one take, and a notice for each that could not say."""
    said: list[Evaluation] = []
    told: list[Finding] = []
    for evaluator in evaluators:
        try:
            said.append(evaluator.evaluate(request))
        except LabelError as error:
            told.append(_absent(evaluator.name, error.message, error.hint))
        except Exception as error:  # somebody else's code: whatever it raises is its own trouble
            told.append(
                _absent(evaluator.name, f"{evaluator.name} broke: {type(error).__name__}: {error}", "")
            )
    return tuple(said), tuple(told)


def _absent(name: str, message: str, hint: str) -> Finding:
    return Finding(
        rule="evaluator.absent",
        severity=Severity.INFO,
        message=message,
        hint=hint or f"The take is ranked without {name}.",
        source=name,
    )
