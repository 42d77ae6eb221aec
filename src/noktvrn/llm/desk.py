"""What the orchestrator works with, put together from the settings.

Nothing here opens a connection or loads a library of the wire: with no model configured, none ever is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, Protocol, get_args
from weakref import WeakKeyDictionary

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.seeds import derive_seed
from noktvrn.llm.notices import LlmNotice, Notices
from noktvrn.llm.prompt import Prompt, Words, prompt
from noktvrn.llm.result import Reply, Task
from noktvrn.llm.sessions import Store

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic import BaseModel

    from noktvrn.llm.cache import Cache
    from noktvrn.llm.cassette import Cassette
    from noktvrn.llm.endpoints import Endpoint
    from noktvrn.llm.orchestrator import Orchestrator
    from noktvrn.llm.ranking import Ranking
    from noktvrn.llm.trials.trials import Trials
    from noktvrn.outbound.breakers import Breakers
    from noktvrn.outbound.budgets import Scope
    from noktvrn.outbound.rules import Rules
    from noktvrn.outbound.scribe import Scribe
    from noktvrn.outbound.throttle import Throttle
    from noktvrn.outbound.tickets import Tickets
    from noktvrn.settings import Settings
    from noktvrn.storage.database import Database


@dataclass(frozen=True, slots=True)
class Terms:
    """How long is waited, and what is kept. `question_s` is the most one question may take, `deadline_s` all
    that one piece of writing may wait for models; `unknown` says who goes on after an unknown outcome."""

    question_s: float = 90.0
    deadline_s: float = 180.0
    unknown: Literal["spare", "embedded"] = "spare"
    store: Store = "content"
    private_hosts: Collection[str] = ()


REMEMBERED = timedelta(days=180)
"""Outcomes older than this no longer count for anything."""


class Wordings(Protocol):
    """Which words a prompt is asked in."""

    def choose(self, task: Task, *, seed: int) -> Prompt:
        """The prompt a call with this seed is given."""

    def others(self, chosen: Prompt) -> tuple[Prompt, ...]:
        """Every other prompt a call of its task could have been given."""


@dataclass(slots=True)
class Desk:
    """Everything one label's orchestrator needs. `open` names the breakers known to be open by now."""

    endpoints: tuple[Endpoint, ...]
    scribe: Scribe
    tickets: Tickets
    breakers: Breakers
    clock: Clock
    notices: Notices
    ranking: Ranking
    terms: Terms = field(default_factory=Terms)
    cache: Cache | None = None
    cassette: Cassette | None = None
    caps: Callable[[str, str, str], tuple[Scope, ...]] = lambda _provider, _task, _artist: ()
    wordings: Wordings | None = None
    open: set[str] = field(default_factory=set)
    _throttles: WeakKeyDictionary[asyncio.AbstractEventLoop, Throttle] = field(
        default_factory=WeakKeyDictionary
    )

    def choose(self, task: Task, seed: int) -> Prompt:
        """The prompt a call is given: as the house wrote it, where nothing is on trial."""
        return self.wordings.choose(task, seed=seed) if self.wordings is not None else prompt(task)

    def other_wordings(self, chosen: Prompt) -> tuple[Prompt, ...]:
        """The other prompts the same task may have been given before the trials stood as they do."""
        return self.wordings.others(chosen) if self.wordings is not None else ()

    @property
    def replaying(self) -> bool:
        """Whether every answer comes from a cassette."""
        return self.cassette is not None and self.cassette.replaying

    @property
    def throttle(self) -> Throttle:
        """The queues of the running event loop."""
        from noktvrn.outbound.throttle import Throttle

        loop = asyncio.get_running_loop()
        found = self._throttles.get(loop)
        if found is None:
            found = self._throttles[loop] = Throttle()
        return found

    def question_s(self, endpoint: Endpoint) -> float:
        """The most one question to it may take."""
        return endpoint.deadline_s or self.terms.question_s

    def rules(self, endpoint: Endpoint, deadline_s: float, patience_s: float) -> Rules:
        """The rules one request goes by."""
        from noktvrn.outbound.rules import Rules

        return Rules(
            named=endpoint.title,
            deadline_s=deadline_s,
            patience_s=patience_s,
            private_hosts=self.terms.private_hosts,
        )

    @property
    def may_go_on(self) -> bool:
        """Nobody has heard anything yet, so anybody may be asked."""
        return True

    async def send(
        self, endpoint: Endpoint, words: Words, rules: Rules, shape: type[BaseModel] | None
    ) -> Reply:
        """Asks a model, by way of the cassette where there is one."""
        from noktvrn.llm.protocol import ask

        if self.cassette is not None:
            return await self.cassette.asked(ask, endpoint, words, rules, shape)
        return await ask(endpoint, words, rules, shape)

    async def asked(self, keys: Iterable[str]) -> frozenset[str]:
        """Which of these tickets were opened before, in whatever process."""
        from noktvrn.storage.ledger import words

        def read() -> frozenset[str]:
            with self.scribe.database.read() as connection:
                return words.asked(connection, keys)

        return read() if self.scribe.database.is_sqlite else await asyncio.to_thread(read)

    def seed(self, wish: str) -> int:
        """The seed of every choice made for a wish: the same wish is given the same."""
        return derive_seed(0, "llm", wish)


