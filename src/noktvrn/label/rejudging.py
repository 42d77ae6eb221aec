"""The job of a stored request, whatever its task, to judge an answer anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from noktvrn.llm.job import Job
    from noktvrn.llm.writer import LlmWriter


def job_of(writer: LlmWriter, task: str, request: str) -> Job[Any, Any]:
    """The job that asked `request` (JSON): the writer's own tasks, and those of the label's verbs."""
    from noktvrn.llm.diagnosis import Trouble, diagnosis_job
    from noktvrn.llm.plan import PlanRequest, plan_job
    from noktvrn.llm.summary import Story, summary_job

    if task == "diagnosis":
        return diagnosis_job(Trouble.model_validate_json(request))
    if task == "plan":
        return plan_job(PlanRequest.model_validate_json(request))
    if task == "summary":
        return summary_job(Story.model_validate_json(request))
    return writer.job(task, request)
