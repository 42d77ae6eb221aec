"""Taking a run off the desk and up again: its review closes, its verdict falls, its production goes on.

A song is taken up with its record: the record lies on the desk, its songs do not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from noktvrn.label.office import Office
from noktvrn.model.remake import Remake
from noktvrn.model.run import Run, RunState
from noktvrn.production import albums, parts
from noktvrn.storage import audit
from noktvrn.storage.ledger import artists, remakes, reviews, runs


@dataclass(frozen=True, slots=True)
class Word:
    """A person's word for which a run is taken up again. `sings`: some of it is made in the run itself, and
    not only in the record that goes on with it."""

    by: str
    reason: str
    at: datetime
    sings: bool


def on_desk(connection: sa.Connection, run: Run) -> Run:
    """The run a run is laid on the desk as: of a song its record, else itself."""
    return runs.get(connection, run.parent) if run.parent is not None else run


def held_on_desk(connection: sa.Connection, run_id: str) -> tuple[Run, Run]:
    """A run and the one it is laid on the desk as, kept from other writers until the transaction ends.

    Their artist is held too: a verdict that falls may change it, and who begins another production of the
    artist holds it before writing to the trail (docs/workers.md has the order).
    """
    albums.hold_record(connection, run_id)
    run = runs.held(connection, run_id)
    artists.held(connection, run.artist_id)
    return run, on_desk(connection, run)


def take_up_again(
    office: Office, connection: sa.Connection, run: Run, word: Word
) -> tuple[Run, Callable[[], None]]:
    """The run producing once more, of a song its record, or queued while its artist is busy; all in the
    caller's transaction. Hold both before.

    Call what comes with it after the commit: it calls off a release nobody had begun to seal, and the last
    breath of a production that had ended.
    """
    dispatcher, laid = office.dispatcher, on_desk(connection, run)
    _let_fall(connection, laid, word.at)
    sung = [("produce", run.id)] if run.parent is not None and word.sings else []
    ways = [("produce", laid.id), ("release", laid.id), *sung]
    going = {way: dispatcher.last(*way) for way in ways}
    if run.parent is not None:
        enter(connection, _round(connection, laid, run, word))
    if sung:
        albums.make_anew(connection, run, word.at)
    runs.move(connection, laid.id, RunState.PRODUCING, word.at)
    dispatcher.enqueue(connection, "produce", laid.id, again=going["produce", laid.id][0] + 1)

    def call_off() -> None:
        for way, (number, alive) in going.items():
            if alive:
                dispatcher.cancel(*way, number)

    return runs.get(connection, laid.id), call_off


def _round(connection: sa.Connection, record: Run, song: Run, word: Word) -> Remake:
    """What a record makes again because one of its songs is another."""
    brief = runs.brief(connection, song.artist_id, song.brief_id)
    whole = runs.brief(connection, record.artist_id, record.brief_id)
    filmed = whole.with_video and brief.place == albums.arc_of(connection, record).lead
    return Remake(
        run_id=record.id,
        artist_id=record.artist_id,
        number=len(remakes.of_run(connection, record.id)) + 1,
        follow=parts.after_a_song(filmed=filmed),
        song=song.id,
        by=word.by,
        reason=word.reason,
        at=word.at,
    )


def enter(connection: sa.Connection, made: Remake) -> None:
    """Writes a remake and its audit row. Hold the run before."""
    remakes.add(connection, made)
    detail: dict[str, object] = {
        "number": made.number,
        "part": made.part.value if made.part else "",
        "anew": [name.value for name in made.anew],
        "follow": [name.value for name in made.follow],
        "title": made.title or "",
        "buy": made.buy,
        "reason": made.reason,
    }
    audit.record(
        connection,
        "run.remade",
        artist_id=made.artist_id,
        subject=made.run_id,
        actor=made.by,
        at=made.at,
        detail=detail | ({"song": made.song} if made.song else {}),
    )


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
