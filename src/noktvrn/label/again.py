"""Taking a run off the desk and up again: its review closes, its verdict falls, its production goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from noktvrn.label.office import Office
from noktvrn.model.run import Run, RunState
from noktvrn.storage import audit
from noktvrn.storage.ledger import artists, reviews, runs


def held(connection: sa.Connection, run_id: str) -> Run:
    """The run and then its artist, kept from other writers: a verdict that falls may change both, and who
    begins another production of the artist holds the artist before it writes to the trail."""
    run = runs.held(connection, run_id)
    artists.held(connection, run.artist_id)
    return run


def take_up_again(
    office: Office, connection: sa.Connection, run: Run, now: datetime
) -> tuple[Run, Callable[[], None]]:
    """The run producing once more, or queued while its artist is busy; all in the caller's transaction.
    Hold the run before (`held`).

    Call what comes with it after the commit: it calls off a release nobody had begun to seal, and the last
    breath of a production that had failed.
    """
    dispatcher = office.dispatcher
    _let_fall(connection, run, now)
    runs.move(connection, run.id, RunState.PRODUCING, now)
    going = {name: dispatcher.last(name, run.id) for name in ("produce", "release")}
    dispatcher.enqueue(connection, "produce", run.id, again=going["produce"][0] + 1)

    def call_off() -> None:
        for name, (number, alive) in going.items():
            if alive:
                dispatcher.cancel(name, run.id, number)

    return runs.get(connection, run.id), call_off


def _let_fall(connection: sa.Connection, run: Run, now: datetime) -> None:
    reviews.close(connection, run.id, now)
    fallen = reviews.withdraw_verdict(connection, run.id, now)
    if fallen is None:
        return
    audit.record(
        connection,
        "verdict.fallen",
        artist_id=run.artist_id,
        subject=run.id,
        actor="desk",
        at=now,
        detail={"decision": fallen.decision, "by": fallen.by, "approval_hash": fallen.approval_hash},
    )
    if fallen.decision == "rejected":
        artist = artists.get(connection, run.artist_id)
        left = max(0, artist.consecutive_rejections - 1)
        artists.save(connection, artist.model_copy(update={"consecutive_rejections": left}))
