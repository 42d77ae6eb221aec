"""Template as an illustrator: the shortest provider that is whole.

What comes in: a picture request. What goes out: a marked painting without words, in the request's folder. It
needs a key and costs money by the picture. It must never send the artist's name or the title: whatever a
model reads it may letter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.service import Service
    from noktvrn.providers._kit import Health, Kit
    from noktvrn.providers._template.illustrator import TemplateIllustrator
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> TemplateIllustrator:  # noqa: A001 - every provider's door has this name
    """The player."""
    from noktvrn.providers._template.illustrator import TemplateIllustrator

    return TemplateIllustrator(settings, kit)


def service(settings: Settings, kit: Kit, purpose: str) -> Service:
    """What the desk tends its jobs with, long after whoever ordered them is gone."""
    from noktvrn.providers._template.dialect import TemplateService

    del kit, purpose
    return TemplateService(settings)


def health(settings: Settings, kit: Kit) -> Health:
    """Whether the key is good, and what is left: one question that costs nothing."""
    from noktvrn.providers._template.dialect import health as asked

    del kit
    return asked(settings)
