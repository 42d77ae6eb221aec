"""Who wrote an artist, from the books of the writers' room: models, prompts, sessions and what they cost."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.model.artist import Authorship
from noktvrn.storage.ledger import words


def authors(connection: sa.Connection, artist_id: str, writer: str) -> tuple[Authorship, ...]:
    """One row for each session that was held for the artist, oldest first; `writer` alone where none was."""
    held = reversed(words.sessions(connection, task="profile", subject=artist_id))
    found = tuple(_author(connection, session, writer) for session in held)
    return found or (Authorship(task="profile", writer=writer, status="ok"),)


def _author(connection: sa.Connection, session: words.Session, writer: str) -> Authorship:
    calls = words.calls_of(connection, session.session_id)
    known = all(call.cost is not None for call in calls)
    return Authorship(
        task=session.task,
        writer=writer,
        provider=str(session.data.get("provider", "")),
        model=str(session.data.get("model", "")),
        prompt=str(session.data.get("prompt", "")),
        session_id=session.session_id,
        status=session.status,
        cost_micros=sum(_micros(call) for call in calls),
        cost_known=known,
    )


def _micros(call: words.Call) -> int:
    return call.cost if call.cost is not None else int(call.data.get("held", 0))
