"""Google Lyria, through the Gemini API, as a player of the role Composer: official, paid, always watermarked.

What comes in: a song plan with its words. What goes out: one mix, from MP3. The answer is JSON with the song
in it; a time-out may be a song that is paid for, and is never asked again by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.service import Service
    from noktvrn.providers._kit import Health, Kit
    from noktvrn.providers.lyria.composer import LyriaComposer
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> LyriaComposer:  # noqa: A001 - the providers' common face
    """The composer; it orders at the kit's desk."""
    from noktvrn.providers.lyria.composer import LyriaComposer

    return LyriaComposer(settings, kit)


def service(settings: Settings, kit: Kit, purpose: str) -> Service:
    """The service its orders go to; there is one purpose, `compose`."""
    from noktvrn.providers.lyria.interactions import LyriaService

    del kit, purpose
    return LyriaService(settings)


def health(settings: Settings, kit: Kit) -> Health:
    """Whether the key reaches the model: one free question."""
    from noktvrn.providers.lyria.interactions import LyriaService

    del kit
    return LyriaService(settings).health()
