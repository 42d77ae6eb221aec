"""The embedded writer: a sentence comes in; a profile, titles, lyrics and captions go out.

It plays the role Writer from readable data files, with no account and no network, and gives the same words
for the same seed. It must never copy a known lyric, name a living artist, or hide that the artist is virtual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.providers._kit import Kit
    from noktvrn.roles.writer import Writer
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> Writer:  # noqa: A001 - the name every provider's door has
    """The writer, with the reference tables the settings name.

    Raises:
        Invalid: a replaced reference table is broken.
    """
    from noktvrn.providers.procedural_writer.writer import ProceduralWriter
    from noktvrn.reference import load

    del kit  # it writes no files and reads no clock
    return ProceduralWriter(load(settings))
