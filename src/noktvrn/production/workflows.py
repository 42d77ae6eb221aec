"""The workflows. `produce` ends at the review gate; the verdict enqueues `release`.

The order of the steps is the contract of PIPELINE_VERSION: change it only with a patch or a new version.
A workflow does one leg of its run and hands over to the next (`legs`); one that is halted at a checkpoint,
because the label was stopped or its worker leaves, ends in good order and is begun anew another time.

A workflow may come late: its worker slept, it lay in its queue while a person decided, somebody forked it. So
none moves a run that a later workflow of it goes on with, or that is no longer where such a workflow works.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from dbos import DBOS

from noktvrn.kernel.checkpoint import Halt
from noktvrn.kernel.errors import Conflict, Fault, LabelError, NotReady, Refused
from noktvrn.model.brief import Brief
from noktvrn.model.run import RELEASE_STAGES, Run, RunState, StageName
from noktvrn.production import albums, faults, rounds
from noktvrn.production.dispatcher import Dispatcher, Named
from noktvrn.production.faults import About
from noktvrn.production.legs import Leg
from noktvrn.production.patience import patiently
from noktvrn.production.perform import perform
from noktvrn.production.scene import Stage
from noktvrn.production.studio import Studio
from noktvrn.production.takes import choose_best
from noktvrn.production.traces import told_by
from noktvrn.storage import audit
from noktvrn.storage.ledger import reviews, runs, switch

Stages = Mapping[StageName, Stage]
T = TypeVar("T")

WORKS_IN = {
    "produce": frozenset({RunState.QUEUED, RunState.PRODUCING}),
    "release": frozenset({RunState.APPROVED, RunState.RELEASING}),
}
"""The states of a run a workflow of each kind has a say in. In any other a person has decided, the label's
switch holds the run, or it has ended. One that waits for its turn has no workflow yet."""


@dataclass(frozen=True, slots=True)
class House:
    """What the workflows of this process work in. `leaving` is set when it takes no more work and ends what
    it has at the next checkpoint."""

    studio: Studio
    stages: Stages
    dispatcher: Dispatcher
    leaving: threading.Event = field(default_factory=threading.Event)


_house: list[House] = []


def use(house: House) -> None:
    """Gives the workflows of this process the house they work in. The engine calls them by name, so they
    cannot be handed it as an argument."""
    _house[:] = [house]


class _HaltedError(Exception):
    """A stage was halted: the workflow is to end, and the run to go on another time."""


@DBOS.step(name="stage")
def stage_step(run_id: str, stage: str, attempt: int) -> bool | None:
    """One attempt at one stage; at least once by the engine, at most once by the ledger. None: halted, or
    somebody else makes it."""
    name, house, mine = StageName(stage), _house[0], _mine()
    if patiently(lambda: _is_late(mine)):
        return None
    try:
        return patiently(
            lambda: perform(house.studio, run_id, name, attempt, house.stages[name], house.leaving)
        )
    except Halt:
        return None


@DBOS.step(name="choose")
def choose_step(run_id: str) -> None:
    """Chooses the best take, once; a choice that is there already holds."""
    patiently(lambda: choose_best(_house[0].studio, run_id))


@DBOS.step(name="move")
def move_step(run_id: str, state: str, error: str = "", hint: str = "", exit_code: int = 0) -> bool:
    """Moves the run in the ledger; a move that has already happened is no move. False: it is not this
    workflow's to move any more."""
    mine = _mine()
    return patiently(lambda: _move(mine, RunState(state), error, hint, exit_code))


def _mine() -> Named:
    """The workflow that is at work here."""
    return Named.of(DBOS.workflow_id or "")


