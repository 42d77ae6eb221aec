"""ACE-Step 1.5 on a server of the person's own: a player of Composer.

What comes in: a composition request. What goes out: a song with its words sung, as one mix. Nothing is paid
unless a setting says that the server is rented, so a job that got lost there is ordered again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.service import Service
    from noktvrn.providers._kit import Health, Kit
    from noktvrn.providers.acestep.composer import AceStepComposer
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> AceStepComposer:  # noqa: A001 - the name every provider's door has
    """The player."""
    from noktvrn.providers.acestep.composer import AceStepComposer

    return AceStepComposer(settings, kit)


def service(settings: Settings, kit: Kit, purpose: str) -> Service | None:
    """Whom to ask about songs (`compose`)."""
    from noktvrn.providers.acestep.server import SongService

    del kit  # the address and the key are in the settings
    return SongService(settings) if purpose == SongService.purpose else None


def health(settings: Settings, kit: Kit) -> Health:
    """Whether the server answers, and which model it has loaded."""
    from noktvrn.providers.acestep.server import health as asked

    del kit
    return asked(settings)
