"""A label with artists of a ledger's making, and what its batch has begun."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from tests.integration.label.label_samples import enter_artist

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.ids import BriefId, PlanId, RunId, derive
from noktvrn.label.label import Label, open_label
from noktvrn.model.artist import Artist, LifecycleState
from noktvrn.model.brief import Brief
from noktvrn.model.plan import ContentPlan, PlanItem
from noktvrn.model.run import Run, RunState
from noktvrn.settings import Settings
from noktvrn.storage.ledger import artists, batch, plans, runs

NOW = datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)
TODAY = NOW.date()
MINUTE = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NAMES = ("Vesper Quill", "Halden Moor", "Ito Vale", "Mara Lune", "Oskar Fenn")


@contextmanager
def opened(settings: Settings, clock: FixedClock | None = None) -> Iterator[Label]:
    with open_label(settings, clock or FixedClock(NOW)) as label:
        yield label


def crew(label: Label, count: int) -> list[Artist]:
    """So many candidates."""
    return [enter_artist(label, name) for name in NAMES[:count]]


def begun(label: Label) -> list[Run]:
    """Every run there is, by its artist."""
    return sorted(label.runs.every(), key=lambda run: run.artist_id)


def recorded(label: Label) -> set[str]:
    """The runs the batch's own rows tell of."""
    with label.office.studio.database.read() as connection:
        found = (batch.find_run(connection, run.id) for run in runs.every(connection))
        return {one.run_id for one in found if one is not None}


def make_active(label: Label, artist: Artist, **changed: object) -> None:
    with label.office.studio.database.begin() as connection:
        held = artists.held(connection, artist.id)
        artists.save(connection, held.model_copy(update={"state": LifecycleState.ACTIVE, **changed}))


def put_run(label: Label, artist: Artist, state: RunState, at: datetime, number: int = 0) -> Run:
    brief = BriefId(derive("brief", artist.id, "put", number))
    run_id = RunId(derive("run", artist.id, brief))
    run = Run(id=run_id, artist_id=artist.id, brief_id=brief, state=state, created_at=at, updated_at=at)
    with label.office.studio.database.begin() as connection:
        runs.add(connection, run)
    return run


def put_plan(label: Label, artist: Artist, *days: int, starts: date = TODAY) -> list[str]:
    """A calendar of singles to be made so many days from now; returns their briefs."""
    plan_id = PlanId(derive("plan", artist.id, starts, *days))
    items = tuple(
        PlanItem(
            on=TODAY + timedelta(days=day + 14),
            produce_by=TODAY + timedelta(days=day),
            chapter="rise",
            brief=Brief(
                id=BriefId(derive("brief", plan_id, day)),
                artist_id=artist.id,
                artist_version=1,
                seed=7,
                theme="harbours",
                mood="calm",
                duration_s=120,
                due_on=TODAY + timedelta(days=day + 14),
            ),
        )
        for day in days
    )
    plan = ContentPlan(
        id=plan_id,
        artist_id=artist.id,
        artist_version=1,
        starts_on=starts,
        days=90,
        seed=7,
        arc="a tide",
        items=items,
        created_at=NOW,
    )
    with label.office.studio.database.begin() as connection:
        plans.put(connection, plan)
    return [item.brief.id for item in items]
