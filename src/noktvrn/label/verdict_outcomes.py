"""A person's verdict on a run, handed back to the words in it: who wrote them, asked in which words.

Router and prompt trials learn from these rows. A capped autopilot's approval teaches nothing: nobody looked.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from noktvrn.production.albums import songs_of
from noktvrn.storage.ledger import outcomes, runs, words
from noktvrn.storage.ledger.words import Session

WRITTEN = frozenset(["ok", "degraded"])
MOST_SESSIONS = 200


def learn_from(connection: sa.Connection, run_id: str, *, approved: bool, at: datetime) -> int:
    """Enters the verdict for the work of each task that stands in the run; returns for how many."""
    score = 1.0 if approved else 0.0
    chosen = standing_sessions(connection, run_id)
    return sum(outcomes.add(connection, outcome(session, "verdict", 1, score, at)) for session in chosen)


def unlearn(connection: sa.Connection, run_id: str) -> int:
    """Takes back what a verdict that is taken back taught; returns of how many tasks."""
    chosen = standing_sessions(connection, run_id)
    return outcomes.withdraw(connection, [session.session_id for session in chosen], "verdict")


def standing_sessions(connection: sa.Connection, run_id: str) -> list[Session]:
    """The sessions whose work stands in the run, one for each task; of a record also those of its songs."""
    run = runs.find(connection, run_id)
    songs = songs_of(connection, run) if run is not None else ()
    return [one for subject in (run_id, *(song.id for song in songs)) for one in _of(connection, subject)]


def _of(connection: sa.Connection, run_id: str) -> list[Session]:
    found = words.sessions(connection, subject=run_id, limit=MOST_SESSIONS)
    written = [session for session in found if session.status in WRITTEN]
    latest: dict[str, Session] = {}
    for session in written:  # newest first: what was written last is what stands in the run
        latest.setdefault(session.task, session)
    stories = [_story(connection, session) for session in written]
    by_id = {session.session_id: session for session in written}
    return [_chosen(session, stories, by_id) for session in latest.values()]


def outcome(session: Session, kind: outcomes.Kind, number: int, score: float, at: datetime) -> outcomes.Row:
    """What became of the work of a session, as router and trials read it."""
    return outcomes.Row(
        session_id=session.session_id,
        kind=kind,
        number=number,
        task=session.task,
        provider=str(session.data.get("provider", "")),
        model=str(session.data.get("model", "")),
        prompt=str(session.data.get("prompt", "")),
        score=score,
        at=at,
    )


def _story(connection: sa.Connection, session: Session) -> tuple[frozenset[str], str]:
    """The sessions whose drafts were held against each other, and the one whose draft was chosen."""
    reviews = words.reviews_of(connection, session.session_id)
    drafts = frozenset(str(row.data.get("session", "")) for row in reviews)
    choice = next((str(row.data["session"]) for row in reviews if row.kind == "choice"), "")
    return drafts, choice


def _chosen(
    session: Session, stories: list[tuple[frozenset[str], str]], by_id: dict[str, Session]
) -> Session:
    choices = (choice for drafts, choice in stories if session.session_id in drafts)
    return by_id.get(next(choices, ""), session)
