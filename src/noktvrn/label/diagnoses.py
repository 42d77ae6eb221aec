"""Why a run stopped, explained to the person."""

from __future__ import annotations

from noktvrn.kernel.errors import NotReady
from noktvrn.label.office import Office
from noktvrn.label.runs import Runs, Sight
from noktvrn.llm.diagnosis import Diagnosis, Trouble, diagnosis_job
from noktvrn.model.run import RunState


def diagnose(office: Office, run_id: str) -> Diagnosis:
    """A model's explanation where one answers, the error's own words otherwise; the next step is the house's.

    Raises:
        NotFound: there is no such run. NotReady: it has not failed.
    """
    from noktvrn.llm.writer import LlmWriter

    sight = Runs(office).look(run_id)
    if sight.run.state is not RunState.FAILED:
        raise NotReady(
            f"Run {run_id} is {sight.run.state.value}; there is nothing to diagnose.",
            code="run.not_failed",
            hint=f"`noktvrn run show {run_id}` shows it stage by stage.",
        )
    writer = office.studio.cast.writer()
    assert isinstance(writer, LlmWriter)  # noqa: S101 - the label casts no other
    result = writer.orchestrator.run(diagnosis_job(_trouble(sight)))
    assert result.value is not None  # noqa: S101 - the error itself stands in for a model
    return result.value


def _trouble(sight: Sight) -> Trouble:
    last = max(sight.stages, key=lambda record: record.started_at, default=None)
    found = [finding.message for finding in last.findings] if last is not None else []
    return Trouble(
        run_id=sight.run.id,
        stage=last.stage.value if last is not None else "brief",
        error=sight.run.error or "no reason was written down",
        hint=sight.run.hint,
        attempts=last.attempt if last is not None else 1,
        findings=tuple(found[:10]),
        artist_id=sight.run.artist_id,
    )
