"""Events: what changes in the label, for those who watch."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from noktvrn.kernel.errors import Unavailable
from noktvrn.label.office import Office
from noktvrn.model.event import Event
from noktvrn.model.run import RunState
from noktvrn.storage.ledger import events
from noktvrn.storage.tables import run_stages, runs

LOOK_EVERY_S = 0.1
"""Seconds between two looks at the ledger while nobody rings the bell."""
AGAIN_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class Share:
    """How far (0..1) the stage is that a run is in. No event: it is of the moment, and nobody misses it."""

    run_id: str
    artist_id: str
    stage: str
    attempt: int
    share: float


class Events:
    """Verbs about events."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio

    def last(self) -> int:
        """The number to go on from for who wants only what is new."""
        with self._studio.database.read() as connection:
            return events.last(connection)

    def after(
        self, number: int, *, limit: int = 500, run_id: str | None = None, artist_id: str | None = None
    ) -> tuple[Event, ...]:
        """What was told after an event, oldest first; none is skipped and none comes twice."""
        with self._studio.database.read() as connection:
            return events.after(connection, number, limit=limit, run_id=run_id, artist_id=artist_id)

    def latest(self, *, limit: int, run_id: str | None = None) -> tuple[Event, ...]:
        """The newest events, of the label or of one run, oldest of them first."""
        with self._studio.database.read() as connection:
            return events.latest(connection, limit=limit, run_id=run_id)

    def follow(
        self,
        number: int | None = None,
        *,
        run_id: str | None = None,
        artist_id: str | None = None,
        timeout_s: float | None = None,
    ) -> Iterator[Event]:
        """Events as they happen, from one on (None: from now), until `timeout_s` is over.

        A ledger that does not answer is waited for.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        place, bell = number, self._studio.database.bell
        while True:
            mark = bell.rung
            try:
                place = self.last() if place is None else place
                page = self.after(place, run_id=run_id, artist_id=artist_id)
            except Unavailable:
                page = ()
                time.sleep(AGAIN_AFTER_S)
            yield from page
            place = page[-1].number if page else place
            if deadline is not None and time.monotonic() > deadline:
                return
            if not page:
                bell.wait(mark, LOOK_EVERY_S)

    def wait(self, run_id: str, number: int, longest_s: float) -> int:
        """Returns the number of a run's newest event as soon as there is one after `number`, or `number`
        itself after `longest_s`."""
        bell = self._studio.database.bell
        deadline = time.monotonic() + longest_s
        while True:
            mark = bell.rung
            page = self.after(number, run_id=run_id)
            if page or time.monotonic() >= deadline:
                return page[-1].number if page else number
            bell.wait(mark, min(LOOK_EVERY_S, longest_s))

    def shares(self) -> tuple[Share, ...]:
        """How far every stage is that is being worked on now."""
        ours = (runs.c.artist_id == run_stages.c.artist_id) & (runs.c.run_id == run_stages.c.run_id)
        columns = run_stages.c
        busy = runs.c.state.in_([RunState.PRODUCING.value, RunState.RELEASING.value])
        query = (
            sa.select(columns.run_id, columns.artist_id, columns.stage, columns.attempt, columns.progress)
            .select_from(runs.join(run_stages, ours))
            .where(busy, columns.state == "started")
            .order_by(columns.run_id, columns.started_at)
        )
        with self._studio.database.read() as connection:
            return tuple(Share(*row) for row in connection.execute(query))

    def forget(self) -> int:
        """Lets go of events older than the setting says; returns how many. A chore."""
        kept = timedelta(days=self._studio.settings.events_keep_days)
        with self._studio.database.begin() as connection:
            return events.forget(connection, self._studio.clock.now() - kept)
