"""Luma as a camera: the Agents API (ray-3.2), or the older Dream Machine API (ray-2, ray-flash-2).

What comes in: a shot request. What goes out: a silent shot as MP4 in the request's folder. It needs a key and
costs money by the shot. It must never ask for lettering or for the face of a real person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.service import Service
    from noktvrn.providers._kit import Health, Kit
    from noktvrn.providers.luma.camera import LumaCamera
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> LumaCamera:  # noqa: A001 - the name every provider's door has
    """The player."""
    from noktvrn.providers.luma.camera import LumaCamera

    return LumaCamera(settings, kit)


def service(settings: Settings, kit: Kit, purpose: str) -> Service:
    """What the desk tends its jobs with; there is one purpose, `shoot`."""
    from noktvrn.providers.luma.generations import ShotService

    del kit, purpose
    return ShotService(settings)


def health(settings: Settings, kit: Kit) -> Health:
    """Whether the key is taken, and what the account has: a free question."""
    from noktvrn.providers.luma.generations import health as asked

    del kit
    return asked(settings)
