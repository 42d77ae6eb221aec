"""What the choice of a cycle knows of every artist: a few queries over narrow rows, whatever their number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from noktvrn.label.batch.nouns import Story
from noktvrn.model.run import UNDER_WAY, RunState
from noktvrn.planning.selection import Due, Rules, Selection, Standing, select
from noktvrn.settings import Settings
from noktvrn.storage.ledger import batch, budgets, caps, desk, plans, roster
from noktvrn.storage.ledger.budgets import Limit

BUSY = UNDER_WAY | {RunState.HELD}
REMEMBERED = 10
"""How many cycles back it counts that an artist could not be started."""


def choose(connection: sa.Connection, settings: Settings, now: datetime) -> tuple[Selection, str]:
    """Whom a cycle that begins now produces; and what there is to say of it."""
    waiting = desk.count(connection)
    full = waiting >= settings.batch_desk
    places = 0 if full else settings.batch_runs
    rules = Rules(places, timedelta(days=settings.batch_rest_days))
    selection = select(standings(connection, settings, now), rules, now)
    note = f"{waiting} runs wait for a verdict, {settings.batch_desk} are enough" if full else ""
    return selection, note


def standings(connection: sa.Connection, settings: Settings, now: datetime) -> list[Standing]:
    """Every artist of the roster as the choice sees it."""
    today = now.astimezone(UTC).date()
    until = today + timedelta(days=settings.batch_ahead_days)
    due: dict[str, Due] = {}
    for item in plans.due(connection, from_day=today, until=until):
        due.setdefault(item.artist_id, Due(item.produce_by, item.brief_id))
    planned = plans.planned(connection, from_day=today)
    busy = roster.in_states(connection, [state.value for state in BUSY])
    on_desk = roster.in_states(connection, [RunState.AWAITING_REVIEW.value])
    stumbled = {
        one.artist_id
        for slot in batch.latest_slots(connection, limit=REMEMBERED)
        for one in Story.model_validate(slot.data).skipped
    }
    spent_all, spent = out_of_money(connection, settings, now)
    return [
        Standing(
            row.artist_id,
            row.state,
            row.last_run_at,
            busy=row.artist_id in busy,
            on_desk=row.artist_id in on_desk,
            planned=row.artist_id in planned,
            due=due.get(row.artist_id),
            has_budget=not spent_all and row.artist_id not in spent,
            stumbled=row.artist_id in stumbled,
        )
        for row in roster.every(connection)
    ]


def out_of_money(connection: sa.Connection, settings: Settings, now: datetime) -> tuple[bool, set[str]]:
    """Whether the label, or its day, has nothing left to spend; and the artists that have nothing left.

    Only what is capped can be used up; a label that buys nothing has no caps to reach.
    """
    known = caps.known(connection)
    if not known and not any((settings.budget, settings.budget_day, settings.budget_artist)):
        return False, set()
    day = f"day:{now.astimezone(UTC).date()}"
    books = [row for row in budgets.every(connection) if row.currency == "USD"]
    at_start = {"label": settings.budget, day: settings.budget_day}
    limits = [Limit(row.scope, at_start.get(row.scope, _artists_cap(row.scope, settings))) for row in books]
    full = {
        row.scope
        for row, limit in zip(books, caps.over(known, limits), strict=True)
        if limit.cap_micros is not None and row.spent + row.held >= limit.cap_micros
    }
    artists = {scope.removeprefix("artist:") for scope in full if scope.startswith("artist:")}
    return bool(full & {"label", day}), artists


def _artists_cap(scope: str, settings: Settings) -> int | None:
    return settings.budget_artist if scope.startswith("artist:") else None
