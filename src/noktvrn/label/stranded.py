"""Runs that look busy and have no workflow any more: found by a chore, and let go on or given up in words.

A workflow can end without a word on its run where even that word could not be written: a ledger that was
away for longer than anybody waits, or a worker that died over and over at the same work. Nobody would ever
go on with such a run, and its artist would begin nothing else.
"""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.kernel.errors import Fault
from noktvrn.label.office import Office
from noktvrn.label.runs import Runs
from noktvrn.model.run import UNDER_WAY, Run, RunState
from noktvrn.production import albums, faults
from noktvrn.production.admission import is_releasing
from noktvrn.production.faults import About
from noktvrn.storage import audit
from noktvrn.storage.ledger import runs

ACTOR = "worker"


class Stranded:
    """The verb about them."""

    def __init__(self, office: Office, runs_: Runs) -> None:
        self._office = office
        self._studio = office.studio
        self._runs = runs_

    def take_up(self) -> int:
        """Lets every stranded run go on, or fails it where another workflow would only end like the last one;
        returns of how many. What is wrong with one keeps no other from it."""
        with self._studio.database.read() as connection:
            should_go = runs.under_way(connection)
        found = set(should_go) - self._office.dispatcher.at_work() if should_go else set()
        return sum(self._taken_up(run_id) for run_id in sorted(found))

    def _taken_up(self, run_id: str) -> bool:
        try:
            return self._runs.is_stranded(run_id) and self._settled(run_id)
        except Exception as error:
            faults.note(self._studio, error, About(run_id, stage="stranded runs"))
            return False

    def _settled(self, run_id: str) -> bool:
        from noktvrn.production.dispatcher import BETTER_AGAIN, Named

        dispatcher = self._office.dispatcher
        with self._studio.database.begin() as connection:
            albums.hold_record(connection, run_id)
            run = runs.held(connection, run_id)
            workflow = "release" if is_releasing(connection, run) else "produce"
            number, alive = dispatcher.last(workflow, run.id)
            if alive or run.state not in UNDER_WAY or run.waits_its_turn:
                return False  # somebody else was faster
            end = dispatcher.end_of(connection, Named(run.id, workflow, number))
            if end not in BETTER_AGAIN and not _ends_early(connection, run):
                self._fail(connection, run, end)
                return True
        self._runs.go_on(run_id, actor=ACTOR)
        return True

    def _fail(self, connection: sa.Connection, run: Run, end: str) -> None:
        now = self._studio.clock.now()
        wordless = end == "SUCCESS"
        why = "its workflow ended without a word" if wordless else "its worker died at it again and again"
        failed = runs.move(
            connection,
            run.id,
            RunState.FAILED,
            now,
            error=f"Nobody goes on with the run: {why}.",
            hint=f"`noktvrn run resume {run.id}` tries once more; `noktvrn faults list` may tell why.",
            exit_code=Fault.exit_code,
        )
        audit.record(
            connection,
            "run.failed",
            artist_id=run.artist_id,
            subject=run.id,
            actor=ACTOR,
            at=now,
            detail={"error": failed.error},
        )
        albums.song_ended(connection, self._office.dispatcher, failed, now)
        self._office.dispatcher.admit(connection, run.artist_id)


def _ends_early(connection: sa.Connection, run: Run) -> bool:
    """Whether a workflow of the run may end in good order and leave it producing: a record's does, for its
    songs."""
    return runs.brief(connection, run.artist_id, run.brief_id).is_record
