"""Runs on their way once more: retried, forked, and given their turn."""

from __future__ import annotations

from noktvrn.kernel.errors import NotReady
from noktvrn.label.office import Office
from noktvrn.label.remaking import Remakes
from noktvrn.label.runs import Runs
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.production.admission import is_releasing
from noktvrn.production.albums import songs_of
from noktvrn.production.parts import STARTS
from noktvrn.storage.ledger import runs


class Turns:
    """Verbs about runs that go on or wait to."""

    def __init__(self, office: Office, runs: Runs, remakes: Remakes) -> None:
        self._office = office
        self._studio = office.studio
        self._runs = runs
        self._remakes = remakes

    def retry(self, run_id: str, *, by: str, buy: bool = False) -> Run:
        """Makes the stage a run failed in anew, under the next attempt and with another seed, and what
        follows it; of a record that failed over a song, that song's. A run that failed in no such stage (the
        release, the ledger) is resumed.

        Raises:
            NotFound: no such run. Conflict: it has ended for good.
            NotAllowed: it would cost money, and `buy` was not said; the message says how much.
        """
        run = self._runs.get(run_id)
        failed = self._failed(run)
        stage = self._stumbled(failed)
        if stage is None:
            return self._runs.resume(run.id, actor=by)
        return self._remakes.remake(failed.id, by=by, stage=stage.value, reason="retried", buy=buy)

    def fork(self, run_id: str, *, by: str) -> Run:
        """Begins the workflow of a run anew from the ledger's records, whatever the old one does or of which
        version it is. Nothing that is done is done again.

        Raises:
            NotFound: no such run. NotReady: no workflow of it is under way.
        """
        from noktvrn.production import adoption  # the engine costs half a second to import

        run = self._runs.get(run_id)
        with self._studio.database.read() as connection:
            workflow = "release" if is_releasing(connection, run) else "produce"
        database, dispatcher = self._studio.database, self._office.dispatcher
        now = self._studio.clock.now()
        if run.waits_its_turn or not adoption.fork(database, dispatcher, run.id, workflow, by=by, at=now):
            raise _not_under_way(self._runs.get(run.id))
        return self._runs.get(run.id)

    def admit_waiting(self) -> int:
        """Gives artists without a production their next queued run, where that was missed; returns how many
        got one. Whoever ends a production does the same at once: this is for crashes in between."""
        with self._studio.database.read() as connection:
            queued = runs.every(connection, states=(RunState.QUEUED,))
        waiting = sorted({run.artist_id for run in queued if run.waits_its_turn})
        return sum(self._admit(artist_id) for artist_id in waiting)

    def _admit(self, artist_id: str) -> bool:
        with self._studio.database.begin() as connection:
            return self._office.dispatcher.admit(connection, artist_id) is not None

    def _failed(self, run: Run) -> Run:
        """The run that failed: of a record that did so over a song, the song."""
        with self._studio.database.read() as connection:
            songs = songs_of(connection, run) if run.state is RunState.FAILED else ()
        return next((song for song in songs if song.state is RunState.FAILED), run)

    def _stumbled(self, run: Run) -> StageName | None:
        """The stage another seed may mend; None: there is none."""
        if run.state is not RunState.FAILED:
            return None
        with self._studio.database.read() as connection:
            last = runs.stages(connection, run.id)[-1:]
        if last and last[0].stage is StageName.CRITIC and last[0].state == "superseded":
            return StageName.TRACK  # all takes were recorded, and the last one was not let pass either
        return last[0].stage if last and last[0].state == "failed" and last[0].stage in STARTS else None


def _not_under_way(run: Run) -> NotReady:
    return NotReady(
        f"Run {run.id} is {run.state.value}; no workflow of it is under way.",
        code="run.not_under_way",
        hint="It begins when its artist's other production has ended."
        if run.waits_its_turn
        else f"`noktvrn run resume {run.id}` lets one that stopped go on.",
    )
