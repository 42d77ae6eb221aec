"""Calendars, and an index of their entries for whoever looks at those of all artists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from noktvrn.model.plan import ContentPlan
from noktvrn.storage.tables import plan_items, plans

MADE_ALONE = ("single",)
"""Kinds of entries a production is started for; teasers and posts come with it."""


# The state is part of the statement, so that both databases know their partial indexes cover it.
_OPEN = plan_items.c.state == sa.literal_column("'open'"), plan_items.c.content_type.in_(MADE_ALONE)


class OpenItem(NamedTuple):
    """An entry of a calendar that nobody began."""

    artist_id: str
    brief_id: str
    on: date
    produce_by: date


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
    _supersede(connection, plan)
    _enter_items(connection, plan)
    return True


def _supersede(connection: sa.Connection, plan: ContentPlan) -> None:
    """Of two calendars over one day the newer one's entries count."""
    end = plan.starts_on + timedelta(days=plan.days)
    connection.execute(
        plan_items.update()
        .where(
            plan_items.c.artist_id == plan.artist_id,
            plan_items.c.state == "open",
            plan_items.c.on_day >= plan.starts_on,
            plan_items.c.on_day < end,
        )
        .values(state="superseded")
    )


def _enter_items(connection: sa.Connection, plan: ContentPlan) -> None:
    rows = [
        {
            "artist_id": plan.artist_id,
            "plan_id": plan.id,
            "number": number,
            "brief_id": item.brief.id,
            "content_type": item.brief.content_type,
            "on_day": item.on,
            "produce_by": item.produce_by,
            "state": "open",
        }
        for number, item in enumerate(plan.items, start=1)
    ]
    if rows:
        connection.execute(plan_items.insert(), rows)


def begun(connection: sa.Connection, artist_id: str, brief_id: str) -> None:
    """A run was begun for a brief: where it is an entry of a calendar, the entry is open no longer."""
    mine = plan_items.c.artist_id == artist_id, plan_items.c.brief_id == brief_id
    connection.execute(plan_items.update().where(*mine).values(state="made"))


def due(connection: sa.Connection, *, from_day: date, until: date) -> Iterator[OpenItem]:
    """Entries of all artists that nobody began, to be made until a day, whose own day is not over; the most
    pressing first."""
    query = (
        sa.select(plan_items.c.artist_id, plan_items.c.brief_id, plan_items.c.on_day, plan_items.c.produce_by)
        .where(*_OPEN, plan_items.c.produce_by <= until, plan_items.c.on_day >= from_day)
        .order_by(plan_items.c.produce_by, plan_items.c.artist_id, plan_items.c.brief_id)
    )
    for row in connection.execute(query):
        yield OpenItem(row.artist_id, row.brief_id, row.on_day, row.produce_by)


def planned(connection: sa.Connection, *, from_day: date) -> set[str]:
    """The artists whose calendars have such entries from a day on."""
    query = sa.select(plan_items.c.artist_id).where(*_OPEN, plan_items.c.on_day >= from_day).distinct()
    return set(connection.execute(query).scalars())


def missed(connection: sa.Connection, *, before: date) -> int:
    """How many entries nobody began before their day was over."""
    query = sa.select(sa.func.count()).select_from(plan_items).where(*_OPEN, plan_items.c.on_day < before)
    return int(connection.execute(query).scalar_one())


def of_artist(connection: sa.Connection, artist_id: str) -> tuple[ContentPlan, ...]:
    """An artist's plans, newest first."""
    rows = connection.execute(
        sa.select(plans.c.data)
        .where(plans.c.artist_id == artist_id)
        .order_by(plans.c.created_at.desc(), plans.c.plan_id)
    )
    return tuple(ContentPlan.model_validate(data) for data in rows.scalars())
