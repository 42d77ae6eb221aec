"""The embedded illustrator: covers, avatars, banners and thumbnails by the picture craft alone.

What comes in: a picture request. What goes out: a marked file in the request's folder. It needs no key, no
network and no money, and must never paint a person's likeness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.providers._kit import Kit
    from noktvrn.providers.procedural_art.illustrator import ProceduralArt
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> ProceduralArt:  # noqa: A001 - the door every provider has
    """The player; it has no use for settings or kit."""
    from noktvrn.providers.procedural_art.illustrator import ProceduralArt

    return ProceduralArt()
