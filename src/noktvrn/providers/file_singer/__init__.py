"""A person's own recording as a player of the role Singer: a stem given as a file.

What comes in: the request and the file of the settings. What goes out: that recording as a stem of the song's
length, named after the person's voice, so that the house asks for their consent before it is mixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.providers._kit import Kit
    from noktvrn.providers.file_singer.singer import FileSinger
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> FileSinger:  # noqa: A001 - the name every provider's door has
    """The player. It reads the settings `voice_file`, `voice_name` and `voice_use`."""
    from noktvrn.providers.file_singer.singer import FileSinger

    return FileSinger(settings.voice_file, settings.voice_name or "", settings.voice_use)
