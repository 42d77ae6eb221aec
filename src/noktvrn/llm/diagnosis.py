"""Diagnoses: why a run stopped, in plain words. What to do next is the house's own hint, never a model's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Annotated

from pydantic import Field

from noktvrn.llm.agents import measures
from noktvrn.llm.job import Job, Standards, wish_of
from noktvrn.llm.result import UnfitError
from noktvrn.llm.text import Clean, DraftBase
from noktvrn.model.noun import Noun

_COMMAND = re.compile(
    r"[`$|;\\=/]|\b(?:sudo|rm|curl|pip|export|delete|uninstall)\b|NOKTVRN_|\bnoktvrn\b|--\w", re.IGNORECASE
)


class Trouble(Noun):
    """A run that stopped: at which stage, with which error and hint, how often it was tried."""

    run_id: str
    stage: str
    error: str
    hint: str
    attempts: int
    findings: tuple[str, ...] = ()
    artist_id: str = ""


class Diagnosis(Noun):
    """What happened, what to do next, and who explained it."""

    run_id: str
    cause: str
    next_step: str
    by: str


class DiagnosisDraft(DraftBase):
    """A model's explanation."""

    cause: Annotated[Clean, Field(min_length=40, max_length=500)]


def diagnosis_job(trouble: Trouble) -> Job[DiagnosisDraft, Diagnosis]:
    """The job of explaining a failed run; without a model the error speaks for itself."""
    facts = {
        "stage": trouble.stage,
        "error": trouble.error,
        "hint": trouble.hint,
        "attempts": trouble.attempts,
        "findings": list(trouble.findings),
    }
    return Job(
        "diagnosis",
        wish_of(trouble),
        facts,
        DiagnosisDraft,
        partial(_finish, trouble=trouble),
        embedded=lambda: _plain(trouble),
        artist_id=trouble.artist_id,
        reuse=True,
        request=trouble,
        standards=_standards(trouble),
    )


def _finish(draft: DiagnosisDraft, author: str, *, trouble: Trouble) -> Diagnosis:
    if _COMMAND.search(draft.cause):
        raise UnfitError("cause: it names a command, a setting or a file")
    return _plain(trouble).model_copy(update={"cause": draft.cause, "by": author})


def _plain(trouble: Trouble) -> Diagnosis:
    times = f" after {trouble.attempts} attempts" if trouble.attempts > 1 else ""
    return Diagnosis(
        run_id=trouble.run_id,
        cause=f"The stage {trouble.stage.replace('_', ' ')} stopped{times}: {trouble.error}",
        next_step=trouble.hint or f"`noktvrn run resume {trouble.run_id}` tries it again.",
        by="embedded",
    )


def _standards(trouble: Trouble) -> Standards[Diagnosis]:
    def broken(work: Diagnosis) -> Iterator[str]:
        if work.next_step != _plain(trouble).next_step:
            yield "What to do next was changed."

    return Standards(
        lambda work: {"cause": work.cause},
        lambda work: {"theme": measures.theme([work.cause], (trouble.error, trouble.stage))},
        lambda work: tuple(broken(work)),
    )
