"""The label's one switch."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from noktvrn.api.routes.common import PROBLEMS, TheLabel
from noktvrn.storage.ledger.switch import Stop

router = APIRouter(prefix="/api", tags=["switch"], responses=PROBLEMS)

Who = Annotated[str, Field(min_length=1, max_length=70, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
"""A name without control characters, which no ledger keeps."""


class Stopping(BaseModel):
    """Who stops the label, and why."""

    model_config = ConfigDict(extra="forbid")
    by: Who
    reason: str = Field(default="", max_length=500)


class Starting(BaseModel):
    """Who lets it go on."""

    model_config = ConfigDict(extra="forbid")
    by: Who


class SwitchState(BaseModel):
    """Whether the label is stopped, by whom, why and since when; `runs` is how many held ones go on."""

    stopped: bool
    by: str = ""
    reason: str = ""
    at: datetime | None = None
    runs: int = 0


@router.get("/switch")
def state(label: TheLabel) -> SwitchState:
    """Whether the label works."""
    return _told(label.switch.state())


@router.post("/stop")
def stop(label: TheLabel, wish: Stopping) -> SwitchState:
    """Stops the label: no paid or outward call begins any more, renders end at their next checkpoint."""
    return _told(label.switch.stop(by=f"person:{wish.by}", reason=wish.reason))


@router.post("/start")
def start(label: TheLabel, wish: Starting) -> SwitchState:
    """Lets the label, and every run that was held, go on."""
    _, gone = label.switch.start(by=f"person:{wish.by}")
    return SwitchState(stopped=False, runs=gone)


def _told(stop: Stop | None) -> SwitchState:
    if stop is None:
        return SwitchState(stopped=False)
    return SwitchState(stopped=True, by=stop.by, reason=stop.reason, at=stop.at)
