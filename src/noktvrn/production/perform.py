"""One attempt at one stage, done at most once however often it is asked for.

The ledger's stage record is the truth: an attempt that is recorded as done is never repeated, and its
record, its rows and its audit row are one transaction.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from noktvrn.kernel.errors import Conflict, Fault, LabelError, NotAllowed, Unavailable
from noktvrn.model.noun import Noun
from noktvrn.model.run import Run, StageName, StageRecord
from noktvrn.production.scene import Outcome, Scene, Stage, set_scene
from noktvrn.production.studio import Studio
from noktvrn.storage import audit
from noktvrn.storage.ledger import runs

PROGRESS_EVERY_S = 0.5


def perform(studio: Studio, run_id: str, name: StageName, attempt: int, stage: Stage) -> bool:
    """Does the attempt unless it is already done; returns whether it passed its checks.

    Raises:
        LabelError: the stage failed; the record says why.
    """
    with _folder(studio) as folder:
        scene = set_scene(studio, run_id, name, attempt, folder, _reporter(studio, name, attempt))
        with studio.database.read() as connection:
            known = runs.stage(connection, scene.run, name, attempt)
        if known is not None and known.state in ("done", "skipped", "superseded"):
            return known.state != "superseded"
        record = _begin(scene)
        try:
            outcome = _translated(stage, scene)
        except LabelError as error:
            _note(scene, record.model_copy(update={"state": "failed", "error": error.message}))
            raise
        return _finish(scene, record, outcome)


def _begin(scene: Scene) -> StageRecord:
    record = StageRecord(
        stage=scene.stage,
        attempt=scene.attempt,
        seed=scene.seed,
        state="started",
        started_at=scene.studio.clock.now(),
    )
    _note(scene, record)
    return record


def _note(scene: Scene, record: StageRecord) -> None:
    with scene.studio.database.begin() as connection:
        runs.put_stage(connection, scene.run, record)


def _finish(scene: Scene, record: StageRecord, outcome: Outcome) -> bool:
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
    try:
        with scene.studio.database.begin() as connection:
            runs.put_stage(connection, scene.run, done)
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
    except Conflict as conflict:
        if conflict.code != "stage.done":
            raise
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
        raise Fault(
            f"Stage {scene.stage.value} broke: {type(error).__name__}: {error}",
            hint=f"This is our fault. `noktvrn run resume {scene.run.id}` tries again from here.",
        ) from error


def plain_os_error(error: OSError) -> LabelError:
    """An error of the operating system in words of ours."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
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
    try:
        studio.scratch.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=studio.scratch, prefix="stage-"))
    except OSError as error:
        raise plain_os_error(error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reporter(studio: Studio, name: StageName, attempt: int) -> Callable[[Run, float], None]:
    last = [0.0]

    def report(run: Run, share: float) -> None:
        now = time.monotonic()
        if now - last[0] < PROGRESS_EVERY_S:
            return
        last[0] = now
        with studio.database.begin() as connection:
            runs.put_progress(connection, run, name, attempt, min(max(share, 0.0), 1.0))

    return report
