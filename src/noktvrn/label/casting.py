"""Who plays which role in this label, by its settings. Players are opened when first asked for."""

from __future__ import annotations

from functools import cache
from typing import cast

from noktvrn.kernel.clock import Clock
from noktvrn.production.studio import Cast
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import open_player
from noktvrn.roles.composer import Composer
from noktvrn.roles.distributor import Distributor
from noktvrn.roles.filmmaker import Filmmaker
from noktvrn.roles.illustrator import Illustrator
from noktvrn.roles.messenger import Messenger
from noktvrn.roles.writer import Writer
from noktvrn.settings import Settings


def cast_roles(settings: Settings, clock: Clock) -> Cast:
    """The cast of this label."""
    kit = Kit(clock=clock, scratch=settings.home / "scratch")

    @cache
    def writer() -> Writer:
        return cast("Writer", open_player("writer", "procedural_writer", settings, kit))

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

    return Cast(writer, composer, illustrator, filmmaker, messengers, couriers)
