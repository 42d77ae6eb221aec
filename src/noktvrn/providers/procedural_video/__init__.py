"""Plays the Filmmaker with the embedded craft: audio-reactive films in the artist's own picture world.

In come requests with a mastered song and a time-line, out go MP4 files. It reaches no network and needs no
key; without a working ffmpeg program it raises Unavailable, and it never starts a shell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.providers._kit import Kit
    from noktvrn.providers.procedural_video.filmmaker import ProceduralFilmmaker
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> ProceduralFilmmaker:  # noqa: A001 - every provider's door
    """The player."""
    from noktvrn.providers.procedural_video.filmmaker import ProceduralFilmmaker

    return ProceduralFilmmaker(settings.ffmpeg)
