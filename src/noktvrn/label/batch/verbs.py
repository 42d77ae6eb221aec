"""The verbs of the batch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from noktvrn.kernel.errors import Mistake, NotReady, Outside
from noktvrn.label.artists import Artists
from noktvrn.label.batch import trying
from noktvrn.label.batch.alone import alone, in_turn
from noktvrn.label.batch.cycle import Cycles
from noktvrn.label.batch.nouns import BY_HAND, Cycle, Story
from noktvrn.label.batch.outcomes import outcomes
from noktvrn.label.lifecycle import Lifecycle
from noktvrn.label.office import Office
from noktvrn.label.runs import Runs
from noktvrn.model.artist import LifecycleState
from noktvrn.planning.schedules import Schedule, read
from noktvrn.planning.variants import Posterior
from noktvrn.production import faults
from noktvrn.production.faults import About
from noktvrn.storage.ledger import batch, desk, plans, roster, switch
from noktvrn.storage.ledger.switch import Stop

SHOWN = 10
"""How many cycles the status tells of."""
LOOKED_BACK = timedelta(days=30)
PATIENCE_S = 600.0
"""How long `once` waits for another process to end its cycle: a new artist's words may take minutes."""


@dataclass(frozen=True, slots=True)
class NextSlot:
    """A schedule, and when it is due next, by its own clock."""

    schedule: str
    at: datetime
    told: str


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """How the batch stands. `outcomes` are of productions the batch started within thirty days; `missed`
    counts entries of calendars nobody made."""

    stop: Stop | None
    schedules: tuple[NextSlot, ...]
    cycles: tuple[Cycle, ...]
    outcomes: dict[str, int]
    variants: tuple[Posterior, ...]
    roster: dict[LifecycleState, int]
    waiting: int
    missed: int

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "stopped": None if self.stop is None else {"by": self.stop.by, "reason": self.stop.reason},
            "schedules": [
                {"schedule": one.schedule, "next": one.at.isoformat(), "told": one.told}
                for one in self.schedules
            ],
            "cycles": [one.as_data() for one in self.cycles],
            "outcomes": self.outcomes,
            "variants": [one._asdict() for one in self.variants],
            "roster": {state.value: count for state, count in self.roster.items()},
            "waiting": self.waiting,
            "missed": self.missed,
        }


class Batch:
    """One cycle, cycles by schedule, and how all of it stands."""

    def __init__(self, office: Office, artists: Artists, runs: Runs, lifecycle: Lifecycle) -> None:
        self._studio = office.studio
        self._cycles = Cycles(office, artists, runs, lifecycle)

    def once(self) -> Cycle:
        """One cycle, now. Asked for again within the same minute it is the same cycle: two machines whose
        cron fires at once do one. What others began and left undone is finished first.

        Raises:
            NotReady: the label is stopped. Invalid: the person's variants or prompts cannot be read.
            TimedOut: another process is at work on a cycle and does not end.
        """
        slot = self._studio.clock.now().replace(second=0, microsecond=0)
        with in_turn(self._studio, PATIENCE_S):
            self._finish_open()
            return self._cycles.run(BY_HAND, slot)

    def preview(self) -> Story:
        """What a cycle would choose now; nothing is written or started."""
        return self._cycles.preview()

    def finish_open(self) -> tuple[Cycle, ...]:
        """Sees cycles to their end whose workers died; nothing while somebody is at work on one."""
        if not self._cycles.left_open():
            return ()
        with alone(self._studio) as mine:
            return self._finish_open() if mine else ()

    def _finish_open(self) -> tuple[Cycle, ...]:
        return tuple(self._cycles.finish(slot) for slot in self._cycles.left_open())

    def tick(self) -> tuple[Cycle, ...]:
        """The cycles that are due by now: of each schedule the newest slot nobody did, if it is fresh enough.
        Returns those that were done or finished here; none while somebody else is at work on one.

        Raises:
            NotReady: the label is stopped. Invalid: a schedule, or the person's variants or prompts, cannot
                be read.
        """
        if not self._cycles.left_open() and not any(True for _ in self._due()):
            return ()
        with alone(self._studio) as mine:
            if not mine:
                return ()
            finished = self._finish_open()
            return finished + tuple(self._cycles.run(one.text, slot) for one, slot in self._due())

    def _due(self) -> Iterator[tuple[Schedule, datetime]]:
        now = self._studio.clock.now()
        within = timedelta(seconds=self._studio.settings.batch_catch_up_s)
        for schedule in self.schedules():
            slot = schedule.latest(now, within=within)
            if slot is not None and not self._is_known(schedule.text, slot):
                yield schedule, slot

    def _is_known(self, schedule: str, slot: datetime) -> bool:
        with self._studio.database.read() as connection:
            return batch.find_slot(connection, schedule, slot) is not None

    def schedules(self) -> tuple[Schedule, ...]:
        """The label's schedules. Raises Invalid where one cannot be read."""
        return tuple(read(text) for text in self._studio.settings.batch_schedules)

    def loop(self, leaving: threading.Event, told: Callable[[str], None]) -> None:
        """Cycles by the label's schedules until told to leave; each is told in one line. What keeps one from
        beginning (a stop, a ledger that is away, a file that cannot be read) is told once and waited out.

        Raises:
            NotReady: there is no schedule. Invalid: one cannot be read.
        """
        if not self.schedules():
            raise NotReady(
                "The batch has no schedule.",
                code="batch.no_schedule",
                hint="Set NOKTVRN_BATCH_SCHEDULES, for example to `daily at 09:30 Europe/Berlin`.",
            )
        last = ""
        while not leaving.is_set():
            trouble = self._ticked(told)
            if trouble and trouble != last:
                told(trouble)
            last = trouble
            leaving.wait(self._studio.settings.poll_interval_s)

    def _ticked(self, told: Callable[[str], None]) -> str:
        try:
            for cycle in self.tick():
                told(cycle.line)
        except (Mistake, Outside) as error:
            return f"{error.message} {error.hint}".strip()
        except Exception as error:  # of one schedule or artist; the others go on
            faults.note(self._studio, error, About(stage="the batch"))
            return f"A cycle broke ({type(error).__name__}), which is our fault: `noktvrn faults list`."
        return ""

    def status(self) -> BatchStatus:
        """How the batch stands now."""
        now, settings = self._studio.clock.now(), self._studio.settings
        coming = [(one, one.after(now)) for one in self.schedules()]
        with self._studio.database.read() as connection:
            since = now - LOOKED_BACK
            return BatchStatus(
                stop=switch.stopped(connection),
                schedules=tuple(NextSlot(one.text, at, one.told(at)) for one, at in coming),
                cycles=tuple(Cycle.of(row) for row in batch.latest_slots(connection, limit=SHOWN)),
                outcomes=outcomes(
                    batch.run_states(connection, since), batch.failed_without_track(connection, since)
                ),
                variants=trying.standing(connection, settings, now),
                roster=roster.counts(connection),
                waiting=desk.count(connection),
                missed=plans.missed(connection, before=now.date()),
            )