def _move(mine: Named, state: RunState, error: str, hint: str, exit_code: int) -> bool:
    house, run_id = _house[0], mine.run_id
    now = house.studio.clock.now()
    with house.studio.database.begin() as connection:
        albums.hold_record(connection, run_id)
        run = runs.held(connection, run_id)
        if _followed(connection, mine):
            return False
        if run.state is state:
            return True
        if run.state is RunState.CANCELLED:
            raise Conflict(f"Run {run_id} was cancelled.", code="run.cancelled")
        if run.state not in WORKS_IN[mine.workflow] or run.waits_its_turn:
            return False
        if state is RunState.AWAITING_REVIEW and not reviews.is_open(connection, run_id):
            # A workflow that died with its last step undone comes back after a person chose another take:
            # what it made has left the desk, and another workflow makes what shall lie there.
            return False
        moved = runs.move(connection, run_id, state, now, error=error, hint=hint, exit_code=exit_code)
        audit.record(
            connection,
            f"run.{state.value}",
            artist_id=run.artist_id,
            subject=run_id,
            actor="production",
            at=now,
            detail={"error": error} if error else {},
        )
        albums.song_ended(connection, house.dispatcher, moved, now)
        if state is not RunState.PRODUCING:
            house.dispatcher.admit(connection, run.artist_id)
    return True


def _is_late(mine: Named) -> bool:
    """Whether another workflow goes on with the run by now."""
    with _house[0].studio.database.read() as connection:
        return _followed(connection, mine)


def _followed(connection: sa.Connection, mine: Named) -> bool:
    """Whether a later workflow goes on with the run: then this one has no say. Hold the run before, where
    the answer is to last."""
    return _house[0].dispatcher.is_followed(connection, mine)


@DBOS.step(name="hand over")
def hand_over_step(run_id: str, workflow: str, number: int, legs: list[Any]) -> None:
    """Enqueues what is left of a run's way as the `number`-th workflow of its kind; done twice it is done
    once. A run that somebody has stopped meanwhile is left alone."""
    patiently(lambda: _hand_over(Named(run_id, workflow, number), legs))


def _hand_over(later: Named, legs: list[Any]) -> None:
    with _house[0].studio.database.begin() as connection:
        if runs.held(connection, later.run_id).state in WORKS_IN[later.workflow]:
            _enqueue(connection, later, legs)


@DBOS.step(name="leave")
def leave_step(run_id: str, workflow: str, number: int, legs: list[Any]) -> None:
    """Leaves a run that was halted in good order: held where the label is stopped, else in its queue again,
    for whoever is there."""
    patiently(lambda: _leave(Named(run_id, workflow, number), legs))


def _leave(later: Named, legs: list[Any]) -> None:
    house, run_id = _house[0], later.run_id
    now = house.studio.clock.now()
    with house.studio.database.begin() as connection:
        run = runs.held(connection, run_id)
        if run.state not in WORKS_IN[later.workflow] or house.dispatcher.is_there(connection, later):
            return
        stop = switch.stopped(connection)
        if stop is None:
            _enqueue(connection, later, legs)
            return
        told = switch.refusal(stop)
        code = NotReady.exit_code
        runs.move(connection, run_id, RunState.HELD, now, error=told.message, hint=told.hint, exit_code=code)
        audit.record(
            connection,
            "run.held",
            artist_id=run.artist_id,
            subject=run_id,
            actor="production",
            at=now,
            detail={"stopped_by": stop.by},
        )


def _enqueue(connection: sa.Connection, later: Named, legs: Sequence[Sequence[Any]]) -> None:
    _house[0].dispatcher.enqueue(
        connection,
        later.workflow,
        later.run_id,
        again=later.number,
        legs=tuple(Leg.of(leg) for leg in legs),
    )


@contextmanager
def going(run_id: str, workflow: str, legs: list[Any]) -> Iterator[int]:
    """What happens to a run while a workflow of it is at work; yields the workflow's own number.

    Whatever goes wrong inside is told to the ledger: a run nobody works on must not look busy. One that is
    halted is left in good order, `legs` still before it.
    """
    number = _mine().number
    try:
        yield number
    except _HaltedError:
        leave_step(run_id, workflow, number + 1, legs)
    except Exception as error:
        faults.note(_house[0].studio, error, About(run_id))
        told = error if isinstance(error, LabelError) else _unforeseen(run_id, error)
        move_step(run_id, RunState.FAILED.value, told.message, told.hint, told.exit_code)
        raise


