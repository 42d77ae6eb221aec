"""Studio sessions, their story line by line, and people's word on the terms they work under."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from noktvrn.kernel.errors import NotFound
from noktvrn.model.studio import StudioEvent, StudioSession, StudioTerms, TermsKind
from noktvrn.storage.tables import studio_events, studio_sessions, studio_terms


def add(connection: sa.Connection, session: StudioSession) -> bool:
    """Enters a session. False: it is in the books already, and nothing was written."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"artist_id": session.artist_id, "session_id": session.id, "opened_at": session.opened_at}
    entered = insert(studio_sessions).values(**row, **_moving(session))
    written = entered.on_conflict_do_nothing().returning(studio_sessions.c.session_id)
    return connection.execute(written).first() is not None


def put(connection: sa.Connection, session: StudioSession) -> None:
    """Writes a session as it stands now."""
    change = studio_sessions.update().where(studio_sessions.c.session_id == session.id)
    connection.execute(change.values(**_moving(session)))


def find(connection: sa.Connection, session_id: str) -> StudioSession | None:
    """A session by its id, or None."""
    query = sa.select(studio_sessions.c.data).where(studio_sessions.c.session_id == session_id)
    data = connection.execute(query).scalar_one_or_none()
    return StudioSession.model_validate(data) if data is not None else None


def get(connection: sa.Connection, session_id: str) -> StudioSession:
    """A session by its id. Raises NotFound."""
    return _there(find(connection, session_id), session_id)


def held(connection: sa.Connection, session_id: str) -> StudioSession:
    """A session, its row locked until the writing transaction ends. Raises NotFound."""
    query = sa.select(studio_sessions.c.session_id).where(studio_sessions.c.session_id == session_id)
    connection.execute(query.with_for_update())
    return get(connection, session_id)


def every(connection: sa.Connection) -> tuple[StudioSession, ...]:
    """All sessions, newest first."""
    newest = studio_sessions.c.opened_at.desc(), studio_sessions.c.session_id
    rows = connection.execute(sa.select(studio_sessions.c.data).order_by(*newest)).scalars()
    return tuple(StudioSession.model_validate(data) for data in rows)


def note(
    connection: sa.Connection, session: StudioSession, event: str, at: datetime, detail: dict[str, Any]
) -> None:
    """Adds a line to the session's story. Hold the session before."""
    query = sa.select(sa.func.max(studio_events.c.number)).where(studio_events.c.session_id == session.id)
    number = (connection.execute(query).scalar_one() or 0) + 1
    row = {"artist_id": session.artist_id, "session_id": session.id, "number": number}
    connection.execute(studio_events.insert().values(**row, event=event, data=detail, at=at))


def story(connection: sa.Connection, session: StudioSession) -> tuple[StudioEvent, ...]:
    """The session's story, oldest line first."""
    query = sa.select(studio_events).where(studio_events.c.session_id == session.id)
    rows = connection.execute(query.order_by(studio_events.c.number))
    return tuple(StudioEvent(number=r.number, event=r.event, at=r.at, detail=r.data) for r in rows)


def put_terms(connection: sa.Connection, terms: StudioTerms) -> None:
    """Keeps a person's word; what they said before stays in the books."""
    query = sa.select(sa.func.max(studio_terms.c.number)).where(studio_terms.c.actor == terms.actor)
    number = (connection.execute(query).scalar_one() or 0) + 1
    row = {"actor": terms.actor, "number": number, "kind": terms.kind, "at": terms.at}
    connection.execute(studio_terms.insert().values(**row, data=terms.as_data()))


def terms_of(connection: sa.Connection, kind: TermsKind, actor: str | None = None) -> StudioTerms | None:
    """The newest word on this kind of terms, of one person or of anybody; None: nobody said it."""
    query = sa.select(studio_terms.c.data).where(studio_terms.c.kind == kind)
    if actor is not None:
        query = query.where(studio_terms.c.actor == actor)
    newest = query.order_by(studio_terms.c.at.desc(), studio_terms.c.number.desc()).limit(1)
    data = connection.execute(newest).scalar_one_or_none()
    return StudioTerms.model_validate(data) if data is not None else None


def _there(found: StudioSession | None, session_id: str) -> StudioSession:
    if found is None:
        raise NotFound(
            f"There is no studio session {session_id}.",
            code="studio.not_found",
            hint="`noktvrn studio list` shows those there are.",
        )
    return found


def _moving(session: StudioSession) -> dict[str, Any]:
    state = session.step.value if session.step is not None else "asked"
    return {
        "driver": session.driver,
        "state": state,
        "data": session.as_data(),
        "updated_at": session.updated_at,
    }
