"""The critic: scores a work against its prompt's rubric.

The house's own measures always speak. A model may speak as well, preferably another one than the author's;
where none answers, the measures stand alone. A critic's words are notes on a text, never an order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated

from pydantic import Field

from noktvrn.llm.agents.measures import GOOD
from noktvrn.llm.job import Draft, Job, Work
from noktvrn.llm.prompt import REVISION, Criterion, Prompt
from noktvrn.llm.result import UnfitError
from noktvrn.llm.text import Clean, DraftBase
from noktvrn.model.noun import Noun, canonical_digest

HOUSE = "house"
MOST_NOTES = 8
_NOT_SHOWN = REVISION | {"avoid", "avoid_names"}


class Critique(Noun):
    """A verdict on a draft: 0..1 by criterion, their weighted mean, and what to mend, worst first."""

    by: str
    score: float
    scores: dict[str, float]
    notes: tuple[str, ...] = ()


class MarkDraft(DraftBase):
    """A model's mark for one criterion."""

    criterion: Annotated[str, Field(max_length=24)]
    score: Annotated[int, Field(ge=0, le=10)]
    note: Annotated[Clean, Field(max_length=400)]


class CritiqueDraft(DraftBase):
    """A model's marks, one for each criterion."""

    marks: Annotated[list[MarkDraft], Field(min_length=1, max_length=12)]


def house_critique(job: Job[Draft, Work], work: Work, rubric: Sequence[Criterion]) -> Critique:
    """What the house's own measures say: the same work, the same score."""
    assert job.standards is not None  # noqa: S101 - only works with standards are judged
    measured = job.standards.measured(work)
    marks = {one.id: measured[one.id] for one in rubric if one.id in measured}
    return _critique(HOUSE, marks, rubric)


def critique_job(
    job: Job[Draft, Work], work: Work, asked: Prompt, house: Critique
) -> Job[CritiqueDraft, Critique]:
    """The job of judging a work; without a model it ends with the house's own critique."""
    assert job.standards is not None  # noqa: S101 - only works with standards are judged
    facts = {
        "task": job.task,
        "brief": {key: value for key, value in job.facts.items() if key not in _NOT_SHOWN},
        "work": job.standards.shown(work),
        "criteria": [{"id": one.id, "ask": one.ask} for one in asked.rubric],
    }
    wish = canonical_digest(["critique", asked.ref, job.wish, facts["work"]])
    return Job(
        "critique",
        wish,
        facts,
        CritiqueDraft,
        partial(_finish, rubric=asked.rubric),
        embedded=lambda: house,
        artist_id=job.artist_id,
        reuse=True,
    )


def both(house: Critique, model: Critique, rubric: Sequence[Criterion]) -> Critique:
    """Two critiques of one work as one: the mean where both speak to a criterion."""
    said = [house, model]
    scores = {one.id: _mean([c.scores[one.id] for c in said if one.id in c.scores]) for one in rubric}
    return Critique(
        by=f"{house.by}+{model.by}",
        score=_weighted(scores, rubric),
        scores=scores,
        notes=tuple(dict.fromkeys((*model.notes, *house.notes)))[:MOST_NOTES],
    )


def _finish(draft: CritiqueDraft, author: str, *, rubric: Sequence[Criterion]) -> Critique:
    given = [mark.criterion for mark in draft.marks]
    wanted = [one.id for one in rubric]
    if sorted(given) != sorted(wanted):
        raise UnfitError(f"marks: wanted is exactly one mark for each of {', '.join(wanted)}")
    marks = {mark.criterion: (mark.score / 10, mark.note) for mark in draft.marks}
    return _critique(author, marks, rubric)


def _critique(by: str, marks: Mapping[str, tuple[float, str]], rubric: Sequence[Criterion]) -> Critique:
    scores = {name: round(score, 4) for name, (score, _) in marks.items()}
    worst = sorted(marks.values(), key=lambda mark: mark[0])
    notes = tuple(note for score, note in worst if note and score < GOOD)
    return Critique(by=by, score=_weighted(scores, rubric), scores=scores, notes=notes[:MOST_NOTES])


def _weighted(scores: Mapping[str, float], rubric: Sequence[Criterion]) -> float:
    """The weighted mean of the criteria that were scored; 1 where none was."""
    weights = {one.id: one.weight for one in rubric if one.id in scores}
    total = sum(weights.values())
    return round(sum(scores[name] * weight for name, weight in weights.items()) / total, 4) if total else 1.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 1.0
