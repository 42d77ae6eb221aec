"""A label that is older than the roster: its artists, runs and calendars are on it after the update."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.unit.planning import planning_samples as samples

from noktvrn.kernel.ids import BriefId, RunId
from noktvrn.model.artist import LifecycleState
from noktvrn.model.run import Run, RunState
from noktvrn.planning.calendar import make_plan
from noktvrn.settings import Settings
from noktvrn.storage import migrate, tables
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import plans, roster, runs

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.usefixtures("real_migrations")
@pytest.mark.both
def test_an_older_labels_artists_and_calendars_are_entered(settings: Settings) -> None:
    artist = samples.planned_artist().model_copy(
        update={"consecutive_rejections": 3, "state": LifecycleState.ACTIVE}
    )
    older, newer = (
        make_plan(artist, starts_on=at.date(), days=60, seed=7, now=at)
        for at in (NOW, NOW + timedelta(days=30))
    )
    singles = [item for item in older.items if item.brief.content_type == "single"]
    run = Run(
        id=RunId("run_0000000000001"),
        artist_id=artist.id,
        brief_id=BriefId(singles[0].brief.id),
        state=RunState.COMPLETED,
        created_at=NOW,
        updated_at=NOW,
    )
    database = Database(settings)
    migrate.upgrade(database)
    migrate.downgrade(database, "0011")
    with database.begin() as connection:
        times = {"created_at": artist.created_at, "updated_at": artist.created_at}
        row = {"artist_id": artist.id, "version": 1, "state": "active", "stage_name": "Halden Moor"}
        connection.execute(tables.artists.insert().values(**row, **times, data=artist.as_data()))
        for plan in (older, newer):
            told = {"artist_id": artist.id, "plan_id": plan.id, "data": plan.as_data()}
            connection.execute(tables.plans.insert().values(**told, created_at=plan.created_at))
        told = {"artist_id": artist.id, "run_id": run.id, "brief_id": run.brief_id, "state": "completed"}
        whole = {"data": run.as_data(), "created_at": NOW, "updated_at": NOW}
        connection.execute(tables.runs.insert().values(**told, **whole))
    migrate.upgrade(database)
    with database.read() as connection:
        found = roster.get(connection, artist.id)
        open_ = {one.brief_id for one in plans.due(connection, from_day=date.min, until=date.max)}
        assert runs.get(connection, run.id) == run
    assert (found.state, found.joined_at, found.last_run_at) == (
        LifecycleState.ACTIVE,
        artist.created_at,
        NOW,
    )
    assert (found.rejections, found.check_at) == (3, None)
    first_of_newer = newer.starts_on
    assert open_ == {item.brief.id for item in singles[1:] if item.on < first_of_newer} | {
        item.brief.id for item in newer.items if item.brief.content_type == "single"
    }
    database.close()
