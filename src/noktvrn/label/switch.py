"""The label's one switch: stop everything, and let it go on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from noktvrn.kernel.errors import Invalid, Mistake, Outside
from noktvrn.label.also import Also, nothing
from noktvrn.label.office import Office
from noktvrn.label.runs import Runs
from noktvrn.model.run import RunState
from noktvrn.production import faults
from noktvrn.production.faults import About
from noktvrn.production.telling import tell_all
from noktvrn.roles.messenger import Notice
from noktvrn.storage import audit
from noktvrn.storage.ledger import runs, switch
from noktvrn.storage.ledger.switch import Stop
from noktvrn.storage.storable import storable

LONGEST_REASON = 500


def _record(connection: sa.Connection, act: str, by: str, at: datetime, detail: Mapping[str, object]) -> None:
    audit.record(connection, act, artist_id=audit.LABEL, subject=audit.LABEL, actor=by, at=at, detail=detail)


class Switch:
    """Verbs about the switch. Everything that asks it asks the ledger, so it holds for every worker."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._studio = office.studio

    def state(self) -> Stop | None:
        """The stop that holds, or None while the label works."""
        with self._studio.database.read() as connection:
            return switch.stopped(connection)

    def stop(self, *, by: str, reason: str = "") -> Stop:
        """From now on no paid or outward call begins, and renders end at their next checkpoint. A label that
        is stopped stays as it is.

        Raises:
            Invalid: the reason is too long.
        """
        if len(reason) > LONGEST_REASON:
            raise Invalid(
                "The reason is too long.", code="switch.reason", hint=f"{LONGEST_REASON} characters at most."
            )
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            stop = switch.stop(connection, by=by, reason=storable(reason), at=now)
            if stop.at == now and stop.by == by:
                detail = {"reason": stop.reason} if reason else {}
                _record(connection, "label.stopped", by, now, detail)
        self._tell(f"label.stopped:{stop.at.isoformat()}", f"The label was stopped by {stop.by}", stop.reason)
        return stop

    def start(self, *, by: str, also: Also = nothing) -> tuple[Stop | None, int]:
        """The label works again. Returns the stop that is over (None: there was none) and how many held runs
        go on. `also` are rows of a door's own that are committed with it, or refuse it."""
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            also(connection)
            over = switch.start(connection, by=by, at=now)
            if over is not None:
                _record(connection, "label.started", by, now, {"stopped_by": over.by})
        if over is not None:
            self._tell(f"label.started:{now.isoformat()}", f"The label goes on; started by {by}", "")
        return over, self.let_go_on(by=by)

    def let_go_on(self, *, by: str) -> int:
        """Lets every held run go on, unless the label is stopped; returns how many."""
        with self._studio.database.read() as connection:
            if switch.stopped(connection) is not None:
                return 0
            held = runs.every(connection, states=(RunState.HELD,))
        gone = 0
        for run in reversed(held):
            gone += self._goes_on(run.id, by)
        return gone

    def _goes_on(self, run_id: str, by: str) -> bool:
        """Whether a held run could be let go on. What is wrong with one keeps no other from it."""
        try:
            Runs(self._office).resume(run_id, actor=by)
        except Mistake:  # somebody else lets it go on at this moment
            return False
        except Outside:
            raise
        except Exception as error:
            faults.note(self._studio, error, About(run_id, stage="held runs"))
            return False
        return True

    def _tell(self, key: str, title: str, text: str) -> None:
        notice = Notice(key=key[:80], kind="warning", title=title, text=text)
        tell_all(self._studio, notice, even_stopped=True)
