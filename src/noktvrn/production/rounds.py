"""Rounds: which attempt at each stage belongs to the present going of a run.

A run goes round once when it is new, and again for every word of a person that takes it off the desk: another
take chosen, a part remade, of a record one of its songs. Rounds begin only while no workflow of the run is
under way, so that a repeated workflow reads what it read before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from noktvrn.model.brief import Brief
from noktvrn.model.remake import Part, Remake
from noktvrn.model.run import Run, StageName
from noktvrn.storage.ledger import choices, remakes, runs

PATIENCE = 3
"""How many takes a track gets before the run stops, each with a seed of its own; where more are asked for,
two beyond those."""

AFTER_THE_TAKE = frozenset({StageName.VIDEO, StageName.TEASER, StageName.VALIDATE, StageName.PREVIEW})
"""What is made anew for every take a person chose."""

WORDS = frozenset({StageName.BRIEF, StageName.PLAN, StageName.LYRICS})


@dataclass(frozen=True, slots=True)
class Recording:
    """The takes of a round: the number of its first one, how many shall pass, how many are made at most.

    `anew`: others were recorded before, so that one of these has to be chosen over them. `spare`: where none
    of these passes, an earlier one of the same words may stay. `choices` were made before the round began.
    """

    first: int
    wanted: int
    most: int
    anew: bool = False
    spare: bool = False
    choices: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How an attempt at a stage stands: the number its seed is drawn by, the number its orders go out by,
    whether what was ordered before is to do, and the remake that has the stage made again."""

    seeded: int
    bought: int
    keeps_orders: bool = False
    remake: Remake | None = None


def attempt(connection: sa.Connection, run: Run, stage: StageName) -> int:
    """The attempt at a stage that belongs to the present round, from 1; of the takes its first one."""
    if _is_per_take(connection, run, stage):
        return recording(connection, run).first
    return (
        1 + _by_people(connection, run, stage) + len(_of(connection, run, lambda made: stage in made.stages))
    )


def standing(connection: sa.Connection, run: Run, stage: StageName, attempt: int) -> Standing:
    """How an attempt at a stage stands: what only follows a remake keeps its seed, and nothing is ordered
    from outside once more unless a person wished it."""
    touched = _of(connection, run, lambda made: stage in made.stages)
    last = touched[-1] if touched else None
    if _is_per_take(connection, run, stage):
        tune = next((made.tune for made in touched if made.first_take == attempt), 0)
        return Standing(tune or attempt, attempt, remake=last)
    anew = [made for made in touched if stage in made.anew]
    seeded = 1 + _by_people(connection, run, stage) + len(anew)
    bought = 1 + sum(made.buy for made in anew)
    buys = last is not None and last.buy and stage in last.anew
    return Standing(seeded, bought, attempt > 1 and not buys, last)


def recording(connection: sa.Connection, run: Run) -> Recording:
    """The takes of the present round."""
    brief = runs.brief(connection, run.artist_id, run.brief_id)
    # A person's recording is what it is: no seed makes another one of it.
    patience, wanted = (1, 1) if brief.own_track is not None else (PATIENCE, brief.takes)
    made = _of(connection, run, lambda remake: remake.first_take > 0)
    if not made:
        return Recording(1, wanted, wanted + patience - 1)
    last = made[-1]
    return Recording(
        first=last.first_take,
        wanted=last.takes,
        most=last.takes + patience - 1,
        anew=True,
        spare=WORDS.isdisjoint(last.stages) and _passed_before(connection, run, last.first_take),
        choices=last.choices,
    )


def first_take(connection: sa.Connection, run: Run) -> int:
    """The first take that sings the words the run has now: nobody may choose one before it."""
    rewritten = _of(connection, run, lambda made: made.first_take > 0 and not WORDS.isdisjoint(made.stages))
    return rewritten[-1].first_take if rewritten else 1


def _passed_before(connection: sa.Connection, run: Run, take: int) -> bool:
    kept = range(first_take(connection, run), take)
    heard = (one for one in runs.stages(connection, run.id) if one.stage is StageName.CRITIC)
    return any(one.state == "done" and one.attempt in kept for one in heard)


def wished_title(connection: sa.Connection, run: Run, brief: Brief) -> str | None:
    """The title a person wished last, in the brief or in a remake; None where it is the writer's to find."""
    wished = brief.title
    for made in remakes.of_run(connection, run.id):
        if made.title or made.part is Part.TITLE:
            wished = made.title
    return wished


def _is_per_take(connection: sa.Connection, run: Run, stage: StageName) -> bool:
    """Whether the attempts at a stage are takes. A record has none: its critic hears its songs."""
    if stage not in runs.PER_TAKE:
        return False
    return not runs.brief(connection, run.artist_id, run.brief_id).is_record


def _by_people(connection: sa.Connection, run: Run, stage: StageName) -> int:
    """How often a person chose another take, where that makes the stage anew."""
    return choices.rounds(connection, run.id) - 1 if stage in AFTER_THE_TAKE else 0


def _of(connection: sa.Connection, run: Run, wanted: Callable[[Remake], bool]) -> list[Remake]:
    return [made for made in remakes.of_run(connection, run.id) if wanted(made)]
