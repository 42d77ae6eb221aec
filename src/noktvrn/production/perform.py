"""One attempt at one stage, done at most once however often it is asked for.

The ledger's stage record is the truth: an attempt that is recorded as done is never repeated, and its
record, its rows and its audit row are one transaction.
"""

from __future__ import annotations

import contextlib
import errno
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from noktvrn.kernel import checkpoint
from noktvrn.kernel.checkpoint import Halt
from noktvrn.kernel.errors import Conflict, Fault, LabelError, NotAllowed, Unavailable
from noktvrn.model.noun import Noun
from noktvrn.model.run import Run, RunState, StageName, StageRecord
from noktvrn.production import faults
from noktvrn.production.faults import About
from noktvrn.production.patience import patiently
from noktvrn.production.scene import Outcome, Scene, Stage, set_scene
from noktvrn.production.scratch import fresh_folder
from noktvrn.production.studio import Studio
from noktvrn.production.traces import told_by
from noktvrn.production.watch import Watch
from noktvrn.storage import audit, standing
from noktvrn.storage.ledger import runs, switch

PROGRESS_EVERY_S = 0.5
SETTLED = ("done", "skipped", "superseded")


def perform(
    studio: Studio,
    run_id: str,
    name: StageName,
    attempt: int,
    stage: Stage,
    leaving: threading.Event | None = None,
) -> bool:
    """Does the attempt unless it is already done; returns whether it passed its checks.

    Raises:
        Halt: the label was stopped, or this worker is `leaving`; the attempt is made again another time.
        Conflict: the run was cancelled.
        LabelError: the stage failed; the record says why.
    """
    watch = Watch(studio.database, leaving)
    watch()
    with _folder(studio) as folder:
        scene = set_scene(studio, run_id, name, attempt, folder, _reporter(studio, name, attempt))
        record, turns = _begin(scene)
        if record.state in SETTLED:
            return _passed(record)
        try:
            with checkpoint.watched(watch):
                outcome = _translated(stage, scene)
        except LabelError as error:
            if error.code == switch.STOPPED:
                raise Halt(error.message) from error
            faults.note(studio, error, About(scene.run.id, scene.artist.id, name.value))
            return _fail(scene, record, turns, error)
        return patiently(lambda: _finish(scene, record, turns, outcome))


def _begin(scene: Scene) -> tuple[StageRecord, int]:
    """The record of this attempt, begun now or the one that settled it before, and the turns of the switch
    up to now."""
    record = StageRecord(
        stage=scene.stage,
        attempt=scene.attempt,
        seed=scene.seed,
        state="started",
        started_at=scene.studio.clock.now(),
    )
    with scene.studio.database.begin() as connection:
        if runs.held(connection, scene.run.id).state is RunState.CANCELLED:
            raise Conflict(f"Run {scene.run.id} was cancelled.", code="run.cancelled")
        turns = switch.turns(connection)
        known = runs.stage(connection, scene.run, scene.stage, scene.attempt)
        if known is not None and known.state in SETTLED:
            return known, turns
        if switch.is_off(turns):
            raise Halt("the label is stopped")
        runs.put_stage(connection, scene.run, record, is_new=known is None)
    return record, turns


def _went_on(connection: sa.Connection, turns: int) -> None:
    """Passes where the label has worked all the time. In a label that stood still meanwhile, however shortly,
    somebody may have been kept from a call and gone on without: such a result does not count.

    Raises:
        Halt: it stood still.
    """
    if switch.turns(connection) != turns:
        raise Halt("the label stood still during the stage")


def _settled(connection: sa.Connection, scene: Scene) -> StageRecord | None:
    """This attempt as another worker, or an earlier life of this one, settled it. Hold the run before."""
    known = runs.stage(connection, scene.run, scene.stage, scene.attempt)
    return known if known is not None and known.state in SETTLED else None


def _passed(record: StageRecord) -> bool:
    return record.state != "superseded"


