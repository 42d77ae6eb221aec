"""A fault: something went wrong that should not have, as often as it did."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from noktvrn.model.noun import Noun

REPEATED = 3
"""How often the world outside may fail in the same way before it counts as a fault."""


class FaultReport(Noun):
    """One way of failing, however often it was seen. Nothing in it is a secret or the text of a file.

    `kind` is the class of the error, `place` the innermost function of ours it passed through, `trace` the
    functions of ours from the outermost in, each with its line. `outside`: the world failed, not we.
    """

    id: str
    kind: str
    code: str
    message: str
    place: str
    hint: str = ""
    trace: tuple[str, ...] = ()
    outside: bool = False
    count: int = Field(default=1, ge=1)
    first_at: datetime
    last_at: datetime
    run_id: str = ""
    artist_id: str = ""
    provider: str = ""
    stage: str = ""
    acked_by: str = ""
    acked_at: datetime | None = None
    told_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether it is one for people: ours at once, the world's when it repeats itself."""
        return not self.outside or self.count >= REPEATED
