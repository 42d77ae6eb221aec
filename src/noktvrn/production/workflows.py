"""The two workflows. `produce` ends at the review gate; the verdict enqueues `release`.

The order of the steps is the contract of PIPELINE_VERSION: change it only with a patch or a new version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import sqlalchemy as sa
from dbos import DBOS

from noktvrn.kernel.errors import Conflict, Fault, LabelError, Refused
from noktvrn.model.run import PRODUCE_STAGES, Run, RunState, StageName
from noktvrn.production import rounds
from noktvrn.production.patience import patiently
from noktvrn.production.perform import perform
from noktvrn.production.scene import Stage
from noktvrn.production.studio import Studio
from noktvrn.production.takes import choose_best
from noktvrn.storage import audit
from noktvrn.storage.ledger import reviews, runs

PIPELINE_VERSION = "1"

Stages = Mapping[StageName, Stage]
T = TypeVar("T")

_house: list[tuple[Studio, Stages]] = []


def use(studio: Studio, stages: Stages) -> None:
    """Gives the workflows of this process the house they work in. The engine calls them by name, so they
    cannot be handed it as an argument."""
    _house[:] = [(studio, stages)]


@DBOS.step(name="stage")
def stage_step(run_id: str, stage: str, attempt: int) -> bool:
    """One attempt at one stage; at least once by the engine, at most once by the ledger."""
    name = StageName(stage)
    studio, stages = _house[0]
    return patiently(lambda: perform(studio, run_id, name, attempt, stages[name]))


@DBOS.step(name="choose")
def choose_step(run_id: str) -> None:
    """Chooses the best take, once; a choice that is there already holds."""
    patiently(lambda: choose_best(_house[0][0], run_id))


@DBOS.step(name="move")
def move_step(run_id: str, state: str, error: str = "", hint: str = "", exit_code: int = 0) -> None:
    """Moves the run in the ledger; a move that has already happened is no move."""
    patiently(lambda: _move(run_id, RunState(state), error, hint, exit_code))


def _move(run_id: str, state: RunState, error: str, hint: str, exit_code: int) -> None:
    studio, _ = _house[0]
    now = studio.clock.now()
    with studio.database.begin() as connection:
        run = runs.held(connection, run_id)
        if run.state is state:
            return
        if run.state is RunState.CANCELLED:
            raise Conflict(f"Run {run_id} was cancelled.", code="run.cancelled")
        if state is RunState.AWAITING_REVIEW and not reviews.is_open(connection, run_id):
            # A workflow that died with its last step undone comes back after a person chose another take:
            # what it made has left the desk, and another workflow makes what shall lie there.
            return
        runs.move(connection, run_id, state, now, error=error, hint=hint, exit_code=exit_code)
        audit.record(
            connection,
            f"run.{state.value}",
            artist_id=run.artist_id,
            subject=run_id,
            actor="production",
            at=now,
            detail={"error": error} if error else {},
        )


@contextmanager
def _failing_loudly(run_id: str) -> Iterator[None]:
    """Whatever goes wrong inside is told to the ledger: a run nobody works on must not look busy."""
    try:
        yield
    except Exception as error:
        told = error if isinstance(error, LabelError) else _unforeseen(run_id, error)
        move_step(run_id, RunState.FAILED.value, told.message, told.hint, told.exit_code)
        raise


def _unforeseen(run_id: str, error: Exception) -> Fault:
    return Fault(
        f"The run broke: {type(error).__name__}: {error}",
        hint=f"This is our fault. `noktvrn run resume {run_id}` tries again from here.",
    )


@DBOS.workflow(name="produce")
def produce(run_id: str) -> None:
    """From the brief to the desk."""
    move_step(run_id, RunState.PRODUCING.value)
    with _failing_loudly(run_id):
        for name in (StageName.BRIEF, StageName.PLAN, StageName.LYRICS):
            stage_step(run_id, name.value, _attempt(run_id, name))
        _record(run_id)
        for name in PRODUCE_STAGES[PRODUCE_STAGES.index(StageName.COVER) :]:
            stage_step(run_id, name.value, _attempt(run_id, name))
    move_step(run_id, RunState.AWAITING_REVIEW.value)


@DBOS.workflow(name="release")
def release(run_id: str) -> None:
    """From the verdict to the courier."""
    move_step(run_id, RunState.RELEASING.value)
    with _failing_loudly(run_id):
        for name in (StageName.SEAL, StageName.DELIVER):
            stage_step(run_id, name.value, 1)
    move_step(run_id, RunState.COMPLETED.value)


def _record(run_id: str) -> None:
    takes = _takes(run_id)
    passed = False
    for take in range(takes.first, takes.first + takes.most):
        if passed and take >= takes.first + takes.wanted:
            break
        stage_step(run_id, StageName.TRACK.value, take)
        passed = stage_step(run_id, StageName.CRITIC.value, take) or passed
    if not passed and not takes.spare:
        raise Refused(
            f"No take out of {takes.most} passed the house's own checks.",
            code="track.refused",
            hint=f"`noktvrn run show {run_id}` lists what was found; another seed or length may help.",
        )
    if takes.anew or takes.wanted > 1:
        choose_step(run_id)


# Neither of these is a step: no run goes into another round while one is under way, so that a repeated
# workflow reads what it read before.


def _attempt(run_id: str, stage: StageName) -> int:
    """Which time the stage is made in the present round."""
    return patiently(lambda: _read(run_id, lambda connection, run: rounds.attempt(connection, run, stage)))


def _takes(run_id: str) -> rounds.Recording:
    """The takes of the present round."""
    return patiently(lambda: _read(run_id, rounds.recording))


def _read(run_id: str, look: Callable[[sa.Connection, Run], T]) -> T:
    with _house[0][0].database.read() as connection:
        return look(connection, runs.get(connection, run_id))
