"""What happens in the label, as it happens."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from noktvrn.api.feed import MEDIA_TYPE, EventStream, Wish
from noktvrn.api.routes.common import PROBLEMS, TheLabel
from noktvrn.kernel.errors import Invalid

router = APIRouter(prefix="/api", tags=["events"], responses=PROBLEMS)

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {}}, "description": "Server-sent events."}
}
_HIGHEST = 2**63 - 1

After = Annotated[int | None, Query(ge=0, le=_HIGHEST, description="Begin behind this event.")]
LastEventId = Annotated[str | None, Header(description="Where a broken stream goes on; wins over `after`.")]


@router.get(
    "/events",
    operation_id="watch_label",
    summary="Every change of state, as a stream",
    response_class=Response,
    responses=_STREAM,
)
def every(
    request: Request,
    label: TheLabel,
    after: After = None,
    last_event_id: LastEventId = None,
    artist_id: str | None = None,
) -> Response:
    """From now on, or behind an event; the stream ends after a quarter of an hour and is asked for again."""
    if artist_id is not None:
        label.artists.get(artist_id)
    return EventStream(request, label, Wish(_place(last_event_id, after), artist_id=artist_id))


@router.get(
    "/runs/{run_id}/events",
    operation_id="watch_run",
    summary="One run's changes of state, as a stream",
    response_class=Response,
    responses=_STREAM,
)
def of_run(
    request: Request, label: TheLabel, run_id: str, after: After = None, last_event_id: LastEventId = None
) -> Response:
    """From the run's first event on, unless another place is named."""
    run = label.runs.get(run_id)
    return EventStream(request, label, Wish(_place(last_event_id, after) or 0, run_id=run.id))


def _place(last_event_id: str | None, after: int | None) -> int | None:
    if not last_event_id:
        return after
    digits = last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 20
    if not digits or int(last_event_id) > _HIGHEST:
        raise Invalid(
            "Last-Event-ID is not the number of an event.",
            code="events.bad_id",
            hint="Send the id of the last message you got, or none.",
        )
    return int(last_event_id)
