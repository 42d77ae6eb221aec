"""Who plays which role in this label, by its settings. Players are opened when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import cast

from noktvrn.kernel.clock import Clock
from noktvrn.production.studio import Cast
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import open_player
from noktvrn.roles.composer import Composer
from noktvrn.roles.distributor import Distributor
from noktvrn.roles.evaluator import Evaluator
from noktvrn.roles.filmmaker import Filmmaker
from noktvrn.roles.illustrator import Illustrator
from noktvrn.roles.messenger import Messenger
from noktvrn.roles.singer import Singer
from noktvrn.roles.writer import Writer
from noktvrn.settings import Settings
from noktvrn.storage.database import Database

Messengers = Callable[[], tuple[Messenger, ...]]


def cast_roles(settings: Settings, clock: Clock, database: Database) -> Cast:
    """The cast of this label. `database` keeps the tickets of what is asked of the outside."""
    kit = Kit(clock=clock, scratch=settings.home / "scratch")

    @cache
    def writer() -> Writer:
        embedded = cast("Writer", open_player("writer", "procedural_writer", settings, kit))
        return _with_models(embedded, settings, clock, database, messengers)

    @cache
    def composer() -> Composer:
        return cast("Composer", open_player("composer", "procedural_music", settings, kit))

    @cache
    def illustrator() -> Illustrator:
        return cast("Illustrator", open_player("illustrator", "procedural_art", settings, kit))

    @cache
    def filmmaker() -> Filmmaker:
        return cast("Filmmaker", open_player("filmmaker", "procedural_video", settings, kit))

    @cache
    def messengers() -> tuple[Messenger, ...]:
        names = ["log_messenger"] + (["webhook"] if settings.webhook_url else [])
        return tuple(cast("Messenger", open_player("messenger", name, settings, kit)) for name in names)

    @cache
    def couriers() -> tuple[Distributor, ...]:
        return (cast("Distributor", open_player("distributor", "folder_courier", settings, kit)),)

    @cache
    def evaluators() -> tuple[Evaluator, ...]:
        house = cast("Evaluator", open_player("evaluator", "house_evaluator", settings, kit))
        own = cast("tuple[Evaluator, ...]", open_player("evaluator", "plugin_evaluators", settings, kit))
        return (house, *own)

    @cache
    def singers() -> tuple[Singer, ...]:
        # The embedded voice is everybody's understudy: it needs nothing and sings every language's vowels.
        names = [] if settings.singer == "none" else list(dict.fromkeys([settings.singer, "formant_singer"]))
        return tuple(cast("Singer", open_player("singer", name, settings, kit)) for name in names)

    return Cast(
        writer,
        composer,
        illustrator,
        filmmaker,
        messengers,
        couriers,
        evaluators=evaluators,
        singers=singers,
    )


def _with_models(
    embedded: Writer, settings: Settings, clock: Clock, database: Database, messengers: Messengers
) -> Writer:
    """Every word goes through the orchestrator: the settings' models first, then the embedded writer."""
    from noktvrn.label.llm_notices import teller
    from noktvrn.llm.agents.loop import Care
    from noktvrn.llm.desk import open_desk
    from noktvrn.llm.trials.trials import Trials
    from noktvrn.llm.writer import LlmWriter

    trials = Trials(database, clock, autopromote=settings.prompt_autopromote)
    room = open_desk(settings, clock, database, tell=teller(messengers, database, clock), trials=trials)
    care = Care(settings.llm_confidence, settings.llm_iterations)
    return LlmWriter(room, embedded, care, trials, artist_of=lru_cache(partial(_artist_of, database)))


def _artist_of(database: Database, subject: str) -> str:
    """The artist a run or an artist's id stands for; empty for any other subject."""
    from noktvrn.storage.ledger import runs

    if not subject.startswith("run_"):
        return subject if subject.startswith("art_") else ""
    with database.read() as connection:
        run = runs.find(connection, subject)
    return str(run.artist_id) if run is not None else ""
