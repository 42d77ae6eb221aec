"""The embedded composer: the craft of `sound/` as a player of the role Composer.

What comes in: a composition request. What goes out: stems, a MIDI score and the exact time-line, written
into the
request's folder. It needs no key and no network, and never masters: that is the producer's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.providers._kit import Kit
    from noktvrn.providers.procedural_music.composer import ProceduralComposer
    from noktvrn.settings import Settings


def open(settings: Settings, kit: Kit) -> ProceduralComposer:  # noqa: A001 - the name every provider's door has
    """The player: on its own instruments, or on the bank of `NOKTVRN_SOUNDFONT`.

    Raises:
        NotReady: that bank is not there. Unavailable: nor is the fluidsynth program.
    """
    from noktvrn.providers.procedural_music.composer import ProceduralComposer

    if settings.soundfont is None:
        return ProceduralComposer()
    from noktvrn.providers.procedural_music.soundfont import SoundfontBand, find_fluidsynth

    return ProceduralComposer(SoundfontBand(find_fluidsynth(settings.fluidsynth), settings.soundfont))