def open_desk(
    settings: Settings,
    clock: Clock,
    database: Database,
    *,
    tell: Callable[[LlmNotice], None] | None = None,
    found: tuple[Endpoint, ...] | None = None,
    trials: Trials | None = None,
) -> Orchestrator:
    """The orchestrator of a label. `tell` hands notices on to people; `found` replaces the settings' models;
    `trials` are the label's, where somebody else learns by them too.

    Raises:
        Invalid: the settings name an unknown service, or a cassette that cannot be read.
    """
    from noktvrn.llm.cache import Cache
    from noktvrn.llm.cassette import Cassette
    from noktvrn.llm.endpoints import endpoints
    from noktvrn.llm.orchestrator import Orchestrator
    from noktvrn.llm.trials.trials import Trials
    from noktvrn.outbound.breakers import Breakers
    from noktvrn.outbound.scribe import Scribe
    from noktvrn.outbound.tickets import Tickets

    scribe, notices, resting = Scribe(database), Notices(clock, tell), set[str]()
    models = endpoints(settings) if found is None else found
    cassette = settings.llm_cassette
    desk = Desk(
        endpoints=models,
        scribe=scribe,
        tickets=Tickets(database, clock, scribe, notices.budget),
        breakers=Breakers(scribe, clock, notify=partial(notices.breaker, resting)),
        clock=clock,
        notices=notices,
        terms=Terms(
            settings.llm_timeout_s,
            settings.llm_deadline_s,
            settings.llm_unknown,
            settings.llm_store,
            settings.private_hosts,
        ),
        cache=Cache(scribe, clock, lasts_s=settings.llm_cache_s) if settings.llm_cache_s else None,
        ranking=_ranking(settings, clock, database, models),
        wordings=trials or Trials(database, clock),
        cassette=Cassette(cassette, settings.llm_cassette_mode) if cassette is not None else None,
        caps=partial(_caps, settings, clock),
        open=resting,
    )
    return Orchestrator(desk)


def _caps(settings: Settings, clock: Clock, provider: str, task: str, artist_id: str) -> tuple[Scope, ...]:
    from noktvrn.outbound.budgets import caps_for

    return caps_for(settings, provider=provider, task=task, artist_id=artist_id, now=clock.now())


def _ranking(settings: Settings, clock: Clock, database: Database, models: tuple[Endpoint, ...]) -> Ranking:
    """The router, taught by what is in the books; with one model or none there is nothing to choose."""
    from noktvrn.llm.ranking import Ranking
    from noktvrn.llm.routing import Router, Steering
    from noktvrn.storage.ledger import outcomes

    tasks = get_args(Task)
    priors = {model.ref: {task: model.prior(task) for task in tasks} for model in models}
    router = Router(Steering.of(settings), priors)
    if len(models) > 1:
        with database.read() as connection:
            router.load(outcomes.since(connection, clock.now() - REMEMBERED))
    return Ranking(router)
