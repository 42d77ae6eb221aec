"""The refiner: the same wish once more, with the draft and a critic's notes on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from noktvrn.llm.job import Draft, Job, Work
from noktvrn.model.noun import canonical_digest


def revised(job: Job[Draft, Work], work: Work, notes: Sequence[str], number: int) -> Job[Draft, Work]:
    """The job of mending `work`. Nobody stands in for a model here: the draft is there already."""
    assert job.standards is not None  # noqa: S101 - only works with standards are judged
    draft = job.standards.shown(work)
    return replace(
        job,
        wish=canonical_digest(["revision", number, job.wish, draft, list(notes)]),
        facts=job.facts | {"draft": draft, "notes": list(notes)},
        embedded=None,
        mannered=None,
        reuse=False,
    )
