"""Better words for a prompt, searched for offline: works are written anew, judged, and learnt from.

The search is GEPA's (reflective mutation, Pareto selection; Agrawal et al. 2025), the optional extra
`optimise`. Its calls go through the orchestrator like any other, under the same budgets, and end when one of
them is spent. What is found is a file that nobody uses until a person puts it on trial.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import Field

from noktvrn.kernel.errors import BudgetSpent, NotReady
from noktvrn.llm.agents.critic import house_critique
from noktvrn.llm.job import Job
from noktvrn.llm.prompt import Prompt
from noktvrn.llm.result import OrchestrationStatus, Task
from noktvrn.llm.text import Clean, DraftBase
from noktvrn.llm.trials.variants import Wording
from noktvrn.model.noun import canonical_digest

if TYPE_CHECKING:
    from gepa.core.adapter import EvaluationBatch

    from noktvrn.llm.orchestrator import Orchestrator

FEWEST_WISHES = 4
MOST_SHOWN = 6
PART = "system"


class ProposalDraft(DraftBase):
    """A model's proposal."""

    system: Annotated[Clean, Field(min_length=60, max_length=1500)]


class Proposal(NamedTuple):
    """Better words, and their mean score beside that of the words before, on wishes they were not made by."""

    wording: Wording
    score: float
    before: float
    calls: int


def propose(
    room: Orchestrator, asked: Prompt, wishes: Sequence[Job[Any, Any]], *, calls: int, seed: int
) -> Proposal | None:
    """Words that do better than `asked` with these models, or None where none were found.

    Args:
        wishes: past jobs of the task; half of them are worked with, the other half only tell what came of it.
        calls: works that may be written at most.

    Raises:
        NotReady: the extra is not installed, no model is configured, or there are too few wishes.
        BudgetSpent: the budget was full before a single work was written.
    """
    gepa = _gepa()
    if not room.desk.endpoints or len(wishes) < FEWEST_WISHES:
        raise NotReady(
            f"Better words are searched for with a model and {FEWEST_WISHES} past wishes at least.",
            code="prompt.nothing_to_learn_from",
            hint="Set a model's key, and let the label write for a while.",
        )
    bench = _Bench(room, asked)
    found = gepa.optimize(
        seed_candidate={PART: asked.system.strip()},
        trainset=list(wishes[::2]),
        valset=list(wishes[1::2]),
        adapter=bench,
        max_metric_calls=calls,
        stop_callbacks=lambda _state: bench.spent,
        logger=_Silent(),
        seed=seed % 2**31,
    )
    if bench.spent and not bench.written:
        raise BudgetSpent("The budget is full.", code="budget.full", hint="Raise it, or wait for tomorrow.")
    best, before = found.val_aggregate_scores[found.best_idx], found.val_aggregate_scores[0]
    if best <= before:
        return None
    return Proposal(Wording(system=found.best_candidate[PART]), best, before, bench.calls)


class _Bench:
    """Writes wishes in a candidate's words and judges the works by the house's own measures."""

    def __init__(self, room: Orchestrator, asked: Prompt) -> None:
        self._room = room
        self._asked = asked
        self.calls = self.written = 0
        self.spent = False

    def evaluate(
        self, batch: list[Job[Any, Any]], candidate: dict[str, str], capture_traces: bool = False
    ) -> EvaluationBatch[dict[str, Any], Any]:
        """The works, their scores, and what a critic said of each."""
        from gepa.core.adapter import EvaluationBatch

        told = [self._write(job, candidate[PART]) for job in batch]
        return EvaluationBatch(
            outputs=[one["work"] for one in told],
            scores=[one["score"] for one in told],
            trajectories=told if capture_traces else None,
        )

    def _write(self, job: Job[Any, Any], text: str) -> dict[str, Any]:
        asked = self._asked
        if text.strip() != asked.system.strip():
            asked = asked.model_copy(
                update={"system": text, "variant": f"draft-{canonical_digest(text)[:8]}"}
            )
        room = _asking(self._room, asked)
        result = room.run(replace(job, embedded=None, mannered=None, reuse=False, subject=""))
        self.calls += 1
        self.spent = self.spent or result.status is OrchestrationStatus.OVER_BUDGET
        if result.value is None or job.standards is None:
            return {"work": None, "score": 0.0, "notes": ["Nothing that fits the shape and the rules."]}
        self.written += 1
        critique = house_critique(job, result.value, asked.rubric)
        return {
            "work": job.standards.shown(result.value),
            "score": critique.score,
            "notes": list(critique.notes),
        }

    def make_reflective_dataset(
        self,
        candidate: dict[str, str],
        eval_batch: EvaluationBatch[dict[str, Any], Any],
        components_to_update: list[str],
    ) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """What the next proposal is made from."""
        del candidate
        return {part: list(eval_batch.trajectories or ()) for part in components_to_update}

    def propose_new_texts(
        self,
        candidate: dict[str, str],
        reflective_dataset: Mapping[str, Sequence[Mapping[str, Any]]],
        components_to_update: list[str],
    ) -> dict[str, str]:
        """A model's next proposal; the same words again where it has none."""
        del components_to_update
        examples = list(reflective_dataset[PART])[:MOST_SHOWN]
        result = self._room.run(proposal_job(self._asked, candidate[PART], examples))
        self.spent = self.spent or result.status is OrchestrationStatus.OVER_BUDGET
        return {PART: result.value or candidate[PART]}


def proposal_job(asked: Prompt, text: str, examples: Sequence[Mapping[str, Any]]) -> Job[ProposalDraft, str]:
    """The job of writing better instructions than `text`."""
    facts = {
        "task": asked.id,
        "words": text,
        "criteria": [criterion.ask for criterion in asked.rubric],
        "examples": [dict(example) for example in examples],
    }
    wish = canonical_digest(["proposal", asked.ref, facts])
    return Job("proposal", wish, facts, ProposalDraft, lambda draft, _by: draft.system)


def _asking(room: Orchestrator, asked: Prompt) -> Orchestrator:
    """The same room, with this prompt for its task."""
    from noktvrn.llm.orchestrator import Orchestrator

    return Orchestrator(replace(room.desk, wordings=_Instead(asked, room)))


@dataclass(frozen=True, slots=True)
class _Instead:
    """One prompt for its task; every other task's as the room has them."""

    asked: Prompt
    room: Orchestrator

    def choose(self, task: Task, *, seed: int) -> Prompt:
        return self.asked if task == self.asked.id else self.room.desk.choose(task, seed)

    def others(self, chosen: Prompt) -> tuple[Prompt, ...]:
        return () if chosen.id == self.asked.id else self.room.desk.other_wordings(chosen)


class _Silent:
    """Standard output is the command's."""

    def log(self, message: str) -> None:
        """Says nothing."""


def _gepa() -> Any:
    try:
        import gepa
    except ImportError:
        raise NotReady(
            "The library that searches for better words is not installed.",
            code="prompt.not_installed",
            hint="Install noktvrn with the extra [optimise].",
        ) from None
    return gepa