def _fail(scene: Scene, record: StageRecord, turns: int, error: LabelError) -> bool:
    """Notes the failure and raises it, unless somebody else settled the attempt meanwhile."""
    now = scene.studio.clock.now()
    failed = record.model_copy(update={"state": "failed", "ended_at": now, "error": error.message})
    with _unless_away(), scene.studio.database.begin() as connection:
        runs.held(connection, scene.run.id)
        settled = _settled(connection, scene)
        if settled is not None:
            return _passed(settled)
        _went_on(connection, turns)
        runs.put_stage(connection, scene.run, failed, is_new=False)
    raise error


@contextmanager
def _unless_away() -> Iterator[None]:
    """Goes on without a ledger that is away: the error itself is told by the workflow. A full disk is waited
    for, and the attempt made again then."""
    try:
        yield
    except Unavailable as error:
        if error.code == standing.FULL:
            raise


def _finish(scene: Scene, record: StageRecord, turns: int, outcome: Outcome) -> bool:
    """Commits the attempt with its rows. Where somebody else was first, theirs holds."""
    now = scene.studio.clock.now()
    done = record.model_copy(
        update={
            "state": _state(outcome),
            "ended_at": now,
            "result": outcome.result.as_data() if outcome.result is not None else None,
            "findings": tuple(outcome.findings),
            "checked": outcome.checked,
        }
    )
    with scene.studio.database.begin() as connection:
        runs.held(connection, scene.run.id)
        _went_on(connection, turns)
        try:
            runs.put_stage(connection, scene.run, done, is_new=False)
        except Conflict:
            settled = _settled(connection, scene)
            if settled is None:
                raise
            return _passed(settled)
        for commit in outcome.commits:
            commit(connection)
        audit.record(
            connection,
            f"stage.{done.state}",
            artist_id=scene.artist.id,
            subject=scene.run.id,
            actor="production",
            at=now,
            detail={"stage": scene.stage.value, "attempt": scene.attempt, "result": _digest(outcome)},
        )
    return outcome.passed


def _state(outcome: Outcome) -> str:
    if not outcome.passed:
        return "superseded"
    return "skipped" if outcome.result is None else "done"


def _digest(outcome: Outcome) -> str:
    return outcome.result.digest() if isinstance(outcome.result, Noun) else ""


def _translated(stage: Stage, scene: Scene) -> Outcome:
    try:
        return stage(scene)
    except LabelError:
        raise
    except OSError as error:
        raise plain_os_error(error) from error
    except Exception as error:
        told = told_by(error, scene.studio.settings)
        raise Fault(
            f"Stage {scene.stage.value} broke: {type(error).__name__}: {told}",
            hint=f"This is our fault. `noktvrn run resume {scene.run.id}` tries again from here.",
        ) from error


def plain_os_error(error: OSError) -> LabelError:
    """An error of the operating system in words of ours."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Unavailable(
            "The disk is full.",
            code="disk.full",
            hint="Free some space, then resume the run; nothing is lost.",
        )
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return NotAllowed(
            f"{error.filename or 'The home'} cannot be written: {error.strerror}.",
            code="home.not_writable",
            hint="Give write access, or set NOKTVRN_HOME to a folder of yours.",
        )
    return Fault(f"{error.strerror or error}: {error.filename or ''}".strip(": "))


@contextmanager
def _folder(studio: Studio) -> Iterator[Path]:
    with contextlib.ExitStack() as stack:
        try:
            folder = stack.enter_context(fresh_folder(studio.scratch))
        except OSError as error:
            raise plain_os_error(error) from error
        yield folder


def _reporter(studio: Studio, name: StageName, attempt: int) -> Callable[[Run, float], None]:
    last = [0.0]

    def report(run: Run, share: float) -> None:
        checkpoint.reached()
        now = time.monotonic()
        if now - last[0] < PROGRESS_EVERY_S:
            return
        last[0] = now
        # A figure for those who watch is no reason to fail a stage.
        with contextlib.suppress(Unavailable), studio.database.begin() as connection:
            runs.put_progress(connection, run, name, attempt, min(max(share, 0.0), 1.0))

    return report
