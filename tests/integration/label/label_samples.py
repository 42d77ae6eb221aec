"""Artists, runs and drafts entered straight into the ledger, and stages that cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from tests.unit.release import release_samples as samples

from noktvrn.kernel.clock import Clock, FixedClock
from noktvrn.kernel.ids import ArtistId, RunId, derive
from noktvrn.label.briefs import make_brief
from noktvrn.label.label import Label, open_label
from noktvrn.model.artist import Artist, CreationReport
from noktvrn.model.finding import Report
from noktvrn.model.release import ReleaseDraft
from noktvrn.model.run import Run, RunState, StageName, StageRecord
from noktvrn.model.verdict import ReviewItem
from noktvrn.production import engine
from noktvrn.production.scene import Outcome, Scene, Stage
from noktvrn.release.draft import draft_of
from noktvrn.settings import Settings
from noktvrn.storage.ledger import artists, reviews, runs

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)

Deed = Callable[[Scene], None]


@contextmanager
def label_at(settings: Settings, clock: Clock | None = None) -> Iterator[Label]:
    with open_label(settings, clock or FixedClock(NOW)) as label:
        yield label


def enter_artist(label: Label, name: str = "Vesper Quill") -> Artist:
    artist = samples.artist(name).model_copy(update={"id": ArtistId(derive("artist", name))})
    report = CreationReport(artist_id=artist.id, prompt=artist.prompt, seed=artist.seed, writer="sample")
    with label.office.studio.database.begin() as connection:
        artists.add(connection, artist, report)
    return artist


def draft(artist: Artist, run_id: str, title: str = "Glass Hours") -> ReleaseDraft:
    track = samples.track(title, artist_id=artist.id)
    return draft_of(samples.dossier(run_id=RunId(run_id), artist=artist, track=track))


def item_of(work: ReleaseDraft, at: datetime) -> ReviewItem:
    return ReviewItem(
        run_id=work.run_id,
        artist_id=work.artist_id,
        title=work.title,
        artist_name=work.artist_name,
        approval_hash=work.approval_hash(),
        opened_at=at,
        expires_at=at + WEEK,
    )


def put_draft(connection: sa.Connection, run: Run, work: ReleaseDraft, *, attempt: int = 1) -> None:
    record = StageRecord(
        stage=StageName.VALIDATE,
        attempt=attempt,
        seed=7,
        state="done",
        started_at=run.created_at,
        ended_at=run.created_at,
        result=work.as_data(),
    )
    runs.put_stage(connection, run, record)


def lay_on_desk(label: Label, artist: Artist, number: int = 0, *, autopilot: bool = False) -> Run:
    """A run that was produced and waits, as the stages would have left it."""
    at = label.office.studio.clock.now()
    brief = make_brief(artist, f"sample {number}")
    run = Run(
        id=RunId(derive("run", artist.id, number)),
        artist_id=artist.id,
        brief_id=brief.id,
        state=RunState.AWAITING_REVIEW,
        autopilot=autopilot,
        created_at=at,
        updated_at=at,
    )
    with label.office.studio.database.begin() as connection:
        runs.add_brief(connection, brief, at)
        runs.add(connection, run)
        put_draft(connection, run, draft(artist, run.id))
        reviews.open_(connection, item_of(draft(artist, run.id), at))
    return run


def light_stages(
    called: list[StageName], deeds: dict[StageName, Deed] | None = None
) -> dict[StageName, Stage]:
    """Stages that make next to nothing and note that they were called; `deeds` happen inside a stage."""

    def stage(scene: Scene) -> Outcome:
        called.append(scene.stage)
        if deeds and scene.stage in deeds:
            deeds[scene.stage](scene)
        work = draft(scene.artist, scene.run.id)
        if scene.stage is StageName.VALIDATE:
            return Outcome(work)
        made = Report(subject=scene.stage.value, checked=1)
        if scene.stage is not StageName.PREVIEW:
            return Outcome(made)
        item = item_of(work, scene.studio.clock.now())
        return Outcome(made, commits=[lambda connection: reviews.open_(connection, item)])

    return dict.fromkeys(StageName, stage)


@contextmanager
def working(
    label: Label, called: list[StageName], deeds: dict[StageName, Deed] | None = None
) -> Iterator[None]:
    """This process works with light stages until the block ends."""
    with engine.running(label.office.studio, light_stages(called, deeds)):
        yield


def settle(label: Label, run_id: str, *, timeout_s: float = 30) -> Run:
    """Watches the run until it stands still."""
    sight = list(label.runs.watch(run_id, timeout_s=timeout_s))[-1]
    return sight.run


def times_enqueued(label: Label, workflow: str, run_id: str) -> int:
    """How often a workflow was asked for, as the engine's own table has it."""
    database = label.office.studio.database
    table = "workflow_status" if database.is_sqlite else "dbos.workflow_status"
    query = sa.text(f"SELECT count(*) FROM {table} WHERE workflow_uuid LIKE :id")  # noqa: S608
    with database.read() as connection:
        return int(connection.execute(query, {"id": f"{run_id}:{workflow}:%"}).scalar_one())
