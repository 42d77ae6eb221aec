"""OpenAI's image models as an illustrator.

What comes in: a picture request. What goes out: a marked painting without words, in the artist's colours, in
the request's folder. It needs a key and costs money by the picture. It must never send the artist's name or
the title: whatever the model reads it may letter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.service import Service
    from noktvrn.providers._kit import Health, Kit
    from noktvrn.providers.openai_images.illustrator import OpenAiImages
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> OpenAiImages:  # noqa: A001 - the name every provider's door has
    """The player."""
    from noktvrn.providers.openai_images.illustrator import OpenAiImages

    return OpenAiImages(settings, kit)


def service(settings: Settings, kit: Kit, purpose: str) -> Service:
    """What the desk tends its jobs with; there is one purpose, `paint`."""
    from noktvrn.providers.openai_images.generations import ImageService

    del kit, purpose
    return ImageService(settings)


def health(settings: Settings, kit: Kit) -> Health:
    """Whether the key may use the model: a free question."""
    from noktvrn.providers.openai_images.generations import health as asked

    del kit
    return asked(settings)
