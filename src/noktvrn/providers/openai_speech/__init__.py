"""OpenAI's speech as a player of the role Singer: the words are spoken on the tune's clock, a line an order.

What comes in: lines on their notes. What goes out: a dry stem of spoken words. The voice is one of the
service's stock, or one whose person's consent is on record under the name of the settings. Any server that
speaks `/audio/speech` plays it by its base URL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.service import Service
    from noktvrn.providers._kit import Health, Kit
    from noktvrn.providers.openai_speech.singer import OpenAISpeech
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> OpenAISpeech:  # noqa: A001 - the providers' common face
    """The speaker; it orders at the kit's desk."""
    from noktvrn.providers.openai_speech.singer import OpenAISpeech

    return OpenAISpeech(settings, kit)


def service(settings: Settings, kit: Kit, purpose: str) -> Service:
    """The service its orders go to; there is one purpose, `speak`."""
    from noktvrn.providers.openai_speech.speech import SpeechService

    del kit, purpose
    return SpeechService(settings)


def health(settings: Settings, kit: Kit) -> Health:
    """Whether the key reaches the model: one free question."""
    from noktvrn.providers.openai_speech.speech import SpeechService

    del kit
    return SpeechService(settings).health()
