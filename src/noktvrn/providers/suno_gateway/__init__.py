"""Suno, through a reseller of it (sunoapi.org or kie.ai, which speak one dialect): a player of Composer.

What comes in: a composition request. What goes out: a song with its words sung, as one mix. One order brings
two songs, which serve two takes. Suno has sanctioned no reseller: the manifest says so wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.service import Service
    from noktvrn.providers._kit import Health, Kit
    from noktvrn.providers.suno_gateway.composer import SunoComposer
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> SunoComposer:  # noqa: A001 - the name every provider's door has
    """The player."""
    from noktvrn.providers.suno_gateway.composer import SunoComposer

    return SunoComposer(settings, kit)


def service(settings: Settings, kit: Kit, purpose: str) -> Service | None:
    """Whom to ask about songs (`compose`) and lossless files (`compose.wav`)."""
    from noktvrn.providers.suno_gateway.songs import SongService
    from noktvrn.providers.suno_gateway.wav import WavService

    del kit  # the address and the key are in the settings
    services: dict[str, type[SongService] | type[WavService]] = {
        SongService.purpose: SongService,
        WavService.purpose: WavService,
    }
    return services[purpose](settings) if purpose in services else None


def health(settings: Settings, kit: Kit) -> Health:
    """The credits that are left there."""
    from noktvrn.providers.suno_gateway.gateway import health as asked

    del kit
    return asked(settings)


def signed(settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether a callback may be one of theirs. What it says is believed in no case."""
    from noktvrn.providers.suno_gateway.callbacks import signed as verified

    return verified(settings, headers, body, now)
