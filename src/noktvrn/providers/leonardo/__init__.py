"""Leonardo.Ai as an illustrator, by its v1 (a model's UUID) or its v2 (a model's short name).

What comes in: a picture request. What goes out: a marked painting without words, in the artist's colours, in
the request's folder. It needs a key and costs credits by the picture. It must never send the artist's name or
the title, and never make a picture public.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.service import Service
    from noktvrn.providers._kit import Health, Kit
    from noktvrn.providers.leonardo.illustrator import Leonardo
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> Leonardo:  # noqa: A001 - the name every provider's door has
    """The player."""
    from noktvrn.providers.leonardo.illustrator import Leonardo

    return Leonardo(settings, kit)


def service(settings: Settings, kit: Kit, purpose: str) -> Service:
    """What the desk tends its jobs with; there is one purpose, `paint`."""
    from noktvrn.providers.leonardo.generations import PaintService

    del kit, purpose
    return PaintService(settings)


def health(settings: Settings, kit: Kit) -> Health:
    """What is left on the account: a free question."""
    from noktvrn.providers.leonardo.generations import health as asked

    del kit
    return asked(settings)
