"""ElevenLabs as a player of the role Singer: the words are spoken on the tune's clock, a line an order.

What comes in: lines on their notes. What goes out: a dry stem of spoken words. The voice is one of the
service's stock, or one whose person's consent is on record under the name of the settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.service import Service
    from noktvrn.providers._kit import Health, Kit
    from noktvrn.providers.elevenlabs_voice.singer import ElevenLabsVoice
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> ElevenLabsVoice:  # noqa: A001 - the providers' common face
    """The speaker; it orders at the kit's desk."""
    from noktvrn.providers.elevenlabs_voice.singer import ElevenLabsVoice

    return ElevenLabsVoice(settings, kit)


def service(settings: Settings, kit: Kit, purpose: str) -> Service:
    """The service its orders go to; there is one purpose, `speak`."""
    from noktvrn.providers.elevenlabs_voice.speech import VoiceService

    del kit, purpose
    return VoiceService(settings)


def health(settings: Settings, kit: Kit) -> Health:
    """The account's plan and credits: one free question."""
    from noktvrn.providers._kit import elevenlabs

    del kit
    return elevenlabs.health(elevenlabs.caller(settings))
