"""Faults: what went wrong, explained, and who knows of it."""

from __future__ import annotations

from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.ids import parse
from noktvrn.label.office import Office
from noktvrn.llm.diagnosis import Diagnosis, Trouble, diagnosis_job
from noktvrn.model.fault import FaultReport
from noktvrn.production import faults as noting
from noktvrn.production.faults import About
from noktvrn.settings import Settings
from noktvrn.storage import audit, migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import faults


class Faults:
    """Verbs about faults."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._studio = office.studio

    def note(self, error: BaseException, about: About = About()) -> None:  # noqa: B008 - frozen
        """Counts an error a face or a chore met, and tells people when it is time. Never fails."""
        noting.note(self._studio, error, about)

    def every(self, *, all_of_them: bool = False) -> tuple[FaultReport, ...]:
        """Those nobody has acknowledged, or all."""
        with self._studio.database.read() as connection:
            return faults.every(connection, all_of_them=all_of_them)

    def get(self, fault_id: str) -> FaultReport:
        """One fault. Raises Invalid or NotFound."""
        with self._studio.database.read() as connection:
            return faults.get(connection, parse("fault", fault_id))

    def ack(self, fault_id: str, *, actor: str) -> FaultReport:
        """Somebody knows. Raises Invalid or NotFound."""
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            acked = faults.ack(connection, parse("fault", fault_id), by=actor, at=now)
            audit.record(
                connection, "fault.acked", artist_id=acked.artist_id, subject=acked.id, actor=actor, at=now
            )
        return acked

    def explain(self, fault_id: str) -> Diagnosis:
        """A model's explanation where one answers, the house's own otherwise. Raises Invalid or NotFound."""
        from noktvrn.llm.writer import LlmWriter

        fault = self.get(fault_id)
        writer = self._studio.cast.writer()
        assert isinstance(writer, LlmWriter)  # noqa: S101 - the label casts no other
        told = writer.orchestrator.run(diagnosis_job(_trouble(fault))).value
        assert told is not None  # noqa: S101 - the error itself stands in for a model
        return told if told.by != "embedded" else told.model_copy(update={"cause": _plainly(fault)})


def note_from_shell(settings: Settings, error: BaseException) -> None:
    """Counts an error that ended a command, where there is a ledger to count it in. Never fails, tells
    nobody: the person has it on the screen."""
    try:
        database = Database(settings)
        try:
            current, head = migrate.state(database)
            if current == head:
                noting.enter(database, settings, SystemClock(), error, About())
        finally:
            database.close()
    except Exception:
        noting.log.debug("a fault could not be noted", exc_info=True)


def _trouble(fault: FaultReport) -> Trouble:
    return Trouble(
        run_id=fault.run_id or fault.id,
        stage=fault.stage or fault.place or "the label",
        error=f"{fault.kind}: {fault.message}",
        hint=fault.hint or _next_step(fault),
        attempts=fault.count,
        findings=fault.trace[-5:],
        artist_id=fault.artist_id,
    )


def _next_step(fault: FaultReport) -> str:
    if fault.run_id:
        return f"`noktvrn run resume {fault.run_id}` tries the run again from where it stands."
    return f"`noktvrn faults ack {fault.id}` once it is mended; it is told of again if it comes back."


def _plainly(fault: FaultReport) -> str:
    who = fault.provider or "The world outside" if fault.outside else "Our own code"
    where = f" in {fault.place}" if fault.place and not fault.outside else ""
    when = f", the last time at {fault.last_at:%Y-%m-%d %H:%M} UTC" if fault.count > 1 else ""
    times = f"{fault.count} times" if fault.count > 1 else "once"
    return f"{who} failed{where}, {times}{when}: {fault.message}"
