"""The other end of the pipes: imports one evaluator, asks it once, and writes what it says.

Usage: python -m noktvrn.providers.plugin_evaluators.child PACKAGE.MODULE:FACTORY, an evaluation request as
JSON on stdin; the evaluation as JSON on stdout. Whatever the evaluator prints goes to stderr.
"""

from __future__ import annotations

import importlib
import os
import sys

from noktvrn.roles.evaluator import EvaluationRequest, Evaluator


def main() -> None:
    """Answers one question."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    request = EvaluationRequest.model_validate_json(sys.stdin.buffer.read())
    evaluation = _evaluator(sys.argv[1]).evaluate(request)
    with answer:
        answer.write(evaluation.model_dump_json().encode())


def _evaluator(place: str) -> Evaluator:
    module, _, factory = place.partition(":")
    made: Evaluator = getattr(importlib.import_module(module), factory)()
    return made


if __name__ == "__main__":
    main()
