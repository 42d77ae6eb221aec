"""The embedded voice: the craft of `sound/voice` as a player of the role Singer.

What comes in: lines on their notes. What goes out: a dry stem of sung vowels, written into the request's
folder. It needs no program, no key and no network. Nobody can understand a word of it, and it says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.providers.formant_singer.singer import FormantSinger


def open(settings: object, kit: object) -> FormantSinger:  # noqa: A001 - the name every provider's door has
    """The player. It reads no setting and needs nothing of the kit."""
    from noktvrn.providers.formant_singer.singer import FormantSinger

    return FormantSinger()