def _unforeseen(run_id: str, error: Exception) -> Fault:
    return Fault(
        f"The run broke: {type(error).__name__}: {told_by(error, _house[0].studio.settings)}",
        hint=f"This is our fault. `noktvrn run resume {run_id}` tries again from here.",
    )


@DBOS.workflow(name="produce")
def produce(run_id: str, legs: list[Any]) -> None:
    """From the brief to the desk, one leg of it."""
    if move_step(run_id, RunState.PRODUCING.value) is False:
        return
    with going(run_id, "produce", legs) as number:
        walk(run_id, Leg.of(legs[0]).stages)
        if StageName.PLAN in Leg.of(legs[0]).stages and _brief(run_id).is_record and not songs_step(run_id):
            return  # the last song to complete lets the record go on
        if legs[1:]:
            hand_over_step(run_id, "produce", number + 1, legs[1:])
        else:
            move_step(run_id, _end(run_id).value)


@DBOS.workflow(name="release")
def release(run_id: str, legs: list[Any]) -> None:
    """From the verdict to the courier."""
    if move_step(run_id, RunState.RELEASING.value) is False:
        return
    with going(run_id, "release", legs):
        walk(run_id, RELEASE_STAGES)
        move_step(run_id, RunState.COMPLETED.value)


def walk(run_id: str, stages: Sequence[StageName]) -> None:
    """Does stage after stage, each in the attempt of the present round; takes until enough have passed.

    Raises:
        LabelError: a stage failed, or no take passed.
    """
    for name in stages:
        if name is StageName.TRACK:
            _record(run_id)
        elif name is not StageName.CRITIC or StageName.TRACK not in stages:  # a record's critic hears no take
            _do(run_id, name, _attempt(run_id, name))


def _do(run_id: str, name: StageName, attempt: int) -> bool:
    passed = stage_step(run_id, name.value, attempt)
    if passed is None:
        raise _HaltedError
    return passed


def _record(run_id: str) -> None:
    takes = _takes(run_id)
    passed = False
    for take in range(takes.first, takes.first + takes.most):
        if passed and take >= takes.first + takes.wanted:
            break
        _do(run_id, StageName.TRACK, take)
        passed = _do(run_id, StageName.CRITIC, take) or passed
    if not passed and not takes.spare:
        raise Refused(
            f"No take out of {takes.most} passed the house's own checks.",
            code="track.refused",
            hint=f"`noktvrn run show {run_id}` lists what was found. "
            f"`noktvrn run remake {run_id} --only take` records others.",
        )
    if takes.anew or takes.wanted > 1:
        choose_step(run_id)


@DBOS.step(name="songs")
def songs_step(run_id: str) -> bool:
    """Begins the songs of a record that are not under way; whether all of them are complete."""
    return patiently(lambda: _begin_songs(run_id))


def _begin_songs(run_id: str) -> bool:
    house = _house[0]
    with house.studio.database.begin() as connection:
        begun = albums.begin_songs(connection, house.dispatcher, run_id, house.studio.clock.now())
    for song, number in begun.breathing:
        house.dispatcher.cancel("produce", song, number)
    return begun.complete


# None of these is a step: a brief never changes, and no run goes into another round while one is under way,
# so that a repeated workflow reads what it read before.


def _brief(run_id: str) -> Brief:
    """What the run was asked for."""
    return patiently(lambda: _read(run_id, lambda c, run: runs.brief(c, run.artist_id, run.brief_id)))


def _end(run_id: str) -> RunState:
    """Where a production ends: on the desk, but for a song, which is laid there with its record."""
    return RunState.AWAITING_REVIEW if _brief(run_id).album is None else RunState.COMPLETED


def _attempt(run_id: str, stage: StageName) -> int:
    """Which time the stage is made in the present round."""
    return patiently(lambda: _read(run_id, lambda connection, run: rounds.attempt(connection, run, stage)))


def _takes(run_id: str) -> rounds.Recording:
    """The takes of the present round."""
    return patiently(lambda: _read(run_id, rounds.recording))


def _read(run_id: str, look: Callable[[sa.Connection, Run], T]) -> T:
    with _house[0].studio.database.read() as connection:
        return look(connection, runs.get(connection, run_id))
