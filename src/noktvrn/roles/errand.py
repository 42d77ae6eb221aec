"""On whose behalf an outside service is asked: what a ticket, a budget and a bill need to know."""

from __future__ import annotations

from pydantic import Field

from noktvrn.model.noun import Noun


class Errand(Noun):
    """`attempt` counts the takes of one stage: a new attempt is a new wish, the same attempt the same wish,
    however often a crash repeats it.

    `round` counts how often the stage was made; `kept`: what an earlier round of it was brought is taken once
    more, and nothing is ordered beside it.
    """

    artist_id: str = ""
    run_id: str = ""
    stage: str = ""
    attempt: int = Field(default=0, ge=0)
    round: int = Field(default=1, ge=1)
    kept: bool = False

    @property
    def key(self) -> str:
        """The wish without its words: what an idempotency key begins with."""
        return f"{self.run_id or self.artist_id}/{self.stage}/{self.attempt}"
