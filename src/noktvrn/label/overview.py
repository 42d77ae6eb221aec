"""The label at a glance, for who looks at all of it again and again: every look reads and writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from noktvrn.kernel.ids import parse
from noktvrn.label import autopilot_caps
from noktvrn.label.money import BudgetLine, Cashbook
from noktvrn.label.office import Office
from noktvrn.label.songs import SongSight, sights
from noktvrn.model.event import Event
from noktvrn.model.run import UNDER_WAY, RunState
from noktvrn.production.leases import Leases
from noktvrn.storage.ledger import desk, events, faults, runs, showing, switch
from noktvrn.storage.ledger.showing import ReleaseLine, RunLine, StageLine, StageNotes
from noktvrn.storage.ledger.switch import Stop

AT_WORK = (*sorted(UNDER_WAY - {RunState.QUEUED}), RunState.HELD)
"""States of a run that somebody works on, or would if the label were not stopped."""
SHOWN_AT_WORK = 20
SHOWN_EVENTS = 20
SHOWN_RELEASES = 5
SHOWN_OF_RUN = 200


@dataclass(frozen=True, slots=True)
class RunSight:
    """A run in a list. `remade_at` is when it was last remade, `remade` the stages that are made since."""

    line: RunLine
    stages: tuple[StageLine, ...]
    remade_at: datetime | None = None
    remade: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """The newest runs, and how many there are in all, songs of records included."""

    lines: tuple[RunLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Detail:
    """All a screen shows of one run: `events` are its last ones, oldest first."""

    sight: RunSight
    notes: tuple[StageNotes, ...]
    songs: tuple[SongSight, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Glance:
    """The label. `first_ends` is when the review that waits longest ends; `workers` are those alive."""

    artists: int
    at_work: tuple[RunSight, ...]
    states: dict[str, int]
    waiting: int
    first_ends: datetime | None
    workers: int
    today: BudgetLine
    stop: Stop | None
    autopilot: bool
    releases: tuple[ReleaseLine, ...]
    faults: int
    events: tuple[Event, ...]


class Overview:
    """Looks at many things at once."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._studio = office.studio
        self._leases = Leases(office.studio.database, office.studio.settings.home)

    def glance(self) -> Glance:
        """The whole label, each part as it stands at this moment."""
        workers, today = self._leases.alive(), Cashbook(self._office).today()
        with self._studio.database.read() as connection:
            first = desk.waiting(connection, limit=1)
            at_work = showing.page(connection, limit=SHOWN_AT_WORK, states=AT_WORK)
            return Glance(
                artists=showing.artists_count(connection),
                at_work=self._sights(connection, at_work),
                states=desk.standing(connection),
                waiting=desk.count(connection),
                first_ends=first[0].expires_at if first else None,
                workers=workers,
                today=today,
                stop=switch.stopped(connection),
                autopilot=autopilot_caps.is_on(connection, self._studio),
                releases=showing.last_releases(connection, limit=SHOWN_RELEASES),
                faults=len(faults.every(connection)),
                events=events.latest(connection, limit=SHOWN_EVENTS),
            )

    def page(self, *, limit: int = 200) -> Page:
        """The newest runs; songs of records are shown with their record."""
        with self._studio.database.read() as connection:
            return Page(showing.page(connection, limit=limit), showing.count(connection))

    def detail(self, run_id: str) -> Detail:
        """One run. Raises Invalid or NotFound."""
        key = parse("run", run_id)
        with self._studio.database.read() as connection:
            run = runs.get(connection, key)
            (sight,) = self._sights(connection, (showing.line(connection, run),))
            is_record = runs.brief(connection, run.artist_id, run.brief_id).is_record
            return Detail(
                sight=sight,
                notes=showing.notes(connection, run.artist_id, run.id),
                songs=sights(connection, run) if is_record else (),
                events=events.latest(connection, limit=SHOWN_OF_RUN, run_id=run.id),
            )

    def workers(self) -> int:
        """How many workers are alive."""
        return self._leases.alive()

    def _sights(self, connection: sa.Connection, lines: Sequence[RunLine]) -> tuple[RunSight, ...]:
        keys = [(line.run.artist_id, line.run.id) for line in lines]
        remade = showing.remade(connection, keys)
        by_run: dict[str, list[StageLine]] = {run_id: [] for _, run_id in keys}
        for stage in showing.stages(connection, keys):
            by_run[stage.run_id].append(stage)
        return tuple(
            RunSight(line, tuple(by_run[line.run.id]), *remade.get(line.run.id, (None, frozenset())))
            for line in lines
        )
