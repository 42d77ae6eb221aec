"""The desk."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from noktvrn.api.routes.common import PROBLEMS, TheLabel
from noktvrn.label.previews import preview_file
from noktvrn.label.takes import TakeSight
from noktvrn.model.run import Run
from noktvrn.model.verdict import ReviewItem, Verdict

router = APIRouter(prefix="/api/reviews", tags=["reviews"], responses=PROBLEMS)


Who = Annotated[str, Field(min_length=1, max_length=70, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
"""A name without control characters, which no ledger keeps."""


class Approval(BaseModel):
    """Who approves what. The hash is the one shown with the preview."""

    model_config = ConfigDict(extra="forbid")
    by: Who
    approval_hash: str = Field(pattern="^[0-9a-f]{64}$")
    reason: str = Field(default="", max_length=2000)


class Rejection(BaseModel):
    """Who rejects, and why. With the hash that was shown, nothing else is rejected."""

    model_config = ConfigDict(extra="forbid")
    by: Who
    reason: str = Field(min_length=1, max_length=2000)
    approval_hash: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")


class Preference(BaseModel):
    """Who prefers which take, and why."""

    model_config = ConfigDict(extra="forbid")
    by: Who
    take: int = Field(ge=1, le=20)
    reason: str = Field(default="", max_length=2000)


class Undoing(BaseModel):
    """Who takes a verdict back."""

    model_config = ConfigDict(extra="forbid")
    by: Who


class AutopilotWish(BaseModel):
    """Who lets autopilot give verdicts, or not."""

    model_config = ConfigDict(extra="forbid")
    by: Who
    on: bool


class AutopilotState(BaseModel):
    """Whether autopilot may give verdicts, and its caps: releases it approved in 24 hours, and what they cost
    in millionths of a US dollar (`most_micros` null: no cap). The settings' word is above the switch."""

    on: bool
    releases: int
    most_releases: int
    micros: int
    most_micros: int | None


class Entry(BaseModel):
    """One entry of the desk, and the verdict where there is one."""

    review: ReviewItem
    verdict: Verdict | None


@router.get("", operation_id="list_reviews", summary="What waits for a verdict")
def queue(label: TheLabel, limit: Annotated[int, Query(ge=1, le=10_000)] = 1000) -> list[ReviewItem]:
    """Longest first, at most `limit`."""
    return list(label.desk.queue(limit=limit))


@router.get("/autopilot", operation_id="view_autopilot", summary="Whether autopilot may give verdicts")
def autopilot(label: TheLabel) -> AutopilotState:
    """And what is used of its caps."""
    return AutopilotState(**label.desk.allowance()._asdict())


@router.put("/autopilot", operation_id="switch_autopilot", summary="Let autopilot give verdicts, or not")
def switch_autopilot(label: TheLabel, wish: AutopilotWish) -> AutopilotState:
    """For the whole label; `on` in the answer is what came of it."""
    label.desk.switch_autopilot(wish.on, by=f"person:{wish.by}")
    return AutopilotState(**label.desk.allowance()._asdict())


@router.get("/{run_id}", operation_id="view_review", summary="One entry of the desk and its verdict")
def show(label: TheLabel, run_id: str) -> Entry:
    """The entry stays after its verdict."""
    review, verdict = label.desk.show(run_id)
    return Entry(review=review, verdict=verdict)


@router.get(
    "/{run_id}/preview/{path:path}",
    operation_id="view_preview",
    summary="A file of the preview: index.html, or what it shows",
    response_class=FileResponse,
)
def preview(label: TheLabel, run_id: str, path: str) -> FileResponse:
    """As it was laid out for people; on the machine that produced it."""
    return FileResponse(preview_file(label, label.runs.get(run_id), path))


@router.post("/{run_id}/undo", operation_id="undo_verdict", summary="Take a verdict back")
def undo(label: TheLabel, run_id: str, wish: Undoing) -> Run:
    """Within NOKTVRN_UNDO_S seconds, and only while the release has not begun."""
    return label.desk.undo(run_id, by=f"person:{wish.by}", door="api")


@router.post("/{run_id}/approve", operation_id="approve_run", summary="Approve exactly what was seen")
def approve(label: TheLabel, run_id: str, wish: Approval) -> Verdict:
    """Its release is enqueued in the same transaction."""
    return label.desk.approve(
        run_id, by=f"person:{wish.by}", door="api", approval_hash=wish.approval_hash, reason=wish.reason
    )


@router.post("/{run_id}/reject", operation_id="reject_run", summary="Reject what lies on the desk")
def reject(label: TheLabel, run_id: str, wish: Rejection) -> Verdict:
    """The reason is kept for those who learn from it."""
    return label.desk.reject(
        run_id, by=f"person:{wish.by}", door="api", reason=wish.reason, approval_hash=wish.approval_hash
    )


@router.get("/{run_id}/takes", operation_id="list_takes", summary="The takes of a run, best first")
def takes(label: TheLabel, run_id: str) -> list[TakeSight]:
    """With what was found and scored of each; `preview` is a path on the label's own machine."""
    return list(label.takes.of(run_id))


@router.post("/{run_id}/choose", status_code=202, operation_id="choose_take", summary="Prefer another take")
def choose(label: TheLabel, run_id: str, wish: Preference) -> Run:
    """What follows from the recording is made anew by a worker; a verdict that was given falls. Of a song of
    a record the run returned is its record's."""
    return label.takes.choose(run_id, wish.take, by=f"person:{wish.by}", reason=wish.reason)
