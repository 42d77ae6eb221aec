"""espeak-ng as a player of the role Singer: it speaks the words, `sound/voice` sets them to the notes.

What comes in: lines on their notes. What goes out: a dry stem of sung words, written into the request's
folder. The program runs by itself, by argument list, found by setting or on PATH.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.providers._kit import Kit
    from noktvrn.providers.espeak_singer.singer import EspeakSinger
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> EspeakSinger:  # noqa: A001 - the name every provider's door has
    """The player. It reads the setting `espeak`; the program is looked for when somebody sings."""
    from noktvrn.providers.espeak_singer.singer import EspeakSinger

    return EspeakSinger(settings.espeak)
