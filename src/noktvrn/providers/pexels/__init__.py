"""Footage of Pexels as a player of the role StockLibrary.

What comes in: words to look for, then a clip of those that were found. What goes out: the clip as a film
file with its author, page and licence. Searches are kept for a day, as Pexels asks; a download is an order
at the desk that costs no money and counts as one of `pexels downloads`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.service import Service
    from noktvrn.providers._kit import Health, Kit
    from noktvrn.providers._kit.stock import Library
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> Library:  # noqa: A001 - the providers' common face
    """The library; it orders at the kit's desk."""
    from noktvrn.providers._kit.stock import Library
    from noktvrn.providers.pexels.catalogue import PexelsCatalogue

    return Library("pexels", PexelsCatalogue(settings, kit.clock), settings, kit)


def service(settings: Settings, kit: Kit, purpose: str) -> Service:
    """The service its orders go to; there is one purpose, `stock`."""
    from noktvrn.providers.pexels.catalogue import PexelsCatalogue

    del purpose
    return PexelsCatalogue(settings, kit.clock)


def health(settings: Settings, kit: Kit) -> Health:
    """Whether the key is good, and how many requests are left this month: one free question."""
    from noktvrn.providers.pexels.catalogue import PexelsCatalogue

    return PexelsCatalogue(settings, kit.clock).health()
