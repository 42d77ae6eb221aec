"""Runs and releases."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from noktvrn.api.routes.common import ACTOR, PROBLEMS, TheLabel
from noktvrn.api.routes.reviews import Who
from noktvrn.model.release import Release
from noktvrn.model.remake import Part
from noktvrn.model.run import Run, StageRecord

router = APIRouter(prefix="/api", responses=PROBLEMS)


class SongOfRecord(BaseModel):
    """A song of an EP or album: its run, and the stage it is at."""

    number: int
    title: str
    role: str
    run_id: str
    state: str
    stage: str
    duration_s: float | None
    error: str


class RunSight(BaseModel):
    """A run and what its stages came to; of an EP or album its songs."""

    run: Run
    stages: list[StageRecord]
    songs: list[SongOfRecord] = []


class RemakeWish(BaseModel):
    """Who wants what made anew: one part (`only`), or everything from a stage on (`from`)."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    by: Who
    only: Part | None = None
    from_: str | None = Field(default=None, alias="from", max_length=40)
    title: str | None = Field(default=None, max_length=120)
    reason: str = Field(default="", max_length=2000)
    buy: bool = False


@router.get("/runs", tags=["runs"], operation_id="list_runs", summary="All runs")
def every(label: TheLabel) -> list[Run]:
    """Newest first."""
    return list(label.runs.every())


@router.get("/runs/{run_id}", tags=["runs"], operation_id="view_run", summary="One run")
def view(label: TheLabel, run_id: str) -> RunSight:
    """Stage by stage."""
    sight = label.runs.look(run_id)
    songs = [SongOfRecord.model_validate(song.as_data()) for song in sight.songs]
    return RunSight(run=sight.run, stages=list(sight.stages), songs=songs)


@router.post("/runs/{run_id}/resume", tags=["runs"], operation_id="resume_run", summary="Let a run go on")
def resume(label: TheLabel, run_id: str) -> Run:
    """From where it stands."""
    return label.runs.resume(run_id, actor=ACTOR)


@router.post(
    "/runs/{run_id}/remake", tags=["runs"], operation_id="remake_run", summary="Make a part of a run anew"
)
def remake(label: TheLabel, run_id: str, wish: RemakeWish) -> Run:
    """Everything else is kept, a verdict falls, and nobody paid is asked again unless `buy` says so. Of a
    song of a record the run returned is its record's, which goes on with it."""
    return label.remakes.remake(
        run_id,
        by=f"person:{wish.by}",
        only=wish.only,
        stage=wish.from_,
        title=wish.title,
        reason=wish.reason,
        buy=wish.buy,
    )


@router.post("/runs/{run_id}/cancel", tags=["runs"], operation_id="cancel_run", summary="Stop a run")
def cancel(label: TheLabel, run_id: str) -> Run:
    """Before its next stage."""
    return label.runs.cancel(run_id, actor=ACTOR)


@router.get("/releases", tags=["releases"], operation_id="list_releases", summary="Sealed releases")
def releases(label: TheLabel) -> list[Release]:
    """Newest first."""
    return list(label.releases.every())


@router.get(
    "/releases/{release_id}", tags=["releases"], operation_id="view_release", summary="One sealed release"
)
def release(label: TheLabel, release_id: str) -> Release:
    """Codes, dates, disclosure, files."""
    return label.releases.get(release_id)
