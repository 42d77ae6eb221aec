"""A room and a piece of writing as small as they can be, so that what is measured is the orchestrator."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from noktvrn.kernel.clock import SystemClock
from noktvrn.llm.desk import open_desk
from noktvrn.llm.endpoints import Endpoint
from noktvrn.llm.job import Job
from noktvrn.llm.orchestrator import Orchestrator
from noktvrn.llm.prices import Rates
from noktvrn.llm.prompt import prompt
from noktvrn.llm.text import DraftBase
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database

FACTS: dict[str, object] = dict.fromkeys(prompt("titles").inputs, "night drives")


class Titles(DraftBase):
    """The answer of the fake."""

    titles: list[str]


def job(wish: str, *, reuse: bool = False) -> Job[Titles, tuple[str, ...]]:
    """A wish for titles whose checks cost nothing."""
    return Job("titles", wish, FACTS, Titles, _finish, embedded=lambda: ("Untold",), reuse=reuse)


def _finish(draft: Titles, _author: str) -> tuple[str, ...]:
    return tuple(draft.titles)


def room(home: Path, *bases: str) -> Orchestrator:
    """An orchestrator over a ledger of its own, and these servers."""
    settings = Settings(home=home, llm_timeout_s=20, _env_file=None)
    database = Database(settings)
    migrate.upgrade(database)
    found = tuple(_endpoint(f"server{number}", base) for number, base in enumerate(bases))
    return open_desk(settings, SystemClock(), database, found=found)


def _endpoint(name: str, base: str) -> Endpoint:
    """Told the shape in words only, so that every subject sends the same request."""
    rates = Rates(250, 25, 2000, "bench", "1")
    return Endpoint(
        name, name.title(), base, "model-1", "max_tokens", SecretStr("x"), rates=rates, structured="none"
    )
