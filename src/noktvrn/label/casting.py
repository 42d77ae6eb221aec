"""Who plays which role in this label, by its settings. Players are opened when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any, cast

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import LabelError, NotReady, Outside
from noktvrn.production.studio import Cast
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import Role, check_cast, is_outside, open_player, paid
from noktvrn.settings import Settings
from noktvrn.storage.database import Database

if TYPE_CHECKING:
    from noktvrn.roles.camera import Camera
    from noktvrn.roles.composer import Composer
    from noktvrn.roles.distributor import Distributor
    from noktvrn.roles.evaluator import Evaluator
    from noktvrn.roles.filmmaker import Filmmaker
    from noktvrn.roles.illustrator import Illustrator
    from noktvrn.roles.messenger import Messenger
    from noktvrn.roles.singer import Singer
    from noktvrn.roles.stock_library import StockLibrary
    from noktvrn.roles.writer import Writer

    Messengers = Callable[[], tuple[Messenger, ...]]

CLOSING: dict[Role, str] = {
    "composer": "procedural_music",
    "illustrator": "procedural_art",
    "singer": "formant_singer",
}
"""Who closes a chain: the embedded player of the role, which needs nothing and never asks for money."""


def chains(settings: Settings) -> dict[Role, tuple[str, ...]]:
    """Who is asked for each role, in order, the embedded player last."""
    wanted: dict[Role, tuple[str, ...]] = {
        "composer": settings.composer,
        "illustrator": settings.illustrator,
        "camera": settings.camera,
        "stock_library": settings.footage,
        "singer": tuple(name.strip() for name in settings.singer.split(",") if name.strip()),
    }
    closed = {role: (*names, *_closing(role)) for role, names in wanted.items()}
    if "none" in wanted["singer"]:
        closed["singer"] = ()
    return {role: tuple(dict.fromkeys(names)) for role, names in closed.items()}


def check_chains(settings: Settings) -> None:
    """Passes where everybody the settings cast exists and plays that role. Raises Invalid.

    Without a setting it reads nothing.
    """
    for role, names in chains(settings).items():
        if outside := tuple(name for name in names if name not in _closing(role)):
            check_cast(role, outside)


def _closing(role: Role) -> tuple[str, ...]:
    return (CLOSING[role],) if role in CLOSING else ()


def cast_roles(settings: Settings, clock: Clock, database: Database, kit: Kit | None = None) -> Cast:
    """The cast of this label. `database` keeps the tickets of what is asked of the outside.

    Without a `kit` nobody can order from outside.
    """
    kit = kit or Kit(clock=clock, scratch=settings.home / "scratch")
    order = chains(settings)

    @cache
    def writer() -> Writer:
        embedded = cast("Writer", open_player("writer", "procedural_writer", settings, kit))
        return _with_models(embedded, settings, clock, database, messengers)

    def chain(role: Role) -> Callable[[], tuple[Any, ...]]:
        return cache(lambda: tuple(_seated(role, name, settings, kit) for name in order[role]))

    @cache
    def filmmaker() -> Filmmaker:
        return cast("Filmmaker", open_player("filmmaker", "procedural_video", settings, kit))

    @cache
    def messengers() -> tuple[Messenger, ...]:
        names = ["log_messenger"] + (["webhook"] if settings.webhook_url else [])
        told = tuple(cast("Messenger", open_player("messenger", name, settings, kit)) for name in names)
        return (*told, *_phone(settings, kit))

    @cache
    def couriers() -> tuple[Distributor, ...]:
        return (cast("Distributor", open_player("distributor", "folder_courier", settings, kit)),)

    @cache
    def evaluators() -> tuple[Evaluator, ...]:
        house = cast("Evaluator", open_player("evaluator", "house_evaluator", settings, kit))
        own = cast("tuple[Evaluator, ...]", open_player("evaluator", "plugin_evaluators", settings, kit))
        return (house, *own)

    return Cast(
        writer,
        cast("Callable[[], tuple[Composer, ...]]", chain("composer")),
        cast("Callable[[], tuple[Illustrator, ...]]", chain("illustrator")),
        filmmaker,
        messengers,
        couriers,
        evaluators=evaluators,
        singers=cast("Callable[[], tuple[Singer, ...]]", chain("singer")),
        cameras=cast("Callable[[], tuple[Camera, ...]]", chain("camera")),
        libraries=cast("Callable[[], tuple[StockLibrary, ...]]", chain("stock_library")),
        paid=lambda name: paid(name, settings),
        outside=lambda role: any(is_outside(name) for name in order[cast("Role", role)][:1]),
    )


def _phone(settings: Settings, kit: Kit) -> tuple[Messenger, ...]:
    """The chats, where a bot is set. What lies on the desk is shown there with its buttons, not told."""
    if settings.telegram_bot_token is None or not settings.telegram_chats:
        return ()
    from noktvrn.label.phone.notices import BesidePreviews

    return (BesidePreviews(cast("Messenger", open_player("messenger", "telegram", settings, kit))),)


class Absent:
    """Sits in the chair of a player who cannot be opened, and says why whenever it is asked."""

    def __init__(self, name: str, why: LabelError) -> None:
        self.name = name
        self._why = why

    def _refuse(self, *_told: object) -> None:
        raise self._why

    compose = paint = sing = shoot = search = fetch = _refuse


def _seated(role: Role, name: str, settings: Settings, kit: Kit) -> Any:
    """The player, or who says why it is not there. Raises Invalid: nobody of that name plays the role."""
    try:
        return open_player(role, name, settings, kit)
    except (Outside, NotReady) as why:
        if name in _closing(role):
            raise
        return Absent(name, why)


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
