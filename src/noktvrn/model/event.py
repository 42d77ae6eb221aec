"""An event: one change of state in the label, for those who watch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from noktvrn.model.noun import Noun


class Event(Noun):
    """What changed, and when.

    `kind` is the thing and what became of it (`run.producing`, `stage.done`, `verdict.approved`), `subject`
    its id, `state` where it stands now. `number` is unique in the label and what a reader goes on from; on a
    server with several writers the numbers of two events may arrive in either order.
    """

    number: int = Field(ge=1)
    at: datetime
    kind: str
    subject: str
    artist_id: str = ""
    run_id: str = ""
    state: str = ""
    detail: dict[str, Any] = Field(default_factory=dict)
