"""What is read of the server's answers, and which error a refusal is."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.calls import Reply, refusal
from noktvrn.outbound.troubles import Trouble, quoted, trouble

NAME = "acestep"
NAMED = "The ACE-Step server"
QUEUE_FULL = 429


class Answer(BaseModel):
    """What is read of an answer; whatever else there is, is left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Wrapper(Answer):
    """What every answer comes in."""

    data: Any = None
    code: int = 200
    error: str | None = None


class Released(Answer):
    """A task that was taken."""

    task_id: str = Field(min_length=1, max_length=120)


class Queried(Answer):
    """How a task stands; `result` is JSON in a string."""

    task_id: str = Field(default="", max_length=120)
    status: int = 0
    result: str | None = Field(default=None, max_length=1_000_000)
    progress_text: str | None = None


class Metas(Answer):
    """What the server says of a song."""

    duration: float | None = Field(default=None, ge=0, le=100_000)


class Made(Answer):
    """One song of a result."""

    file: str = Field(default="", max_length=4000)
    error: str | None = None
    metas: Metas | None = None


def opened(reply: Reply, *, paid: bool) -> Wrapper:
    """What an answer holds.

    Raises:
        Outside: it says no, or is none of the server's.
    """
    if not reply.ok:
        raise _refused(reply, paid=paid)
    try:
        wrapper = Wrapper.model_validate(reply.json())
    except (LabelError, ValidationError):
        wrapper = None
    if wrapper is None:
        raise trouble(
            Trouble.UNKNOWN if paid else Trouble.CONTRACT, NAMED, "what came is none of its answers"
        )
    if wrapper.code != 200:
        theirs = Trouble.UNKNOWN if paid else Trouble.TRANSIENT
        raise trouble(Trouble.INVALID if wrapper.code < 500 else theirs, NAMED, wrapper.error or "")
    return wrapper


def _refused(reply: Reply, *, paid: bool) -> LabelError:
    """The error of an HTTP status; a full queue has no room, which is not being asked too often."""
    try:
        data = reply.json()
    except LabelError:
        data = None
    detail = data.get("detail") if isinstance(data, dict) else None
    if reply.status == QUEUE_FULL:
        return trouble(Trouble.BUSY, NAMED, detail if isinstance(detail, str) else "")
    error = refusal(reply, NAMED, paid=paid)
    if isinstance(detail, str) and detail:
        error.message = f"{error.message} {quoted(detail)}"
    return error


def queried(wrapper: Wrapper, ref: str) -> Queried:
    """The task's own row. Raises trouble CONTRACT where there is none."""
    rows = wrapper.data if isinstance(wrapper.data, list) else []
    try:
        found = [Queried.model_validate(row) for row in rows[:8]]
    except ValidationError:
        found = []
    mine = next((row for row in found if row.task_id in ("", ref)), None)
    if mine is None:
        raise trouble(Trouble.CONTRACT, NAMED, "it tells nothing of the task")
    return mine


def songs_of(found: Queried) -> tuple[Made, ...]:
    """What the string of a result holds; nothing where it cannot be read."""
    try:
        rows = json.loads(found.result) if found.result else []
    except (ValueError, RecursionError):
        rows = []
    try:
        return tuple(Made.model_validate(row) for row in (rows if isinstance(rows, list) else [])[:8])
    except ValidationError:
        return ()


def why(songs: tuple[Made, ...], found: Queried) -> str:
    told = next((song.error for song in songs if song.error), None)
    return told or found.progress_text or "It failed there."
