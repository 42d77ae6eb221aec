"""Calendars."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.model.plan import ContentPlan
from noktvrn.storage.tables import plans


def put(connection: sa.Connection, plan: ContentPlan) -> bool:
    """Enters a plan; the same plan again is no change. Returns whether it is new."""
    key = (plans.c.artist_id == plan.artist_id, plans.c.plan_id == plan.id)
    if connection.execute(sa.select(plans.c.plan_id).where(*key)).first() is not None:
        return False
    connection.execute(
        plans.insert().values(
            artist_id=plan.artist_id, plan_id=plan.id, data=plan.as_data(), created_at=plan.created_at
        )
    )
    return True


def of_artist(connection: sa.Connection, artist_id: str) -> tuple[ContentPlan, ...]:
    """An artist's plans, newest first."""
    rows = connection.execute(
        sa.select(plans.c.data)
        .where(plans.c.artist_id == artist_id)
        .order_by(plans.c.created_at.desc(), plans.c.plan_id)
    )
    return tuple(ContentPlan.model_validate(data) for data in rows.scalars())
