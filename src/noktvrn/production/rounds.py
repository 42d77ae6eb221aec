"""Rounds: which attempt at each stage belongs to the present going of a run.

A run goes round once when it is new, and again for every word of a person that takes it off the desk. Rounds
begin only while no workflow of the run is under way, so that a repeated workflow reads what it read before.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from noktvrn.model.run import Run, StageName
from noktvrn.storage.ledger import choices, runs

PATIENCE = 3
"""How many takes a track gets before the run stops, each with a seed of its own; where more are asked for,
two beyond those."""

AFTER_THE_TAKE = frozenset({StageName.VIDEO, StageName.TEASER, StageName.VALIDATE, StageName.PREVIEW})
"""What is made anew for every take a person chose."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The takes of a round: the number of its first one, how many shall pass, how many are made at most."""

    first: int
    wanted: int
    most: int


def attempt(connection: sa.Connection, run: Run, stage: StageName) -> int:
    """The attempt at a stage that belongs to the present round, from 1; of the takes its first one."""
    return choices.rounds(connection, run.id) if stage in AFTER_THE_TAKE else 1


def recording(connection: sa.Connection, run: Run) -> Recording:
    """The takes of the present round."""
    brief = runs.brief(connection, run.artist_id, run.brief_id)
    # A person's recording is what it is: no seed makes another one of it.
    patience, wanted = (1, 1) if brief.own_track is not None else (PATIENCE, brief.takes)
    return Recording(attempt(connection, run, StageName.TRACK), wanted, wanted + patience - 1)
