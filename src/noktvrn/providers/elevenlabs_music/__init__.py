"""ElevenLabs Music as a player of the role Composer: official, paid, one answer that is the song.

What comes in: a song plan with its words. What goes out: one mix, sung where there are words. A connection
that breaks may be a song that is paid for: it is never asked again by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.service import Service
    from noktvrn.providers._kit import Health, Kit
    from noktvrn.providers.elevenlabs_music.composer import ElevenLabsComposer
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> ElevenLabsComposer:  # noqa: A001 - the providers' common face
    """The composer; it orders at the kit's desk."""
    from noktvrn.providers.elevenlabs_music.composer import ElevenLabsComposer

    return ElevenLabsComposer(settings, kit)


def service(settings: Settings, kit: Kit, purpose: str) -> Service:
    """The service its orders go to; there is one purpose, `compose`."""
    from noktvrn.providers.elevenlabs_music.songs import MusicService

    del kit, purpose
    return MusicService(settings)


def health(settings: Settings, kit: Kit) -> Health:
    """The account's plan and credits: one free question."""
    from noktvrn.providers._kit import elevenlabs

    del kit
    return elevenlabs.health(elevenlabs.caller(settings))
