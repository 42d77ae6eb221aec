"""The desk."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from noktvrn.api.routes.common import PROBLEMS, TheLabel
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
    """Who rejects, and why."""

    model_config = ConfigDict(extra="forbid")
    by: Who
    reason: str = Field(min_length=1, max_length=2000)


class Preference(BaseModel):
    """Who prefers which take, and why."""

    model_config = ConfigDict(extra="forbid")
    by: Who
    take: int = Field(ge=1, le=20)
    reason: str = Field(default="", max_length=2000)


@router.get("", operation_id="list_reviews", summary="What waits for a verdict")
def queue(label: TheLabel) -> list[ReviewItem]:
    """Longest first."""
    return list(label.desk.queue())


@router.post("/{run_id}/approve", operation_id="approve_run", summary="Approve exactly what was seen")
def approve(label: TheLabel, run_id: str, wish: Approval) -> Verdict:
    """Its release is enqueued in the same transaction."""
    return label.desk.approve(
        run_id, by=f"person:{wish.by}", door="api", approval_hash=wish.approval_hash, reason=wish.reason
    )


@router.post("/{run_id}/reject", operation_id="reject_run", summary="Reject what lies on the desk")
def reject(label: TheLabel, run_id: str, wish: Rejection) -> Verdict:
    """The reason is kept for those who learn from it."""
    return label.desk.reject(run_id, by=f"person:{wish.by}", door="api", reason=wish.reason)


@router.get("/{run_id}/takes", operation_id="list_takes", summary="The takes of a run, best first")
def takes(label: TheLabel, run_id: str) -> list[TakeSight]:
    """With what was found and scored of each; `preview` is a path on the label's own machine."""
    return list(label.takes.of(run_id))


@router.post("/{run_id}/choose", status_code=202, operation_id="choose_take", summary="Prefer another take")
def choose(label: TheLabel, run_id: str, wish: Preference) -> Run:
    """What follows from the recording is made anew by a worker; a verdict that was given falls."""
    return label.takes.choose(run_id, wish.take, by=f"person:{wish.by}", reason=wish.reason)
