"""Notices that were handed on, so that none is sent twice."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from noktvrn.storage.tables import notices


def sent(connection: sa.Connection, messenger: str, key: str) -> bool:
    """Whether this messenger has already handed on this notice."""
    query = sa.select(notices.c.key).where(notices.c.messenger == messenger, notices.c.key == key)
    return connection.execute(query).first() is not None


def put(connection: sa.Connection, messenger: str, key: str, data: dict[str, object], at: datetime) -> None:
    """Notes a notice as handed on."""
    if not sent(connection, messenger, key):
        connection.execute(notices.insert().values(messenger=messenger, key=key, data=data, sent_at=at))
