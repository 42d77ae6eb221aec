"""The embedded composer: the craft of `sound/` as a player of the role Composer.

What comes in: a composition request. What goes out: stems, a MIDI score and the exact time-line, written
into the
request's folder. It needs no key and no network, and never masters: that is the producer's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noktvrn.providers.procedural_music.composer import ProceduralComposer


def open(settings: object, kit: object) -> ProceduralComposer:  # noqa: A001 - the name every provider's door has
    """The player. It reads no setting and needs nothing of the kit."""
    from noktvrn.providers.procedural_music.composer import ProceduralComposer

    return ProceduralComposer()
